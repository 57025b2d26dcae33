using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Llm;

/// <summary>A reduction of a row to one number, and the operation that joins two rows of partial results.</summary>
sealed record Reduction(string Name, Reduction.RowKernel Row, BinaryKernel Join, Real? Empty)
{
    public delegate Real RowKernel(ReadOnlySpan<Real> row);
}

static unsafe partial class Kernels
{
    /// <summary>Rows up to this length are summed directly; longer ones as the sum of their halves.</summary>
    /// <remarks>A fixed tree: the same bits for any number of threads, and a rounding error that grows as log n.</remarks>
    const int Chunk = 1024;

    public static readonly Reduction SumReduction = new("sum", Sum, TensorPrimitives.Add, 0);
    public static readonly Reduction MaxReduction = new("max", TensorPrimitives.Max, TensorPrimitives.Max, null);
    public static readonly Reduction MinReduction = new("min", TensorPrimitives.Min, TensorPrimitives.Min, null);

    /// <summary>The sum of a row, as a pairwise tree of chunks.</summary>
    public static Real Sum(ReadOnlySpan<Real> row)
    {
        if (row.Length <= Chunk)
            return TensorPrimitives.Sum(row);
        var half = (row.Length / Chunk + 1) / 2 * Chunk;
        return Sum(row[..half]) + Sum(row[half..]);
    }

    /// <summary>Squares that one thread adds up; the sums of such blocks are added in their order.</summary>
    public const int Squares = 16 * Chunk;

    /// <summary>Σ x² in double precision, block by block: squares that overflow in single precision do not.</summary>
    public static double SumOfSquares(ReadOnlySpan<Real> x)
    {
        fixed (Real* start = x)
            return x.Length <= Squares ? SumOfSquares(start, x.Length) : SumOfBlocks((nint)start, x.Length);
    }

