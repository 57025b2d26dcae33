using System.Text;
using Xunit;

namespace Functional.Llm.Tests.Text;

public sealed class BytePairTests
{
    /// <summary>Trained on the library's own documentation, so that these tests need no other file.</summary>
    static readonly BytePairTokenizer Own = BytePairTraining.Train(string.Concat(CodeFile.Below("src").Take(60).Select(file => file.Text)), 2000, "<|endoftext|>");

    [Fact]
    public void Any_bytes_come_back_the_same()
    {
        var random = new RandomText(1);
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = random.Bytes(16);
            Assert.Equal(bytes, Own.DecodeToBytes(Own.EncodeToIds(bytes)));
        }
    }

    [Fact]
    public void All_pairs_of_bytes_come_back_the_same()
    {
        for (var pair = 0; pair < 65_536; pair++)
        {
            byte[] bytes = [(byte)(pair >> 8), (byte)pair];
            Assert.Equal(bytes, Own.DecodeToBytes(Own.EncodeToIds(bytes)));
        }
    }

    [Fact]
    public void Every_token_comes_back_as_its_bytes() =>
        Assert.All(Enumerable.Range(0, Own.VocabularySize), id => Assert.Equal(Own.Bytes(id).ToArray(), Own.DecodeToBytes(Own.EncodeToIds(Own.Bytes(id)))));

    [Fact]
    public void Half_of_a_surrogate_pair_becomes_the_replacement_character()
    {
        Assert.Equal("a\uFFFDb", Own.Decode(Own.EncodeToIds("a\uD800b")));
        Assert.Equal("\uFFFD", Own.Decode(Own.EncodeToIds("\uDE00")));
        Assert.Equal("x\uFFFD", Own.Decode(Own.EncodeToIds(new byte[] { (byte)'x', 0xFF })));
    }

    [Fact]
    public void Special_tokens_are_text_unless_they_are_allowed()
    {
        const string text = "a<|endoftext|>b<|endoftext";
        Assert.DoesNotContain(1999, Own.EncodeToIds(text));
        var ids = Own.Allowing("<|endoftext|>").EncodeToIds(text);
        Assert.Equal(1, ids.Count(id => id == 1999));
        Assert.Equal(text, Own.Decode(ids));
        Assert.Equal<IEnumerable<int>>(ids, Own.Allowing().EncodeToIds(text));
        Assert.StartsWith("special tokens: there is no '<|im|>'. This vocabulary has '<|endoftext|>'", Assert.Throws<TokenizerException>(() => Own.Allowing("<|im|>")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_can_be_added_after_training()
    {
        var more = Own.Adding("<|user|>", "<|user|>!");
        Assert.Equal((2002, 2000, 2001), (more.VocabularySize, more.SpecialTokens["<|user|>"], more.SpecialTokens["<|user|>!"]));
        Assert.Equal<IEnumerable<int>>([2001, 2000], more.Allowing().EncodeToIds("<|user|>!<|user|>"));
        Assert.Equal<IEnumerable<int>>(Own.EncodeToIds("<|user|>"), more.EncodeToIds("<|user|>"));
        Assert.Contains("cannot be added", Assert.Throws<TokenizerException>(() => more.Adding("<|user|>")).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be added", Assert.Throws<TokenizerException>(() => more.Adding("")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_that_is_not_there_is_refused()
    {
        Assert.Equal("decode: there is no token 2000. Pass ids from 0 to 1999, as this tokenizer makes them.", Assert.Throws<TokenizerException>(() => Own.Decode([5, 2000])).Message);
        Assert.Throws<TokenizerException>(() => Own.Bytes(-1));
    }

    [Fact]
    public void Ids_are_the_same_in_one_piece_in_blocks_and_on_any_number_of_threads()
    {
        var text = string.Concat(CodeFile.Below("src", "tests").Select(file => file.Text));
        var whole = Parallelism.With(1, () => Own.Allowing().EncodeToIds(text));
        foreach (var threads in new[] { 2, 3, 7 })
            Assert.Equal<IEnumerable<int>>(whole, Parallelism.With(threads, () => Own.Allowing().EncodeToIds(text)));
        using var reader = new StringReader(text);
        Assert.Equal<IEnumerable<int>>(whole, Own.Allowing().EncodeToIds(reader));
        Assert.Equal(whole.Length, Own.Allowing().CountTokens(text));
    }

    [Fact]
    public void A_million_letters_are_one_piece()
    {
        var text = new string('x', 1_000_000);
        var ids = Own.EncodeToIds(text);
        Assert.Equal(text, Own.Decode(ids));
        Assert.InRange(ids.Length, 1, 1_000_000);
    }

    [ReferenceFact("gpt2-bpe-vectors.json"), Trait("Data", "gpt2")]
    public void Published_texts_have_their_published_ids()
    {
        var gpt2 = Gpt2;
        var vectors = Reference.Json("gpt2-bpe-vectors.json").GetProperty("vectors").EnumerateArray().ToArray();
        Assert.Equal(96, vectors.Length);
        Assert.All(vectors, vector =>
        {
            var tokenizer = vector.GetProperty("allowSpecial").GetBoolean() ? gpt2.Allowing() : gpt2;
            Assert.Equal<IEnumerable<int>>(vector.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), tokenizer.EncodeToIds(vector.GetProperty("text").GetString()!));
        });
    }

    static BytePairTokenizer Gpt2 => (BytePairTokenizer)TokenizerFile.Read(Data.Path("gpt2"));

    [DataFact("gpt2/encoder.json", "text/the-verdict.txt", "text/tinyshakespeare.txt")]
    public void Texts_have_as_many_tokens_as_in_print()
    {
        var gpt2 = Gpt2;
        Assert.Equal((50257, 50256), (gpt2.VocabularySize, gpt2.SpecialTokens["<|endoftext|>"]));
        Assert.Equal(5145, gpt2.CountTokens(File.ReadAllText(Data.Path("text/the-verdict.txt"))));
        var shakespeare = File.ReadAllText(Data.Path("text/tinyshakespeare.txt"));
        var split = shakespeare.Length * 9 / 10;
        Assert.Equal((301_966, 36_059), (gpt2.CountTokens(shakespeare[..split]), gpt2.CountTokens(shakespeare[split..])));
        Assert.Equal("[15496, 995] [31373, 995] [33901, 86, 343, 86, 220, 959]", string.Join(' ', new[] { "Hello world", "hello world", "Akwirw ier" }.Select(text => $"[{string.Join(", ", gpt2.EncodeToIds(text))}]")));

        // Bytes that are only a part of a character are signs when they stand alone, and make other pieces than within a word.
        Assert.All(Enumerable.Range(0, 50_256), id => Assert.Equal(gpt2.Bytes(id).ToArray(), gpt2.DecodeToBytes(gpt2.EncodeToIds(gpt2.Bytes(id)))));
        Assert.All(Enumerable.Range(0, 50_256).Where(id => System.Text.Unicode.Utf8.IsValid(gpt2.Bytes(id).Span)), id => Assert.Equal(id, Assert.Single(gpt2.EncodeToIds(gpt2.Bytes(id)))));
        var random = new RandomText(2);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = random.Bytes(16);
            Assert.Equal(bytes, gpt2.DecodeToBytes(gpt2.EncodeToIds(bytes)));
        }
    }
}
