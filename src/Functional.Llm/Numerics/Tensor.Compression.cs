namespace Functional.Llm;

/// <content>Tensors that take less memory.</content>
public readonly partial struct Tensor
{
    /// <summary>The same numbers in fewer bits, as far as these can say them: rounded to the nearest that they can.</summary>
    /// <remarks>
    /// Every operation takes such a tensor: products with at most 8 rows, and rows that are looked up, read the codes where they lie; whatever else
    /// writes the numbers out first. What is computed of it is not compressed.
    /// </remarks>
    /// <exception cref="FunctionalLlmException">A number is not finite, or too large.</exception>
    /// <exception cref="ShapeException">This is a scalar.</exception>
    public Tensor Compressed(Compression compression)
    {
        if (Rank == 0)
            throw new ShapeException("compress", "a scalar has no rows", "Keep it as it is.");
        var ((rows, columns), packed) = (Shape.AsRows, Packed());
        var stored = CompressedNumbers.Uninitialized(compression, rows, columns);
        Results.InParts(rows, 8 * columns, (from, to) =>
        {
            for (var i = from; i < to; i++)
                stored.Encode(i, packed.Elements.Slice(i * columns, columns));
        });
        return Of(Shape, stored);
    }

    /// <summary>A tensor whose rows, along the last axis, are compressed.</summary>
    internal static Tensor Of(Shape shape, CompressedNumbers stored) => new(Layout.Of(shape), stored);

    /// <summary>The same tensor with each number in the library's precision; itself, where it is not compressed.</summary>
    public Tensor Decompressed() => Stored is null ? this : Kernels.Pack(this);

    /// <summary>How the numbers are compressed; null where they are not.</summary>
    public Compression? Compression => Stored?.Compression;

    /// <summary>What the numbers take, in bytes, of which this is a view.</summary>
    public long Bytes => Stored?.Bytes ?? sizeof(Real) * (long)Numbers.Length;

    /// <summary>What the numbers are compressed to; null where they are not.</summary>
    internal CompressedNumbers? Stored => data as CompressedNumbers;

    /// <summary>The same tensor with its elements in row-major order, compressed or not.</summary>
    internal Tensor InRows() => Layout.IsPacked ? this : Kernels.Pack(this);

    /// <summary>Whether this is the transpose of whole rows that are compressed, and where the first of them is.</summary>
    internal bool IsCompressedTransposed(out CompressedNumbers stored, out int first)
    {
        (stored, first) = (Stored!, 0);
        if (stored is null || Rank != 2 || Shape.Sizes[0] != stored.Columns || Shape.Size == 0 || Strides[0] != 1 || Shape.Sizes[1] > 1 && Strides[1] != stored.Columns)
            return false;
        (first, var column) = Math.DivRem(Layout.Offset, stored.Columns);
        return column == 0;
    }
}
