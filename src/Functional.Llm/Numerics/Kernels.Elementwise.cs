namespace Functional.Llm;

/// <summary>z = f(x), element by element, on the platform's vectors.</summary>
delegate void UnaryKernel(ReadOnlySpan<Real> x, Span<Real> z);

/// <summary>z = f(x, y), element by element.</summary>
delegate void BinaryKernel(ReadOnlySpan<Real> x, ReadOnlySpan<Real> y, Span<Real> z);

/// <summary>z = f(x, y), where y is one number.</summary>
delegate void RightScalarKernel(ReadOnlySpan<Real> x, Real y, Span<Real> z);

/// <summary>z = f(x, y), where x is one number.</summary>
delegate void LeftScalarKernel(Real x, ReadOnlySpan<Real> y, Span<Real> z);

/// <summary>An element-wise operation of two operands in the three forms that broadcasting comes down to.</summary>
sealed record BinaryOperation(string Name, BinaryKernel Both, RightScalarKernel Right, LeftScalarKernel Left);

static partial class Kernels
{
    /// <summary>Elements that are worth a thread's while: some ten microseconds.</summary>
    const int Share = 1 << 14;

    /// <summary>Parts of a range of elements, from and to, shared out to the threads.</summary>
    static void InParts(int count, Action<int, int> part)
    {
        if (count <= Share)
            part(0, count);
        else
            Workers.For((count + Share - 1) / Share, i => part(i * Share, Math.Min(count, (i + 1) * Share)));
    }

    /// <summary>f at every element of x.</summary>
    public static unsafe Tensor Map<F>(Tensor x, F f)
        where F : struct, IFunction
    {
        var packed = x.Packed();
        var (source, z) = (packed.Storage, Arrays.Uninitialized(x.Size));
        InParts(z.Length, (from, to) =>
        {
            fixed (Real* s = source.Array, d = z)
                Lanes.Widest(new Mapping<F>(f, s + source.Offset + from, d + from, to - from));
        });
        return Tensor.Freeze(Packed(packed), z);
    }

    /// <summary>f at every pair of elements of two tensors of one shape.</summary>
    public static unsafe Tensor Zip<F>(Tensor x, Tensor y, F f)
        where F : struct, IFunction2
    {
        var packed = x.Packed();
        var (first, second, z) = (packed.Storage, y.Packed().Storage, Arrays.Uninitialized(x.Size));
        InParts(z.Length, (from, to) =>
        {
            fixed (Real* s = first.Array, t = second.Array, d = z)
                Lanes.Widest(new Zipping<F>(f, s + first.Offset + from, t + second.Offset + from, d + from, to - from));
        });
        return Tensor.Freeze(Packed(packed), z);
    }

    /// <summary>A function of the platform's at every element of x; an element's result must not depend on its place.</summary>
    public static Tensor Map(Tensor x, UnaryKernel f)
    {
        var packed = x.Packed();
        var z = Arrays.Uninitialized(x.Size);
        InParts(z.Length, (from, to) => f(packed.Elements[from..to], z.AsSpan(from..to)));
        return Tensor.Freeze(Packed(packed), z);
    }

    /// <summary>An operation on two tensors whose shapes broadcast to one.</summary>
    public static Tensor Broadcast(BinaryOperation operation, Tensor x, Tensor y)
    {
        var shape = Shape.Broadcast(operation.Name, x.Shape, y.Shape);
        (x, y) = (x.Packed(), y.Packed());
        var z = Arrays.Uninitialized(shape.Size);
        if (x.Shape == y.Shape)
            InParts(z.Length, (from, to) => operation.Both(x.Elements[from..to], y.Elements[from..to], z.AsSpan(from..to)));
        else if (y.Size == 1)
            InParts(z.Length, (from, to) => operation.Right(x.Elements[from..to], y.Value, z.AsSpan(from..to)));
        else if (x.Size == 1)
            InParts(z.Length, (from, to) => operation.Left(x.Value, y.Elements[from..to], z.AsSpan(from..to)));
        else if (shape.Size > 0)
            Walk(operation, shape, x, y, z);
        return Tensor.Freeze(shape == x.Shape ? Packed(x) : shape == y.Shape ? Packed(y) : Layout.Of(shape), z);
    }

    static Layout Packed(Tensor packed) => packed.Layout.Offset == 0 ? packed.Layout : Layout.Of(packed.Shape);

    /// <summary>Axes along which both operands move alike are joined; then runs of the last axis go to a kernel.</summary>
    static void Walk(BinaryOperation operation, Shape shape, Tensor x, Tensor y, Real[] z)
    {
        Span<int> sizes = stackalloc int[shape.Rank];
        Span<int> stepsX = stackalloc int[shape.Rank];
        Span<int> stepsY = stackalloc int[shape.Rank];
        var (allX, allY) = (x.Layout.Broadcast(shape).Strides, y.Layout.Broadcast(shape).Strides);
        var last = -1;
        for (var axis = 0; axis < shape.Rank; axis++)
        {
            var size = shape.Sizes[axis];
            if (size == 1)
                continue;
            if (last >= 0 && stepsX[last] == allX[axis] * size && stepsY[last] == allY[axis] * size)
                size *= sizes[last--];
            last++;
            (sizes[last], stepsX[last], stepsY[last]) = (size, allX[axis], allY[axis]);
        }

        // Rows, or whatever the outermost axis counts, are shared out.
        var (joined, movesX, movesY) = (sizes[..(last + 1)].ToArray(), stepsX.ToArray(), stepsY.ToArray());
        var rows = joined.Length == 1 ? 1 : joined[0];
        var inner = z.Length / rows;
        var atOnce = Math.Max(1, Share / inner);
        Workers.For((rows + atOnce - 1) / atOnce, part =>
        {
            if (rows == 1)
            {
                Walk(operation, joined, movesX, movesY, x.Elements, y.Elements, z);
                return;
            }

            for (var i = part * atOnce; i < Math.Min(rows, (part + 1) * atOnce); i++)
                Walk(operation, joined.AsSpan(1), movesX.AsSpan(1), movesY.AsSpan(1), x.Elements[(i * movesX[0])..], y.Elements[(i * movesY[0])..], z.AsSpan(i * inner, inner));
        });
    }

    static void Walk(BinaryOperation operation, ReadOnlySpan<int> sizes, ReadOnlySpan<int> stepsX, ReadOnlySpan<int> stepsY,
        ReadOnlySpan<Real> x, ReadOnlySpan<Real> y, Span<Real> z)
    {
        if (sizes.Length == 1)
        {
            if (stepsY[0] == 0)
                operation.Right(x[..sizes[0]], y[0], z);
            else if (stepsX[0] == 0)
                operation.Left(x[0], y[..sizes[0]], z);
            else
                operation.Both(x[..sizes[0]], y[..sizes[0]], z);
            return;
        }

        var inner = z.Length / sizes[0];
        for (var i = 0; i < sizes[0]; i++)
            Walk(operation, sizes[1..], stepsX[1..], stepsY[1..], x[(i * stepsX[0])..], y[(i * stepsY[0])..], z.Slice(i * inner, inner));
    }
}
