using System.Text;
using FsCheck.Xunit;
using Xunit;

namespace Functional.Llm.Tests.Text;

/// <summary>A text that is decoded as its ids come is the text of all of them, and never shows half a character.</summary>
public sealed class PiecesTests
{
    static readonly BytePairTokenizer Pairs = BytePairTraining.Train(string.Concat(CodeFile.Below("src").Take(20).Select(file => file.Text)) + "中文日本नमस्ते😀👩‍👩‍👧", 400, "<|endoftext|>");

    static readonly Tokenizer[] Tokenizers =
    [
        Pairs, BytePairTokenizer.OfBytes, CharTokenizer.Of("a é中😀\n"), WordTokenizer.Of("to be , or not to be ? ( that 's it )", special: true), new WordTokenizer(["a ", " ", "b", "\u3000", ".", " ,"]),
        LlamaFile.Tokenizer(SpaceInFront.Always), LlamaFile.Tokenizer(SpaceInFront.WhereAbsent), LlamaFile.Tokenizer(SpaceInFront.None),
    ];

    static void Agree(Tokenizer tokenizer, IReadOnlyList<int> ids)
    {
        var pieces = tokenizer.DecodeInPieces(ids).ToArray();
        Assert.Equal(ids.Count + 1, pieces.Length);
        Assert.Equal(tokenizer.Decode(ids), string.Concat(pieces));
        Assert.DoesNotContain(pieces, piece => piece.Length > 0 && (char.IsLowSurrogate(piece[0]) || char.IsHighSurrogate(piece[^1])));
    }

    [Property(MaxTest = 200)]
    public void Pieces_of_any_ids_are_the_text_of_all(int[] numbers) =>
        Assert.All(Tokenizers, tokenizer => Agree(tokenizer, [.. numbers.Select(n => (int)((uint)n * 2654435761u % (uint)tokenizer.VocabularySize))]));

    [Fact]
    public void Pieces_of_texts_and_of_broken_bytes_are_the_text_of_all()
    {
        var random = new RandomText(5);
        for (var i = 0; i < 500; i++)
        {
            Assert.All([Pairs, BytePairTokenizer.OfBytes, Tokenizers[^1], Tokenizers[^2], Tokenizers[^3]], tokenizer => Agree(tokenizer, tokenizer.EncodeToIds(random.Text(20))));
            Agree(BytePairTokenizer.OfBytes, BytePairTokenizer.OfBytes.EncodeToIds(random.Bytes(30)));
        }
    }

    [Fact]
    public void A_character_of_several_tokens_comes_whole_with_the_last()
    {
        int[] ids = [.. BytePairTokenizer.OfBytes.EncodeToIds("é😀"), .. BytePairTokenizer.OfBytes.EncodeToIds("😀")[..3], 'a', .. BytePairTokenizer.OfBytes.EncodeToIds("中")[..2]];
        Assert.Equal(["", "é", "", "", "", "😀", "", "", "", "\uFFFDa", "", "", "\uFFFD"], BytePairTokenizer.OfBytes.DecodeInPieces(ids));
    }

    [Fact]
    public void The_space_in_front_is_left_out_behind_controls_too()
    {
        var tokenizer = Tokenizers[5];
        int[] ids = [1, .. tokenizer.EncodeToIds("the the"), 2];
        Assert.Equal(tokenizer.Decode(ids), string.Concat(tokenizer.DecodeInPieces(ids)));
        Assert.Equal("the the", string.Concat(tokenizer.DecodeInPieces(ids)));
    }

    [Fact]
    public void Vocabularies_know_the_tokens_that_end_a_text()
    {
        Assert.Equal<IEnumerable<int>>([Pairs.SpecialTokens["<|endoftext|>"]], Pairs.EndIds);
        Assert.Equal<IEnumerable<int>>([257], BytePairTokenizer.OfBytes.Adding("<|fim|>", "<|end_of_text|>").EndIds);
        Assert.Equal<IEnumerable<int>>([1, 2], Tokenizers[5].EndIds);
        Assert.Equal("<|endoftext|>", ((WordTokenizer)Tokenizers[3]).Words[Tokenizers[3].EndIds.Single()]);
        Assert.All([BytePairTokenizer.OfBytes, Tokenizers[2], Tokenizers[4]], tokenizer => Assert.Empty(tokenizer.EndIds));
    }

    static readonly string[] Stops = ["\n\n", "ab", "abcd", "bc", "aab", "b😀"];

    /// <summary>The text character by character, until it ends with a stop text.</summary>
    static string Expected(string text, IReadOnlyCollection<string> stops)
    {
        for (var end = 0; end <= text.Length; end++)
        {
            if (stops.Where(stop => text[..end].EndsWith(stop, StringComparison.Ordinal)).MaxBy(stop => stop.Length) is { } stop)
                return text[..(end - stop.Length)];
        }

        return text;
    }

    [Property(MaxTest = 500)]
    public void A_text_ends_at_the_same_place_however_it_is_cut(ulong seed)
    {
        var random = new Random((int)seed);
        var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => new[] { "a", "b", "c", "d", "\n", "😀" }[random.Next(6)]));
        var stops = Stops.Where(_ => random.Next(3) == 0).ToImmutableArray();
        var cuts = Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(text.Length + 1)).Append(0).Append(text.Length).Order().ToArray();
        var pieces = cuts.Zip(cuts.Skip(1), (from, to) => text[from..to]).ToArray();
        var written = new StringBuilder();
        foreach (var piece in pieces.Until(stops))
        {
            written.Append(piece);
            Assert.StartsWith(written.ToString(), Expected(text, stops), StringComparison.Ordinal);
        }

        Assert.Equal(Expected(text, stops), written.ToString());
    }

    [Fact]
    public void What_may_begin_a_stop_text_waits_and_nothing_is_taken_behind_it()
    {
        Assert.Equal(["", "x", "aay", "b", ""], new[] { "x", "aa", "y", "b" }.Until("aab", "x\n"));
        Assert.Equal(["x", "", "", "aab"], new[] { "x", "aa", "b" }.Until("aab!"));
        Assert.Equal(["ends he"], Endless().Until("re", "s e"));
        Assert.Equal(["a", "b", ""], new[] { "a", "b" }.Until([]));
        Assert.Contains("stop text: it is empty", Assert.Throws<FunctionalLlmException>(() => Endless().Until("a", "")).Message, StringComparison.Ordinal);

        static IEnumerable<string> Endless()
        {
            yield return "ends here";
            throw new InvalidOperationException("No further piece may be taken.");
        }
    }
}
