namespace Functional.Llm;

/// <summary>The loops beneath the tensors: every place where elements are read and written.</summary>
/// <remarks>A kernel fills a fresh array and freezes it; shapes have been checked by its caller.</remarks>
static partial class Kernels
{
    /// <summary>The elements of a view, copied into row-major order.</summary>
    public static Tensor Pack(Tensor x) => Tensor.Build(x.Shape, d => Copy(x, d));

    static void Copy(Tensor x, Span<Real> destination)
    {
        if (x.Size == 0)
            return;
        if (x.Stored is { } stored && x.Layout.IsPacked)
        {
            stored.Decode(x.Layout.Offset, destination);
            return;
        }

        var (array, offset) = x.Storage;
        Copy(array, offset, x.Shape.Sizes.AsSpan(), x.Layout.Strides.AsSpan(), destination);
    }

    static void Copy(Real[] source, int offset, ReadOnlySpan<int> sizes, ReadOnlySpan<int> strides, Span<Real> destination)
    {
        if (sizes.Length == 0)
        {
            destination[0] = source[offset];
        }
        else if (sizes.Length == 1)
        {
            var step = strides[0];
            if (step == 1)
            {
                source.AsSpan(offset, sizes[0]).CopyTo(destination);
                return;
            }

            for (var i = 0; i < destination.Length; i++, offset += step)
                destination[i] = source[offset];
        }
        else
        {
            var inner = destination.Length / sizes[0];
            for (var i = 0; i < sizes[0]; i++)
                Copy(source, offset + i * strides[0], sizes[1..], strides[1..], destination.Slice(i * inner, inner));
        }
    }

    /// <summary>Tensors one after the other along an axis, into a known shape.</summary>
    public static Tensor Concatenate(Shape shape, int axis, ReadOnlySpan<Tensor> tensors)
    {
        var elements = Arrays.Uninitialized(shape.Size);
        var outer = 1;
        for (var i = 0; i < axis; i++)
            outer *= shape.Sizes[i];
        var row = outer == 0 ? 0 : shape.Size / outer;
        var place = 0;
        foreach (var tensor in tensors)
        {
            var source = tensor.AsSpan();
            var run = outer == 0 ? 0 : source.Length / outer;
            for (var i = 0; i < outer; i++)
                source.Slice(i * run, run).CopyTo(elements.AsSpan(i * row + place));
            place += run;
        }

        return Tensor.Freeze(shape, elements);
    }
}
