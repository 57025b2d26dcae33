using Xunit;

namespace Functional.Llm.Tests;

public class LetteringTests
{
    // The widths of DejaVu Sans in em, summed from its advances.
    [Theory]
    [InlineData("0123456789", 6.362)]
    [InlineData("1,000,000", 5.089)]
    [InlineData("−0.0025", 4.337)]
    [InlineData("2.5×10⁻¹²", 5.030)]
    [InlineData("loss (nats per token)", 10.318)]
    [InlineData("SAT score (points)", 9.126)]
    [InlineData("Loss of a small language model", 15.810)]
    [InlineData("internationalization", 9.714)]
    [InlineData("WWW MMM @ %", 8.458)]
    [InlineData("σ(wx + b)", 4.932)]
    [InlineData("boundary 1203", 7.627)]
    [InlineData("illicit filling", 5.381)]
    [InlineData("ŷ = 3.93 x − 17.58", 9.538)]
    [InlineData("Привет, мир", 6.499)]
    [InlineData("<|endoftext|>", 7.188)]
    public void Widths_are_those_of_a_wide_font_or_a_little_more(string text, double width) =>
        Assert.InRange(Lettering.Width(text, 1), width, 1.2 * width);

    [Fact]
    public void Letters_of_two_code_units_and_accents_are_counted_once()
    {
        Assert.Equal(Lettering.Width("日"), Lettering.Width("😀"));
        Assert.Equal(Lettering.Width("e"), Lettering.Width("e\u0301"));
    }

    [Fact]
    public void A_text_is_shortened_only_if_it_must_be()
    {
        Assert.Equal("short", Lettering.Shorten("short", 200));
        var cut = Lettering.Shorten("a rather long text 😀😀😀😀😀", 120);
        Assert.EndsWith("…", cut, StringComparison.Ordinal);
        Assert.StartsWith("a rather", cut, StringComparison.Ordinal);
        Assert.InRange(Lettering.Width(cut), 80, 120);
        Assert.Equal("…", Lettering.Shorten("text", 1));
    }

    [Fact]
    public void Words_fill_lines_that_fit_and_the_last_takes_what_remains()
    {
        const string words = "one two three four five six seven eight nine ten eleven twelve";
        var lines = Lettering.Wrap(words, 150, most: 9);
        Assert.Equal(words, string.Join(' ', lines));
        Assert.All(lines, line => Assert.True(Lettering.Width(line) <= 150));
        var few = Lettering.Wrap(words, 150, most: 2);
        Assert.Equal(2, few.Length);
        Assert.Equal(lines[0], few[0]);
        Assert.EndsWith("…", few[1], StringComparison.Ordinal);
        Assert.Empty(Lettering.Wrap(" \n\t", 100, most: 3));
    }
}
