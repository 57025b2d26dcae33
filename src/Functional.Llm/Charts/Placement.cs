namespace Functional.Llm;

/// <summary>A place for a text, and the way of the arrow from it, which has no points where there is none.</summary>
internal readonly record struct Spot(Box Box, ImmutableArray<Point> Arrow);

/// <summary>Where texts may stand inside a plot: beside what they speak of, over as little ink as possible, never over each other.</summary>
internal sealed record Placement(Box Bounds, ImmutableHashSet<(int Column, int Row)> Ink, ImmutableList<Box> Taken)
{
    const double Cell = 4;

    /// <summary>An empty plot on which these traces are drawn.</summary>
    public static Placement Around(Box bounds, IEnumerable<ImmutableArray<Point>> traces) =>
        new(bounds.Grown(-3), [.. traces.SelectMany(Cells)], []);

    /// <summary>The spot that covers least; of equal ones the first.</summary>
    public Spot Best(IEnumerable<Spot> spots) => spots.MinBy(Cost);

    /// <summary>The box, moved inside the plot if it must be.</summary>
    public Box Inside(Box box)
    {
        var right = Math.Max(0, Bounds.Left - box.Left) + Math.Min(0, Bounds.Right - box.Right);
        var down = Math.Max(0, Bounds.Top - box.Top) + Math.Min(0, Bounds.Bottom - box.Bottom);
        return new(box.Left + right, box.Top + down, box.Right + right, box.Bottom + down);
    }

    /// <summary>The plot after a text has been put there.</summary>
    public Placement With(Spot spot) => this with { Ink = Ink.Union(Cells(spot.Arrow)), Taken = Taken.Add(spot.Box) };

    double Cost(Spot spot)
    {
        var (left, top) = CellOf(new(spot.Box.Left, spot.Box.Top));
        var (right, bottom) = CellOf(new(spot.Box.Right, spot.Box.Bottom));
        var covered = Enumerable.Range(left, right - left + 1)
            .Sum(column => Enumerable.Range(top, bottom - top + 1).Count(row => Ink.Contains((column, row))));
        var crossed = Cells(spot.Arrow).Count(Ink.Contains);
        return (3 * covered) + crossed + (1000 * Taken.Count(spot.Box.Overlaps));
    }

    // Every cell on the way from point to point.
    static IEnumerable<(int Column, int Row)> Cells(ImmutableArray<Point> trace) => trace.Length == 1 ? [CellOf(trace[0])]
        : trace.Zip(trace.Skip(1), (a, b) =>
        {
            var steps = (int)Math.Min(2000, 1 + (Math.Max(Math.Abs(b.X - a.X), Math.Abs(b.Y - a.Y)) / Cell * 2));
            return Enumerable.Range(0, steps + 1)
                .Select(i => CellOf(new(a.X + ((b.X - a.X) * i / steps), a.Y + ((b.Y - a.Y) * i / steps))));
        }).SelectMany(cells => cells).Distinct();

    static (int Column, int Row) CellOf(Point p) => ((int)Math.Floor(p.X / Cell), (int)Math.Floor(p.Y / Cell));
}
