namespace Functional.Llm;

/// <summary>The directions in which points spread the most, and the points seen along them (Pearson 1901).</summary>
/// <param name="Mean">The mean of the points (C).</param>
/// <param name="Directions">Unit vectors, perpendicular to each other, of falling variance (K, C).</param>
/// <param name="Variances">The variance along each (K).</param>
/// <param name="Explained">Their share of the whole variance, 0 … 1.</param>
public sealed record PrincipalComponents(Tensor Mean, Tensor Directions, Tensor Variances, double Explained)
{
    const int Rounds = 300;

    /// <summary>The first components of points (N, C), by orthogonal iteration on XᵀX (Golub and Van Loan 1996).</summary>
    /// <remarks>A direction's sign is such that its largest number is positive, so that a picture does not turn over.</remarks>
    /// <exception cref="ShapeException">The points are no matrix, or have fewer numbers or rows than components are asked for.</exception>
    public static PrincipalComponents Of(Tensor points, int count)
    {
        if (points.Rank != 2 || count < 1 || count > Math.Min(points.Shape.Sizes[0], points.Shape.Sizes[1]))
            throw new ShapeException("principal components", $"{count} components of points {points.Shape}", "Pass a point a row, and ask for no more components than rows or columns.");
        var mean = points.Mean(0);
        var x = points - mean;
        var directions = Perpendicular(new Key(1).Normal((count, points.Shape.Sizes[1])));
        for (var round = 0; round < Rounds; round++)
            directions = Perpendicular(directions.MatMul(x.T).MatMul(x));

        var variances = directions.MatMul(x.T).Square().Mean(-1);
        var whole = x.Square().Sum().Value / points.Shape.Sizes[0];
        return new(mean, Upright(directions), variances, whole > 0 ? (double)(variances.Sum().Value / whole) : 0);
    }

    /// <summary>Points (N, C) seen along the components (N, K).</summary>
    public Tensor Project(Tensor points) => (points - Mean).MatMul(Directions.T);

    /// <summary>Gram's and Schmidt's process, row by row; a row that nothing is left of becomes 0.</summary>
    static Tensor Perpendicular(Tensor rows)
    {
        var (count, width) = (rows.Shape.Sizes[0], rows.Shape.Sizes[1]);
        return Tensor.Build(rows.Shape, d =>
        {
            rows.AsSpan().CopyTo(d);
            for (var i = 0; i < count; i++)
            {
                var row = d.Slice(i * width, width);
                var before = Real.Sqrt(Dot(row, row));
                for (var j = 0; j < i; j++)
                    Add(row, -Dot(row, d.Slice(j * width, width)), d.Slice(j * width, width));
                var length = Real.Sqrt(Dot(row, row));
                var scale = length > before * (Real)1e-6 ? 1 / length : 0;
                for (var k = 0; k < width; k++)
                    row[k] *= scale;
            }
        });
    }

    static Tensor Upright(Tensor rows)
    {
        var width = rows.Shape.Sizes[1];
        return Tensor.Build(rows.Shape, d =>
        {
            rows.AsSpan().CopyTo(d);
            for (var i = 0; i < d.Length; i += width)
            {
                var row = d.Slice(i, width);
                Real largest = 0;
                foreach (var e in row)
                    largest = Real.Abs(e) > Real.Abs(largest) ? e : largest;
                for (var k = 0; k < width && largest < 0; k++)
                    row[k] = -row[k];
            }
        });
    }

    static Real Dot(ReadOnlySpan<Real> x, ReadOnlySpan<Real> y)
    {
        Real sum = 0;
        for (var i = 0; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }

    static void Add(Span<Real> y, Real a, ReadOnlySpan<Real> x)
    {
        for (var i = 0; i < y.Length; i++)
            y[i] += a * x[i];
    }
}
