using Xunit;

namespace Functional.Llm.Tests;

public class ThinningTests
{
    [Fact]
    public void Every_column_of_pixels_keeps_its_first_lowest_highest_and_last_point()
    {
        var random = new Random(4);
        var points = Enumerable.Range(0, 100_000).Select(i => new Point(i * 700 / 100_000.0, 400 * random.NextDouble())).ToImmutableArray();
        var kept = Thinning.Columns(points);
        Assert.InRange(kept.Length, 700, 4 * 700);
        var columns = kept.ToLookup(p => Math.Floor(p.X));
        foreach (var all in points.GroupBy(p => Math.Floor(p.X)))
        {
            Assert.Equal(all.Min(p => p.Y), columns[all.Key].Min(p => p.Y));
            Assert.Equal(all.Max(p => p.Y), columns[all.Key].Max(p => p.Y));
            Assert.Equal(all.First(), columns[all.Key].First());
            Assert.Equal(all.Last(), columns[all.Key].Last());
        }
    }

    [Fact]
    public void What_is_kept_stays_in_its_order()
    {
        var random = new Random(5);
        var points = Enumerable.Range(0, 5000).Select(_ => new Point(20 * random.NextDouble(), random.NextDouble())).ToImmutableArray();
        var kept = Thinning.Columns(points);
        var places = kept.Select(p => points.IndexOf(p)).ToArray();
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void Few_points_are_kept_all()
    {
        ImmutableArray<Point> points = [new(0, 1), new(3, 4), new(3.5, 2), new(1, 7)];
        Assert.Equal(points.AsEnumerable(), Thinning.Columns(points).AsEnumerable());
    }

    [Fact]
    public void A_curve_is_cut_at_what_is_no_place()
    {
        Point[] points = [new(double.NaN, 0), new(1, 1), new(2, 2), new(3, double.NaN), new(4, double.PositiveInfinity), new(5, 5)];
        Assert.Equal(new[] { 2, 1 }, Thinning.Stretches(points).Select(s => s.Length));
        Assert.Empty(Thinning.Stretches([]));
    }

    [Fact]
    public void Each_square_keeps_its_first_point()
    {
        Point[] points = [new(0.5, 0.5), new(3.9, 3.9), new(4.1, 0), new(double.NaN, 1), new(-0.1, 0)];
        Assert.Equal([points[0], points[2], points[4]], Thinning.Squares(points, 4).AsEnumerable());
    }

    [Fact]
    public void A_matrix_shrinks_to_means_of_its_blocks()
    {
        ImmutableArray<ImmutableArray<double>> rows = [[1, 2, 3], [3, double.NaN, 5], [7, 8, double.NaN]];
        Assert.Equal(rows, Thinning.Blocks(rows, 3, 3));
        var small = Thinning.Blocks(rows, 2, 2);
        Assert.Equal(new double[] { 2, 4 }, small[0]);
        Assert.Equal(new[] { 7.5, double.NaN }, small[1]);
    }
}
