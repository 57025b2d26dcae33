using System.Text;
using Xunit;

namespace Functional.Llm.Tests.Text;

public sealed class PreTokenizerTests
{
    static readonly PreTokenizer Regular = new RegexPreTokenizer(PreTokenizer.Gpt2.Pattern!);

    static string[] Pieces(PreTokenizer preTokenizer, byte[] text)
    {
        var (ends, start) = (new List<int>(), 0);
        preTokenizer.FindEnds(text, ends);
        var pieces = new List<string>();
        foreach (var end in ends)
        {
            pieces.Add(Encoding.Latin1.GetString(text, start, end - start));
            start = end;
        }

        Assert.Equal(text.Length, start);
        return [.. pieces];
    }

    [Theory]
    [InlineData("Hello world", "Hello| world")]
    [InlineData("it's we'll I'D", "it|'s| we|'ll| I|'|D")]
    [InlineData("a  b   \n c\n\nd ", "a| | b|   \n| c|\n|\n|d| ")]
    [InlineData("x1y22 3!! ?", "x|1|y|22| 3|!!| ?")]
    [InlineData(" 's", " '|s")]
    [InlineData("", "")]
    public void Pieces_are_those_of_the_pattern(string text, string pieces) =>
        Assert.Equal(pieces, string.Join('|', Pieces(PreTokenizer.Gpt2, Encoding.UTF8.GetBytes(text))));

    [Fact]
    public void Pieces_by_hand_are_those_of_the_regular_expression()
    {
        var random = new RandomText(1);
        for (var i = 0; i < 20_000; i++)
        {
            var text = Encoding.UTF8.GetBytes(random.Text(24));
            Assert.Equal(Pieces(Regular, text), Pieces(PreTokenizer.Gpt2, text));
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_are_signs()
    {
        var random = new RandomText(2);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = random.Bytes(24);
            Assert.Equal(Pieces(Regular, bytes), Pieces(PreTokenizer.Gpt2, bytes));
        }
    }

    [Fact]
    public void A_text_may_be_cut_between_a_letter_and_a_space()
    {
        var random = new RandomText(3);
        for (var i = 0; i < 5_000; i++)
        {
            var text = Encoding.UTF8.GetBytes(random.Text(60));
            var parts = Gpt2Cut.Parts(text, 1 + random.Below(20));
            Assert.Equal(Pieces(PreTokenizer.Gpt2, text), parts.SelectMany(part => Pieces(PreTokenizer.Gpt2, text[part])));
        }
    }
}
