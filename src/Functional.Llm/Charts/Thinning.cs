namespace Functional.Llm;

/// <summary>Leaves out points that cannot be seen because others are drawn in their place.</summary>
internal static class Thinning
{
    /// <summary>The stretches of a curve between its gaps: places that are not numbers are left out.</summary>
    public static IEnumerable<ImmutableArray<Point>> Stretches(IEnumerable<Point> curve)
    {
        var stretch = ImmutableArray.CreateBuilder<Point>();
        foreach (var point in curve)
        {
            if (point.IsPlace)
                stretch.Add(point);
            else if (stretch.Count > 0)
                yield return stretch.DrainToImmutable();
        }

        if (stretch.Count > 0)
            yield return stretch.DrainToImmutable();
    }

    /// <summary>Of successive points in one column of pixels the first, the lowest, the highest and the last, in their order.</summary>
    /// <remarks>The lines through what is left cover the same pixels (Jugel et al. 2014, "M4").</remarks>
    public static ImmutableArray<Point> Columns(ImmutableArray<Point> stretch)
    {
        var kept = ImmutableArray.CreateBuilder<Point>();
        for (int start = 0, end; start < stretch.Length; start = end)
        {
            var (low, high) = (start, start);
            for (end = start; end < stretch.Length && Math.Floor(stretch[end].X) == Math.Floor(stretch[start].X); end++)
            {
                low = stretch[end].Y < stretch[low].Y ? end : low;
                high = stretch[end].Y > stretch[high].Y ? end : high;
            }

            kept.AddRange(new SortedSet<int> { start, low, high, end - 1 }.Select(i => stretch[i]));
        }

        return kept.ToImmutable();
    }

    /// <summary>The first point in each square of <paramref name="side"/> pixels: markers wider than it hide the others.</summary>
    public static ImmutableArray<Point> Squares(IEnumerable<Point> points, double side) =>
        [.. points.Where(p => p.IsPlace).DistinctBy(p => (Math.Floor(p.X / side), Math.Floor(p.Y / side)))];

    /// <summary>Means over blocks, so that a matrix has at most so many rows and columns; cells that are not finite do not count.</summary>
    public static ImmutableArray<ImmutableArray<double>> Blocks(ImmutableArray<ImmutableArray<double>> rows, int mostRows, int mostColumns)
    {
        var (high, wide) = (Share(rows.Length, mostRows), Share(rows.IsEmpty ? 0 : rows[0].Length, mostColumns));
        return high == 1 && wide == 1 ? rows
            : [.. rows.Chunk(high).Select(band => Enumerable.Range(0, (rows[0].Length + wide - 1) / wide)
                .Select(j => band.SelectMany(row => row.Skip(j * wide).Take(wide)).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average())
                .ToImmutableArray())];

        static int Share(int length, int most) => Math.Max(1, (length + most - 1) / Math.Max(1, most));
    }
}
