using Xunit;

namespace Functional.Llm.Tests.Text;

public class WordListTests
{
    [Fact]
    public void Words_are_runs_of_letters_in_lower_case_with_apostrophes_within()
    {
        var list = WordList.Of("Don’t say 'twas the King's, don't 2nd-rate THE dogs'.");
        Assert.Equal(["don't", "the", "dogs", "king's", "nd", "rate", "say", "twas"], list.Words.AsEnumerable());
        Assert.Equal([2, 2, 1, 1, 1, 1, 1, 1], list.Counts.AsEnumerable());
        Assert.Equal(["don't", "say", "twas", "the", "king's", "don't", "nd", "rate", "the", "dogs"], list.Ids.Select(id => list.Words[id]));
    }

    [Fact]
    public void Rare_words_are_left_out()
    {
        var list = WordList.Of("a b a c b a", minCount: 2);
        Assert.Equal(["a", "b"], list.Words.AsEnumerable());
        Assert.Equal([0, 1, 0, 1, 0], list.Ids.AsEnumerable());
        Assert.Equal(6, list.Total);
        Assert.Empty(WordList.Of("1, 2").Words);
    }
}
