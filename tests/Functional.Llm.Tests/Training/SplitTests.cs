using FsCheck.Xunit;
using Xunit;

namespace Functional.Llm.Tests.Training;

public class SplitTests
{
    [Property]
    public void Every_row_is_on_one_side_in_the_order_of_the_data(ulong seed, byte rows, byte percent)
    {
        var (n, fraction) = (rows + 2, percent % 100 / 100.0);
        var split = Split.Of(n, fraction, new Key(seed));
        Assert.Equal(Enumerable.Range(0, n), split.Training.Concat(split.HeldOut).Order());
        Assert.Equal(split.Training.Order(), split.Training);
        Assert.Equal(split.HeldOut.Order(), split.HeldOut);
        Assert.NotEmpty(split.Training);
        Assert.Equal(fraction > 0, split.HeldOut.Length > 0);
        Assert.InRange(split.HeldOut.Length, (n * fraction) - 1, (n * fraction) + 1);
    }

    [Property]
    public void The_key_decides_and_a_larger_fraction_only_adds(ulong seed)
    {
        var quarter = Split.Of(100, 0.25, new Key(seed));
        Assert.Equal(25, quarter.HeldOut.Length);
        Assert.Equal(quarter.HeldOut.ToArray(), Split.Of(100, 0.25, new Key(seed)).HeldOut);
        Assert.NotEqual(quarter.HeldOut.ToArray(), Split.Of(100, 0.25, new Key(seed + 1)).HeldOut);
        Assert.Subset(Split.Of(100, 0.5, new Key(seed)).HeldOut.ToHashSet(), quarter.HeldOut.ToHashSet());
    }

    [Fact]
    public void Every_row_is_held_out_as_often_as_any_other()
    {
        const int Draws = 5000;
        var held = Enumerable.Range(0, Draws).SelectMany(seed => Split.Of(20, 0.2, new Key((ulong)seed)).HeldOut);
        // 4 of 20 a draw: each row 1000 times, with a deviation of √(5000 · 0.2 · 0.8) ≈ 28.
        Assert.All(Statistics.Counts(20, held), count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void Mistakes_are_explained()
    {
        AssertRefused("split: 0 rows cannot be divided. Pass 1 or more.", 0, 0);
        AssertRefused("split: 1 rows cannot be divided. Pass 2 or more, or hold out none.", 1, 0.2);
        AssertRefused("split: 1 is no fraction of rows to hold out. Pass a number from 0 to below 1.", 10, 1);
        AssertRefused("split: -0.1 is no fraction of rows to hold out. Pass a number from 0 to below 1.", 10, -0.1);
        AssertRefused("split: NaN is no fraction of rows to hold out. Pass a number from 0 to below 1.", 10, double.NaN);
        Assert.Equal([0], Split.Of(1, 0, new Key(0)).Training.ToArray());
    }

    static void AssertRefused(string message, int rows, double fraction) =>
        Assert.Equal(message, Assert.ThrowsAny<FunctionalLlmException>(() => Split.Of(rows, fraction, new Key(0))).Message);
}
