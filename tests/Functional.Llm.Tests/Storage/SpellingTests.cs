using Xunit;

namespace Functional.Llm.Tests;

/// <summary>The known word that a mistyped one was meant to be, and words fit for one line.</summary>
public sealed class SpellingTests
{
    static readonly string[] Known = ["rate", "steps", "horsepower", "l2"];

    [Theory]
    [InlineData("rat", "rate")]
    [InlineData("RATE", "rate")]
    [InlineData("setps", "steps")]
    [InlineData("hrspower", "horsepower")]
    [InlineData("horse-powr", "horsepower")]
    [InlineData("horse", null)]
    [InlineData("l3", "l2")]
    [InlineData("ab", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void The_nearest_word_is_at_a_small_distance(string word, string? nearest) => Assert.Equal(nearest, Spelling.Nearest(word, Known));

    [Fact]
    public void A_hostile_word_is_cut_and_its_control_characters_are_shown()
    {
        Assert.Null(Spelling.Nearest(new string('x', 1_000_000), Known));
        Assert.Equal("'a␊b␍␉␛␡'", Spelling.Quoted("a\nb\r\t\e\u007f"));
        Assert.Equal($"'{new string('x', 64)}…'", Spelling.Quoted(new string('x', 65)));
        Assert.Equal("'a', 'b' and 1 more", Spelling.List(["a", "b", "c"], most: 2));
    }
}
