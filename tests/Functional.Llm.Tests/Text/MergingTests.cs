using Xunit;

namespace Functional.Llm.Tests.Text;

public sealed class MergingTests
{
    /// <summary>Merges of random tokens over a small alphabet; several may make the same whole, and none need be in an order that training gives.</summary>
    static Merge[] RandomMerges(RandomText random, int letters, int count)
    {
        var tokens = letters;
        return [.. Enumerable.Range(0, count).Select(rank => new Merge(random.Below(tokens), random.Below(tokens), random.Below(4) == 0 ? random.Below(tokens) : tokens++, rank))
            .OrderBy(_ => random.Below(1000)).Select((merge, rank) => merge with { Rank = rank })];
    }

    [Theory]
    [InlineData(12)]
    [InlineData(64)]
    [InlineData(300)]
    public void Merging_is_what_its_definition_says(int length)
    {
        var random = new RandomText((ulong)length);
        for (var round = 0; round < 150; round++)
        {
            var merges = RandomMerges(random, 1 + random.Below(4), 1 + random.Below(30));
            int[] ids = [.. Enumerable.Range(0, random.Below(length + 1)).Select(_ => random.Below(3))];
            var expected = NaiveBytePairs.Merge(ids, merges);
            Assert.Equal(expected, ids[..new MergeTable(merges).Merge(ids)]);
        }
    }

    [Fact]
    public void Of_two_merges_with_one_pair_the_first_counts()
    {
        int[] ids = [0, 1];
        Assert.Equal([2], ids[..new MergeTable([new(0, 1, 2, 0), new(0, 1, 3, 1)]).Merge(ids)]);
    }
}
