using System.Text;
using Xunit;

namespace Functional.Llm.Tests.Text;

/// <summary>A text that comes in pieces has the ids that it has as a whole.</summary>
public sealed class StreamingTests
{
    /// <summary>Gives a few characters at a time.</summary>
    sealed class Dripping(string text, RandomText random) : TextReader
    {
        int place;

        public override int ReadBlock(Span<char> buffer)
        {
            var count = Math.Min(text.Length - place, Math.Min(buffer.Length, 1 + random.Below(9)));
            text.AsSpan(place, count).CopyTo(buffer);
            place += count;
            return count;
        }
    }

    static void Agree(Tokenizer tokenizer, string text, RandomText random)
    {
        using var reader = new Dripping(text, random);
        Assert.Equal<IEnumerable<int>>(tokenizer.EncodeToIds(text), tokenizer.EncodeToIds(reader));
    }

    [Fact]
    public void Ids_are_the_same_wherever_a_text_is_cut()
    {
        var random = new RandomText(21);
        var sources = string.Concat(CodeFile.Below("src").Take(20).Select(file => file.Text));
        var pairs = BytePairTraining.Train(sources, 600, "<|end|>");
        Tokenizer[] tokenizers = [pairs, pairs.Adding("a b", "x'").Allowing(), LlamaFile.Tokenizer(SpaceInFront.Always), LlamaFile.Tokenizer(SpaceInFront.WhereAbsent)];
        for (var i = 0; i < 150; i++)
        {
            var text = i % 2 == 0 ? random.Text(40) : sources[random.Below(1000)..][..random.Below(200)].Replace("a", "a b", StringComparison.Ordinal);
            Assert.All(tokenizers, tokenizer => Agree(tokenizer, text, random));
            Agree(WordTokenizer.Of(text), text, random);
            Agree(CharTokenizer.Of(text), text, random);
        }
    }

    [Theory]
    [InlineData(""), InlineData("word"), InlineData(" "), InlineData("two words"), InlineData("\n")]
    public void A_text_without_a_place_to_cut_is_one_block(string text)
    {
        using var reader = new StringReader(text);
        Assert.Equal<IEnumerable<int>>(WordTokenizer.Of(text).EncodeToIds(text), WordTokenizer.Of(text).EncodeToIds(reader));
    }

    [Fact]
    public void An_unknown_character_is_told_by_its_place_in_the_whole_text()
    {
        using var reader = new Dripping(new string('a', 50) + "b", new RandomText(1));
        Assert.Contains("which is character 50 of the text", Assert.Throws<TokenizerException>(() => CharTokenizer.Of("a").EncodeToIds(reader).Count()).Message, StringComparison.Ordinal);
    }
}
