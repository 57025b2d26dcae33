using Functional.Llm.Tests.Gradients;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>How exact sums are, and that their bits depend on the elements alone.</summary>
public sealed class SumTests
{
    static Tensor Random(Shape shape, ulong seed, double offset)
    {
        var draw = new Draw(seed);
        return Tensor.Build(shape, d =>
        {
            for (var i = 0; i < d.Length; i++)
                d[i] = (Real)(draw.Normal() + offset);
        });
    }

    static double Exact(ReadOnlySpan<Real> x)
    {
        double sum = 0, lost = 0;
        foreach (var term in x)
        {
            var next = sum + term;
            lost += Math.Abs(sum) >= Math.Abs((double)term) ? sum - next + term : term - next + sum;
            sum = next;
        }

        return sum + lost;
    }

    // A loop over a million ones and a bit would be 1e-2 off in single precision; a tree is within a few roundings.
    [Theory, InlineData(10, 0), InlineData(1_000, 1), InlineData(1_025, 3), InlineData(100_000, 0), InlineData(1_000_003, 0.1), InlineData(1_000_003, 1)]
    public void The_error_of_a_sum_does_not_grow_with_its_length(int count, double offset)
    {
        var x = Random(count, 1, offset);
        var bound = 8 * Tolerance.Epsilon * Exact(x.Abs().AsSpan());
        Assert.InRange(x.Sum().Value - Exact(x.AsSpan()), -bound, bound);
        Assert.InRange((double)x.Mean().Value - Exact(x.AsSpan()) / count, -bound / count, bound / count);
        var columns = Tensor.Stack(1, x, -x).Sum(0);
        Assert.InRange(columns.At(0) - Exact(x.AsSpan()), -bound, bound);
        Assert.Equal(columns.At(0), -columns.At(1));
    }

    [Fact]
    public void A_view_and_its_packed_copy_have_the_same_sums_to_the_bit() => Case.ForAll(300, c =>
    {
        var x = c.View(c.Shape(1)).Tensor;
        var copy = Kernels.Pack(x);
        for (var axis = 0; axis < x.Rank; axis++)
            Assert.True(x.Sum(axis).SameBits(copy.Sum(axis)) && x.Mean(axis).SameBits(copy.Mean(axis)));
        Assert.True(x.Sum().SameBits(copy.Sum()));
    });

    [Fact]
    public void Long_views_have_the_same_sums_to_the_bit()
    {
        var x = Random((70, 50, 30), 2, 0.5);
        foreach (var view in new[] { x.T, x.Permute(1, 2, 0), x[(.., -1), .., (.., 3)], x.Reshape(-1)[(.., -1)], x[0].BroadcastTo((9, 50, 30)) })
        {
            Assert.True(view.Sum().SameBits(Kernels.Pack(view).Sum()));
            Assert.True(view.Sum(0).SameBits(Kernels.Pack(view).Sum(0)));
        }
    }

    [Fact]
    public void Where_the_elements_lie_in_memory_does_not_matter()
    {
        var x = Random(3_000, 3, 0);
        var (sum, squares) = (x.Sum(), Kernels.SumOfSquares(x.AsSpan()));
        for (var shift = 0; shift < 64; shift++)
        {
            var moved = Tensor.Concatenate(0, Tensor.Zeros(shift), x)[shift..];
            Assert.True(moved.Sum().SameBits(sum) && Kernels.SumOfSquares(moved.AsSpan()).Equals(squares));
        }
    }

    [Fact]
    public void Sums_of_squares_neither_overflow_nor_vanish_in_single_precision()
    {
        Assert.Equal(3e60, Kernels.SumOfSquares([(Real)1e30, (Real)1e30, (Real)1e30]), 1e54);
        Assert.Equal(3e-60, Kernels.SumOfSquares([(Real)1e-30, (Real)1e-30, (Real)1e-30]), 1e-66);
        Assert.Equal(0, Kernels.SumOfSquares([]));
        var x = Random(5_000, 4, 0);
        var expected = Exact(x.Square().AsSpan());
        Assert.Equal(expected, Kernels.SumOfSquares(x.AsSpan()), expected * 1e-6);
    }

    [Theory, InlineData(16_384), InlineData(16_385), InlineData(100_000)]
    public void Sums_of_squares_are_right_and_have_the_same_bits_for_any_number_of_threads(int count)
    {
        var x = Random(count, 5, 1);
        var expected = Exact(x.Square().AsSpan());
        var alone = Parallelism.With(1, () => Kernels.SumOfSquares(x.AsSpan()));
        Assert.Equal(expected, alone, expected * 1e-6);
        Assert.All(new[] { 2, 3, 4, 7 }, threads => Assert.Equal(alone, Parallelism.With(threads, () => Kernels.SumOfSquares(x.AsSpan()))));
    }

    [Fact]
    public void What_is_no_number_is_not_lost_in_a_sum_of_squares()
    {
        foreach (var wrong in new[] { Real.NaN, Real.PositiveInfinity, Real.NegativeInfinity })
        {
            foreach (var place in new[] { 0, 1_030, 49_999 })
            {
                var x = Random(50_000, 6, 0).ToArray();
                x[place] = wrong;
                Assert.Equal(Real.IsNaN(wrong) ? double.NaN : double.PositiveInfinity, Kernels.SumOfSquares(x));
            }
        }
    }
}
