using System.Numerics.Tensors;

namespace Functional.Llm;

/// <summary>A table (V, C) that is another with a few rows added to it: the gradient of a table of tokens, of which a batch names few.</summary>
/// <remarks>
/// Sums of such tables and of others are kept apart, so that the model's largest gradient is neither filled with zeros nor added up as a whole; who
/// reads its numbers gets them written out.
/// </remarks>
/// <param name="table">The other; default for zeros.</param>
/// <param name="rows">The rows (…, C), packed, in an array of their own.</param>
/// <param name="places">To which row of the table each is added.</param>
/// <param name="count">V.</param>
sealed class ScatteredRows(Tensor table, Tensor rows, ImmutableArray<int> places, int count) : INumbers
{
    /// <summary>The table alone; default for zeros.</summary>
    public Tensor Table => table;

    /// <summary>V C.</summary>
    public int Size => count * rows.Shape.Sizes[^1];

    /// <inheritdoc/>
    public Real[] Decode() => table.IsZero ? Kernels.ScatterAdd(rows, places, count).Storage.Array : AddedTo(Kernels.Pack(table).Storage.Array);

    /// <summary>The rows added to an array of the table's numbers, which is written to.</summary>
    public Real[] AddedTo(Real[] numbers)
    {
        var named = places.Distinct().Order().ToArray();
        var sums = Kernels.ScatterAdd(rows, [.. places.Select(place => Array.BinarySearch(named, place))], named.Length);
        var size = rows.Shape.Sizes[^1];
        Results.InParts(named.Length, size, (from, to) =>
        {
            for (var i = from; i < to; i++)
                TensorPrimitives.Add(numbers.AsSpan(named[i] * size, size), sums.Elements.Slice(i * size, size), numbers.AsSpan(named[i] * size, size));
        });
        return numbers;
    }

    /// <summary>The sum with a dense table of the same shape.</summary>
    public ScatteredRows Plus(Tensor dense) => new(table + dense, rows, places, count);

    /// <summary>The sum with another such table.</summary>
    public ScatteredRows Plus(ScatteredRows other) =>
        new(table + other.Table, Tensor.Concatenate(0, rows.AsMatrix(), other.Rows.AsMatrix()), [.. places, .. other.Places], count);

    Tensor Rows => rows;

    ImmutableArray<int> Places => places;
}

/// <summary>Numbers that are not stored as they are.</summary>
interface INumbers
{
    /// <summary>All of them, written out to a new array.</summary>
    Real[] Decode();
}
