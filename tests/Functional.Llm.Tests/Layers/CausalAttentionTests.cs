using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.LayerTests;

/// <summary>Causal attention beside its formula, written out in loops.</summary>
public sealed class CausalAttentionTests
{
    const double Tolerance = sizeof(Real) == sizeof(float) ? 1e-5 : 1e-13;

    /// <summary>Batch, places, heads, groups, size of a head, window.</summary>
    public static TheoryData<int, int, int, int, int, int?> Sizes => new()
    {
        { 1, 1, 1, 1, 1, null }, { 2, 5, 2, 2, 3, null }, { 1, 31, 3, 3, 8, null }, { 1, 33, 4, 2, 16, null }, { 2, 64, 4, 1, 10, null },
        { 1, 100, 2, 2, 64, null }, { 1, 250, 1, 1, 80, null }, { 1, 300, 2, 1, 4, null }, { 1, 40, 2, 2, 8, 1 }, { 2, 70, 4, 2, 6, 7 },
        { 1, 100, 1, 1, 12, 33 }, { 1, 300, 2, 2, 5, 40 }, { 1, 500, 1, 1, 2, 250 }, { 1, 30, 2, 2, 8, 30 },
    };

    [Theory, MemberData(nameof(Sizes))]
    public void It_is_its_formula(int batch, int places, int heads, int groups, int size, int? window)
    {
        var x = new Key(1).Normal((batch, places, (heads + 2 * groups) * size), 1.5);
        var y = CausalAttention(heads, groups, window)(x).Value;
        Assert.Equal((batch, places, heads * size), y.Shape);
        var expected = Formula(x, heads, groups, window ?? places, (_, _, _) => 1);
        AssertNear(expected, y, Tolerance);
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Its_weights_give_the_mean_of_values(int batch, int places, int heads, int groups, int size, int? window)
    {
        var x = new Key(7).Normal((batch, places, (heads + 2 * groups) * size), 1.5);
        var causal = new CausalHeads(heads, groups, window);
        var weights = causal.Weights(x);
        Assert.Equal((batch, heads, places, places), weights.Shape);
        var values = x.Reshape(batch, places, heads + 2 * groups, size).Transpose(1, 2)[.., (heads + groups)..].Reshape(batch, groups, 1, places, size);
        var y = weights.Reshape(batch, groups, heads / groups, places, places).MatMul(values).Reshape(batch, heads, places, size).Transpose(1, 2);
        Assert.True(causal.Attend()(x).Value.IsClose(y.Reshape(batch, places, heads * size), Tolerance, Tolerance));
        Assert.True(Tensor.Ones((batch, heads, places)).IsClose(weights.Sum(-1), Tolerance, Tolerance));
    }

    [Fact]
    public void Weights_need_rows_of_heads()
    {
        var error = Assert.Throws<ShapeException>(() => new CausalHeads(2, 2).Weights(Tensor.Zeros((3, 7))));
        Assert.Contains("[3, 7] holds no 2 queries, 2 keys and 2 values", error.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(1, 40, 2, 2, 8, 0.5), InlineData(2, 70, 4, 2, 6, 0.1), InlineData(1, 260, 1, 1, 4, 0.2)]
    public void Dropped_weights_are_those_of_the_key_s_table(int batch, int places, int heads, int groups, int size, double rate)
    {
        var (x, key) = (new Key(2).Normal((batch, places, (heads + 2 * groups) * size)), new Key(3));
        var wide = (places + 15) / 16 * 16;
        var kept = key.Bernoulli((batch * heads, places, wide), 1 - rate).ToArray();
        var y = CausalAttention(heads, groups, dropout: rate, key: key)(x).Value;
        var expected = Formula(x, heads, groups, places, (head, i, j) => kept[(head * places + i) * wide + j] / (1 - rate));
        AssertNear(expected, y, 3 * Tolerance);
        Assert.Equal(CausalAttention(heads, groups)(x).Value, CausalAttention(heads, groups, dropout: rate)(x).Value);
    }

    [Theory, MemberData(nameof(Sizes))]
    public void The_future_changes_nothing(int batch, int places, int heads, int groups, int size, int? window)
    {
        var row = (heads + 2 * groups) * size;
        var x = new Key(4).Normal((batch, places, row));
        foreach (var at in new[] { 1, places / 2, places - 1 }.Where(p => p > 0 && p < places))
        {
            var changed = Tensor.Concatenate(1, x[.., ..at], new Key(5).Normal((batch, places - at, row), 3));
            var (y, z) = (CausalAttention(heads, groups, window)(x).Value, CausalAttention(heads, groups, window)(changed).Value);
            Assert.Equal(y[.., ..at].ToArray(), z[.., ..at].ToArray());
            Assert.NotEqual(y[.., at..].ToArray(), z[.., at..].ToArray());
        }
    }

    [Fact]
    public void As_many_groups_as_heads_are_heads_of_their_own()
    {
        const int heads = 4, size = 6, places = 50;
        var key = new Key(6);
        var (q, k, v) = (key.Fold(0).Normal((places, heads, size)), key.Fold(1).Normal((places, 2, size)), key.Fold(2).Normal((places, 2, size)));
        var shared = Tensor.Concatenate(1, q, k, v).Reshape((places, 8 * size));
        var repeated = Tensor.Concatenate(1, q, Twice(k), Twice(v)).Reshape((places, 12 * size));
        Assert.Equal(CausalAttention(heads)(repeated).Value, CausalAttention(heads, 2)(shared).Value);
        Assert.Equal(CausalAttention(heads)(repeated).Value, CausalAttention(heads, heads)(repeated).Value);

        static Tensor Twice(Tensor x) => Tensor.Concatenate(1, x[.., ..1], x[.., ..1], x[.., 1..], x[.., 1..]);
    }

    [Fact]
    public void A_window_of_all_places_is_none()
    {
        var x = new Key(7).Normal((2, 90, 3 * 16));
        var (all, pullAll) = CausalAttention(2)(x);
        foreach (var window in new[] { 90, 91, int.MaxValue })
        {
            var (y, pull) = CausalAttention(2, window: window)(x);
            Assert.Equal(all, y);
            Assert.Equal(pullAll(y), pull(y));
        }
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        var x = new Key(8).Normal((2, 130, 8 * 16));
        var (y, pull) = CausalAttention(4, 2, dropout: 0.1, key: new Key(9))(x);
        var dx = pull(y);
        foreach (var threads in new[] { 1, 3, 4, 7 })
        {
            Parallelism.With(threads, () =>
            {
                var (z, pullZ) = CausalAttention(4, 2, dropout: 0.1, key: new Key(9))(x);
                Assert.True(y.SameBits(z));
                Assert.True(dx.SameBits(pullZ(z)));
                return z;
            });
        }
    }

    [Fact]
    public void Large_scores_neither_overflow_nor_vanish()
    {
        var x = new Key(10).Normal((1, 70, 3 * 8), 100);
        var (y, pull) = CausalAttention(1)(x);
        Assert.All(y.ToArray(), e => Assert.True(Real.IsFinite(e)));
        Assert.All(pull(y).ToArray(), e => Assert.True(Real.IsFinite(e)));
    }

    [Fact]
    public void Places_may_be_none() => Assert.Equal((2, 0, 8), CausalAttention(2)(Tensor.Zeros((2, 0, 24))).Value.Shape);

    [Fact]
    public void Wrong_sizes_are_refused()
    {
        Assert.Contains("Pass an input of shape [..., places, 6 times the size of a head]", Assert.Throws<ShapeException>(() => CausalAttention(2)(Tensor.Zeros((3, 8)))).Message);
        Assert.Throws<ShapeException>(() => CausalAttention(2)(Tensor.Zeros(12)));
        Assert.Contains("divides the number of heads", Assert.Throws<FunctionalLlmException>(() => CausalAttention(6, 4)).Message);
        Assert.Throws<FunctionalLlmException>(() => CausalAttention(0));
        Assert.Contains("sees nothing", Assert.Throws<FunctionalLlmException>(() => CausalAttention(2, window: 0)).Message);
        Assert.Throws<FunctionalLlmException>(() => CausalAttention(2, dropout: 1));
        Assert.Throws<FunctionalLlmException>(() => CausalAttention(2, dropout: double.NaN));
    }

    static void AssertNear(IEnumerable<double> expected, Tensor y, double tolerance)
    {
        var numbers = y.ToArray();
        Assert.All(expected, (e, i) => Assert.Equal(e, numbers[i], tolerance));
    }

    /// <summary>The formula in double precision, place by place; weights are multiplied by a factor of (head in the batch, query, key).</summary>
    static IEnumerable<double> Formula(Tensor x, int heads, int groups, int window, Func<int, int, int, double> factor)
    {
        var (batch, places, row) = (x.Shape.Sizes[0], x.Shape.Sizes[1], x.Shape.Sizes[2]);
        var (size, numbers) = (row / (heads + 2 * groups), x.ToArray());
        double At(int b, int t, int part, int d) => numbers[((b * places) + t) * row + part * size + d];
        for (var b = 0; b < batch; b++)
        {
            for (var i = 0; i < places; i++)
            {
                for (var h = 0; h < heads; h++)
                {
                    var (k, v) = (heads + h / (heads / groups), heads + groups + h / (heads / groups));
                    var seen = Enumerable.Range(Math.Max(0, i - window + 1), i + 1 - Math.Max(0, i - window + 1)).ToArray();
                    var weights = seen.Select(j => Math.Exp(Enumerable.Range(0, size).Sum(d => At(b, i, h, d) * At(b, j, k, d)) / Math.Sqrt(size))).ToArray();
                    var total = weights.Sum();
                    for (var d = 0; d < size; d++)
                        yield return seen.Zip(weights, (place, weight) => (Place: place, Weight: weight)).Sum(p => p.Weight / total * factor(b * heads + h, i, p.Place) * At(b, p.Place, v, d));
                }
            }
        }
    }
}