    /// <summary>The blocks are done before this returns, so that the array stays where it is.</summary>
    static double SumOfBlocks(nint x, int count)
    {
        var sums = new double[(count + Squares - 1) / Squares];
        Workers.For(sums.Length, i => sums[i] = SumOfSquares((Real*)x + (nint)i * Squares, Math.Min(Squares, count - i * Squares)));
        return sums.Sum();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static double SumOfSquares(Real* x, int count)
    {
        Vector512<double> even = default, odd = default;
        var whole = count / Vector512<Real>.Count * Vector512<Real>.Count;
        for (var i = 0; i < whole; i += Vector512<Real>.Count)
        {
            var (low, high) = Wide(Vector512.Load(x + i));
            even += low * low;
            odd += high * high;
        }

        var sum = Vector512.Sum(even + odd);
        for (var i = whole; i < count; i++)
            sum += (double)x[i] * x[i];
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<double> Low, Vector512<double> High) Wide(Vector512<Real> x) =>
        sizeof(Real) == sizeof(int) ? Vector512.Widen(x.AsSingle()) : (x.AsDouble(), default);

    /// <summary>x reduced over some axes, which are dropped or kept with size 1.</summary>
    public static Tensor Reduce(Reduction reduction, Tensor x, ReadOnlySpan<int> axes, bool keep)
    {
        var reduced = x.Shape.Axes(reduction.Name, axes);
        var (shape, kept) = Remaining(x.Shape, reduced, keep);
        var rowLength = reduced.Aggregate(1, (n, axis) => n * x.Shape.Sizes[axis]);
        if (rowLength == 0 && shape.Size > 0 && reduction.Empty is null)
        {
            throw new ShapeException(reduction.Name, $"there is nothing to reduce in shape {x.Shape} over axis {string.Join(", ", reduced)}",
                "An empty axis has no largest or smallest element; give it a size of 1 or more.");
        }

        var z = Arrays.Uninitialized(shape.Size);
        if (rowLength == 0)
            z.AsSpan().Fill(reduction.Empty ?? 0);
        else if (z.Length > 1 && reduced.Length > 0 && reduced[^1] == reduced.Length - 1)
            ReduceColumns(reduction, x.Packed(), rowLength, z);
        else
            ReduceRows(reduction, Tail(x, kept, reduced).Packed(), rowLength, z);
        return Tensor.Freeze(shape, z);
    }

    /// <summary>The place of the first largest element over some axes, counted in row-major order within them; NaN is largest.</summary>
    public static Tokens ArgMax(Tensor x, ReadOnlySpan<int> axes)
    {
        var reduced = x.Shape.Axes("argmax", axes);
        var (shape, kept) = Remaining(x.Shape, reduced, keep: false);
        var rows = Tail(x, kept, reduced).AsSpan();
        var places = new int[shape.Size];
        var length = places.Length == 0 ? 0 : rows.Length / places.Length;
        if (length == 0 && places.Length > 0)
        {
            throw new ShapeException("argmax", $"there is nothing to choose from in shape {x.Shape} over axis {string.Join(", ", reduced)}",
                "An empty axis has no largest element; give it a size of 1 or more.");
        }

        for (var i = 0; i < places.Length; i++)
            places[i] = ArgMax(rows.Slice(i * length, length));
        return Tokens.Freeze(shape, places);
    }

    static int ArgMax(ReadOnlySpan<Real> row)
    {
        var best = 0;
        for (var i = 1; i < row.Length && !Real.IsNaN(row[best]); i++)
        {
            if (row[i] > row[best] || Real.IsNaN(row[i]))
                best = i;
        }

        return best;
    }

    static (Shape Shape, ImmutableArray<int> Kept) Remaining(Shape shape, ImmutableArray<int> reduced, bool keep)
    {
        ImmutableArray<int> kept = [.. Enumerable.Range(0, shape.Rank).Where(axis => !reduced.Contains(axis))];
        return (keep ? Shape.Create([.. shape.Sizes.Select((size, axis) => reduced.Contains(axis) ? 1 : size)])
            : Shape.Create([.. kept.Select(axis => shape.Sizes[axis])]), kept);
    }

    /// <summary>The view with the reduced axes behind the kept ones.</summary>
    static Tensor Tail(Tensor x, ImmutableArray<int> kept, ImmutableArray<int> reduced) =>
        reduced.IsEmpty || reduced[0] == kept.Length ? x : x.Permute([.. kept, .. reduced]);

    static void ReduceRows(Reduction reduction, Tensor x, int length, Real[] z) => Results.InParts(z.Length, length, (from, to) =>
    {
        for (var i = from; i < to; i++)
            z[i] = reduction.Row(x.Elements.Slice(i * length, length));
    });

    /// <summary>Columns that are reduced together: their partial results stay in the first-level cache.</summary>
    const int Abreast = 256;

    /// <summary>Rows of a matrix joined into one, as a pairwise tree.</summary>
    static void ReduceColumns(Reduction reduction, Tensor x, int rows, Real[] z)
    {
        var (array, offset) = x.Storage;
        Results.InParts((z.Length + Abreast - 1) / Abreast, rows * Abreast, (from, to) =>
        {
            for (var first = from * Abreast; first < Math.Min(z.Length, to * Abreast); first += Abreast)
                JoinRows(reduction, array, offset + first, z.Length, rows, z.AsSpan(first, Math.Min(Abreast, z.Length - first)));
        });
    }

    static void JoinRows(Reduction reduction, Real[] x, int first, int step, int rows, Span<Real> z)
    {
        if (rows <= 16)
        {
            x.AsSpan(first, z.Length).CopyTo(z);
            for (var i = 1; i < rows; i++)
                reduction.Join(z, x.AsSpan(first + i * step, z.Length), z);
            return;
        }

        var half = rows / 2;
        JoinRows(reduction, x, first, step, half, z);
        Span<Real> other = stackalloc Real[Abreast];
        JoinRows(reduction, x, first + half * step, step, rows - half, other[..z.Length]);
        reduction.Join(z, other[..z.Length], z);
    }
}
