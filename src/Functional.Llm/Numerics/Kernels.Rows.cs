using System.Numerics.Tensors;

namespace Functional.Llm;

/// <content>Rows named by indices: taken out of a table, and added up into one.</content>
static partial class Kernels
{
    /// <summary>Rows of a tensor whose elements lie in row-major order, compressed or not, in the order of their indices.</summary>
    public static Tensor Take(Tensor packed, Shape shape, ImmutableArray<int> rows)
    {
        var (z, size) = (Arrays.Uninitialized(shape.Size), rows.IsEmpty ? 0 : shape.Size / rows.Length);
        if (packed.Stored is { } stored)
        {
            var first = packed.Layout.Offset;
            Results.InParts(rows.Length, size, (from, to) =>
            {
                for (var i = from; i < to; i++)
                    stored.Decode(first + rows[i] * size, z.AsSpan(i * size, size));
            });
            return Tensor.Freeze(shape, z);
        }

        var (array, offset) = packed.Storage;
        Results.InParts(rows.Length, size, (from, to) =>
        {
            for (var i = from; i < to; i++)
                array.AsSpan(offset + rows[i] * size, size).CopyTo(z.AsSpan(i * size));
        });
        return Tensor.Freeze(shape, z);
    }

    /// <summary>A table (V, C) whose row v is the sum of the rows of x (…, C) with that index; zeros where there is none.</summary>
    /// <remarks>
    /// Split by rows of the table, each of which one thread sums as a pairwise tree over its places: the same bits for any number of threads, and a
    /// rounding error that grows as log n, where a frequent token has thousands of places.
    /// </remarks>
    public static Tensor ScatterAdd(Tensor packed, ImmutableArray<int> rows, int count)
    {
        var (array, offset) = packed.Storage;
        var size = packed.Shape.Sizes[^1];
        var z = Arrays.Uninitialized(count * size);
        var groups = RowGroups.Of(rows.AsSpan(), count);
        Results.InParts(count, size * (1 + rows.Length / Math.Max(1, count)), (from, to) =>
        {
            for (var v = from; v < to; v++)
            {
                for (var first = 0; first < size; first += Abreast)
                    SumRows(array, offset + first, size, groups[v], z.AsSpan(v * size + first, Math.Min(Abreast, size - first)));
            }
        });
        return Tensor.Freeze((count, size), z);
    }

    /// <summary>The sum of the rows at some places; row i begins at first + i · step.</summary>
    static void SumRows(Real[] x, int first, int step, ReadOnlySpan<int> places, Span<Real> sum)
    {
        if (places.Length <= 16)
        {
            sum.Clear();
            foreach (var place in places)
                TensorPrimitives.Add(sum, x.AsSpan(first + place * step, sum.Length), sum);
            return;
        }

        var half = places.Length / 2;
        SumRows(x, first, step, places[..half], sum);
        Span<Real> other = stackalloc Real[Abreast];
        SumRows(x, first, step, places[half..], other[..sum.Length]);
        TensorPrimitives.Add(sum, other[..sum.Length], sum);
    }
}
