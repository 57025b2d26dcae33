using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Functional.Llm.Tests.Numerics;

/// <summary>Single numbers, permutations and indices drawn from a key.</summary>
public sealed class KeyChoicesTests
{
    const int N = 24_000;

    [Fact]
    public void Choices_are_the_same_for_ever()
    {
        var key = new Key(42);
        Assert.Equal(0.9538229583717128, key.Uniform());
        Assert.Equal(508196, key.Below(1_000_000));
        Assert.Equal([5, 2, 8, 6, 11, 0, 1, 7, 4, 9, 10, 3], key.Permutation(12).ToArray());
        Assert.Equal(81, key.Categorical(Tensor.Ones(100)));
        Assert.Equal(Tokens.Of(6, 81, 47, 28, 22, 43, 34), key.CategoricalRows(Tensor.Ones((6, 100))));
    }

    [Fact]
    public void Single_uniform_numbers_are_uniform_and_have_53_bits()
    {
        double[] u = [.. Keys().Select(key => key.Uniform())];
        Statistics.AssertUniform(Statistics.Counts(64, u.Select(x => (int)(64 * x))));
        Assert.All(u, x => Assert.Equal(Math.Floor(x * (1UL << 53)), x * (1UL << 53)));
        Assert.Contains(u, x => x * (1UL << 52) % 1 != 0);
    }

    [Fact]
    public void Single_normal_numbers_are_normal() => Statistics.AssertDistributed(Keys().Select(key => key.Normal()), Statistics.Normal);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(97)]
    public void Numbers_below_a_bound_are_equally_likely(int bound)
    {
        var counts = Statistics.Counts(bound, Keys().Select(key => key.Below(bound)));
        if (bound > 1)
            Statistics.AssertUniform(counts);
        Assert.Equal(Keys().Select(key => (ulong)key.Below(bound)), Keys().Select(key => key.Below((ulong)bound)));
    }

    /// <summary>Of ¾·2⁶⁴ numbers every third would come twice as often as the others, were a word only scaled and never drawn again.</summary>
    [Fact]
    public void Numbers_below_a_huge_bound_have_no_bias()
    {
        const ulong bound = 3UL << 62;
        ulong[] drawn = [.. Keys().Select(key => key.Below(bound))];
        Assert.All(drawn, x => Assert.InRange(x, 0UL, bound - 1));
        Statistics.AssertUniform(Statistics.Counts(3, drawn.Select(x => (int)(x % 3))));
        Statistics.AssertUniform(Statistics.Counts(3, drawn.Select(x => (int)(x >> 62))));
    }

    [Property]
    public void A_permutation_holds_every_number_once(ulong seed, byte count) =>
        Assert.Equal(Enumerable.Range(0, count), new Key(seed).Permutation(count).Order());

    [Fact]
    public void Permutations_of_none_and_of_one_are_what_they_must_be()
    {
        Assert.Empty(new Key(1).Permutation(0));
        Assert.Equal([0], new Key(1).Permutation(1).ToArray());
    }

    [Fact]
    public void All_24_permutations_of_four_are_equally_likely()
    {
        var counts = Keys().CountBy(key => string.Join("", key.Permutation(4))).Select(entry => entry.Value).ToArray();
        Assert.Equal(24, counts.Length);
        Statistics.AssertUniform(counts);
    }

    [Fact]
    public void Every_number_comes_to_every_place_of_a_permutation()
    {
        int[][] permutations = [.. Keys().Select(key => key.Permutation(40).ToArray())];
        for (var place = 0; place < 40; place++)
            Statistics.AssertUniform(Statistics.Counts(40, permutations.Select(p => p[place])));
    }

    [Fact]
    public void Indices_are_drawn_with_their_probabilities_and_those_of_zero_never()
    {
        double[] p = [0, 0.1, 0, 0.5, 0.15, 0.25, 0, 0];
        var one = Tensor.From(p);
        Statistics.AssertFits(Statistics.Counts(p.Length, Keys().Select(key => key.Categorical(one))), p);
        var rows = one.BroadcastTo((N / 100, 100, p.Length));
        Statistics.AssertFits(Statistics.Counts(p.Length, new Key(5).CategoricalRows(rows).Ids), p);
        Assert.Equal((N / 100, 100), new Key(5).CategoricalRows(rows).Shape);
        Assert.Equal(new Key(5).CategoricalRows(rows), new Key(5).CategoricalRows(rows * 3));
    }

    [Property]
    public void The_only_possible_index_is_drawn(ulong seed, byte index, byte after)
    {
        var p = Tensor.From([.. Enumerable.Repeat(0.0, index), Real.Epsilon, .. Enumerable.Repeat(0.0, after)]);
        Assert.Equal(index, new Key(seed).Categorical(p));
        Assert.Equal(Tokens.Of(2, index, index), new Key(seed).CategoricalRows(p.BroadcastTo((2, p.Size))));
    }

    [Fact]
    public void The_first_row_is_drawn_as_a_vector_is_and_rows_differ()
    {
        var drawn = new Key(9).CategoricalRows(Tensor.Ones((50, 1000))).Ids;
        Assert.Equal(new Key(9).Categorical(Tensor.Ones(1000)), drawn[0]);
        Assert.InRange(drawn.Distinct().Count(), 40, 50);
        Assert.Equal(0, new Key(9).CategoricalRows(Tensor.Ones((0, 4))).Shape);
    }

    [Fact]
    public void Mistakes_are_explained()
    {
        var key = new Key(0);
        AssertRefused("below: no number lies in 0 … 0 − 1. Pass a bound of 1 or more.", () => key.Below(0));
        AssertRefused("below: no number lies in 0 … -3 − 1. Pass a bound of 1 or more.", () => key.Below(-3));
        AssertRefused("below: no number lies in 0 … 0 − 1. Pass a bound of 1 or more.", () => (int)key.Below(0UL));
        AssertRefused("permutation: the count is -1. Pass 0 or more.", () => key.Permutation(-1).Length);
        AssertRefused("categorical: probability 1 of row 0 is -0.5. Pass finite numbers of 0 or more, such as a softmax gives.", () => key.Categorical(Tensor.From([1, -0.5])));
        AssertRefused("categorical: probability 0 of row 0 is NaN. Pass finite numbers of 0 or more, such as a softmax gives.", () => key.Categorical(Tensor.From([double.NaN])));
        AssertRefused("categorical: probability 0 of row 0 is Infinity. Pass finite numbers of 0 or more, such as a softmax gives.", () => key.Categorical(Tensor.From([double.PositiveInfinity])));
        AssertRefused("categorical: the 3 probabilities of row 0 sum to 0. At least one must be positive, and the sum finite.", () => key.Categorical(Tensor.Zeros(3)));
        AssertRefused("categorical: the 0 probabilities of row 0 sum to 0. At least one must be positive, and the sum finite.", () => key.CategoricalRows(Tensor.Zeros((2, 0))).Ids[0]);
        AssertRefused("categorical: shape [2, 2] is not a vector. Pass a vector, or draw an index a row with CategoricalRows.", () => key.Categorical(Tensor.Ones((2, 2))));
        AssertRefused("categorical: a scalar has no rows. Pass a tensor of one axis or more.", () => key.CategoricalRows(Tensor.Scalar(1)).Ids[0]);
    }

    static IEnumerable<Key> Keys() => Enumerable.Range(0, N).Select(i => new Key((ulong)i));

    static void AssertRefused(string message, Func<int> draw) => Assert.Equal(message, Assert.ThrowsAny<FunctionalLlmException>(() => draw()).Message);
}
