using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Reductions over every set of axes, kept and dropped, against a loop over indices.</summary>
public sealed class ReductionTests
{
    /// <summary>A check for every set of axes of a random tensor; none named means all.</summary>
    static void ForAllAxes(int count, Action<Pair, int[], int[]> check, Func<Case, double>? number = null) => Case.ForAll(count, c =>
    {
        var x = c.View(c.Shape(), number is null ? null : () => number(c));
        for (var set = 0; set < 1 << x.Shape.Length; set++)
        {
            int[] axes = [.. c.Shuffled(x.Shape.Length).Where(axis => (set >> axis & 1) == 1)];
            int[] named = [.. axes.Select(axis => c.MaybeFromEnd(axis, x.Shape.Length))];
            var story = $"over axes {string.Join(", ", named)}";
            try
            {
                check(x, axes.Length == 0 ? [.. Enumerable.Range(0, x.Shape.Length)] : axes, named);
            }
            catch (Exception)
            {
                c.Note(story);
                throw;
            }
        }
    });

    static double Largest(double[] row) => row.Any(double.IsNaN) ? double.NaN : row.Max();

    static double Smallest(double[] row) => row.Any(double.IsNaN) ? double.NaN : row.Min();

    static double PlaceOfLargest(double[] row) =>
        row.Any(double.IsNaN) ? Array.FindIndex(row, double.IsNaN) : Array.IndexOf(row, row.Max());

    static bool Empty(Pair x, int[] axes) => axes.Any(axis => x.Shape[axis] == 0);

    [Fact]
    public void Sums_of_whole_numbers_are_exact() => ForAllAxes(300, (x, axes, named) =>
    {
        Agree.Exactly(x.Naive.Reduce(axes, false, row => row.Sum()), x.Tensor.Sum(named));
        Agree.Exactly(x.Naive.Reduce(axes, true, row => row.Sum()), x.Tensor.Sum(named, keep: true));
    }, c => c.WholeNumber());

    [Fact]
    public void Sums_and_means_are_within_rounding() => ForAllAxes(300, (x, axes, named) =>
    {
        var bound = x.Naive.Map(Math.Abs).Reduce(axes, false, row => 8 * Tolerance.Epsilon * row.Sum());
        var sum = x.Naive.Reduce(axes, false, NaiveTensor.Sum);
        Agree.Within(sum, x.Tensor.Sum(named), bound);
        Assert.True(x.Tensor.Sum(named).Reshape(x.Tensor.Sum(named, keep: true).Shape).SameBits(x.Tensor.Sum(named, keep: true)));
        if (Empty(x, axes))
            return;
        double count = axes.Aggregate(1, (n, axis) => n * x.Shape[axis]);
        Agree.Within(sum.Map(s => s / count), x.Tensor.Mean(named), bound.Map(b => b / count));
        Assert.True(x.Tensor.Mean(named).Reshape(x.Tensor.Mean(named, keep: true).Shape).SameBits(x.Tensor.Mean(named, keep: true)));
    });

    [Fact]
    public void Largest_and_smallest_elements_and_the_first_place_of_the_largest() => ForAllAxes(400, (x, axes, named) =>
    {
        if (Empty(x, axes))
            return;
        Agree.Exactly(x.Naive.Reduce(axes, false, Largest), x.Tensor.Max(named));
        Agree.Exactly(x.Naive.Reduce(axes, true, Largest), x.Tensor.Max(named, keep: true));
        Agree.Exactly(x.Naive.Reduce(axes, false, Smallest), x.Tensor.Min(named));
        var places = x.Naive.Reduce(axes, false, PlaceOfLargest);
        var tokens = x.Tensor.ArgMax(named);
        Assert.Equal(places.Shape, tokens.Shape.Sizes);
        Assert.Equal(places.Data.Select(p => (int)p), tokens.Ids);
    }, c => c.Draw.Int(0, 30) switch { 0 => double.NaN, 1 => double.NegativeInfinity, 2 => double.PositiveInfinity, _ => c.WholeNumber() });

    [Fact]
    public void Nothing_sums_to_zero_and_has_no_mean()
    {
        Assert.Equal([0, 0], Tensor.Zeros((2, 0)).Sum(1).ToArray());
        Assert.All(Tensor.Zeros((2, 0)).Mean(1).ToArray(), mean => Assert.True(Real.IsNaN(mean)));
        Assert.Equal(0, Tensor.Zeros((0, 3)).Max(1).Size);
        Assert.Empty(Tensor.Zeros((0, 3)).ArgMax(1).Ids);
    }

    [Fact]
    public void One_axis_is_kept_by_its_own_overload() => Case.ForAll(100, c =>
    {
        var x = c.View([.. c.Shape(0, 3), c.Draw.Int(1, 4)]).Tensor;
        Assert.True(x.Sum(-1, keep: true).SameBits(x.Sum([-1], keep: true)));
        Assert.True(x.Mean(-1, keep: true).SameBits(x.Mean([-1], keep: true)));
        Assert.True(x.Max(-1, keep: true).SameBits(x.Max([-1], keep: true)));
    });

    [Fact]
    public void SumTo_is_the_adjoint_of_broadcasting() => Case.ForAll(500, c =>
    {
        var shape = c.Shape();
        var wide = NaiveTensor.Broadcast(c.Partner(shape), shape);
        var x = c.View(shape, c.WholeNumber);
        var y = c.View(wide, c.WholeNumber);
        var sum = y.Tensor.SumTo(x.Tensor.Shape);
        Assert.Equal(x.Shape, sum.Shape.Sizes);
        Assert.Equal((y.Tensor * x.Tensor.BroadcastTo(y.Tensor.Shape)).Sum().Value, (sum * x.Tensor).Sum().Value);
    });
}
