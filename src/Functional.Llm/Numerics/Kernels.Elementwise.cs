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
    /// <summary>f at every element of x.</summary>
    public static unsafe Tensor Map<F>(Tensor x, F f)
        where F : struct, IFunction
    {
        var packed = x.Packed();
        var source = packed.Storage;
        return Tensor.Freeze(Packed(packed), Results.Numbers(x.Size, (from, to, z) =>
        {
            fixed (Real* s = source.Array)
                Lanes.Widest(new Mapping<F>(f, s + source.Offset + from, z, to - from));
        }));
    }

    /// <summary>f at every pair of elements of two tensors of one shape.</summary>
    public static unsafe Tensor Zip<F>(Tensor x, Tensor y, F f)
        where F : struct, IFunction2
    {
        var packed = x.Packed();
        var (first, second) = (packed.Storage, y.Packed().Storage);
        return Tensor.Freeze(Packed(packed), Results.Numbers(x.Size, (from, to, z) =>
        {
            fixed (Real* s = first.Array, t = second.Array)
                Lanes.Widest(new Zipping<F>(f, s + first.Offset + from, t + second.Offset + from, z, to - from));
        }));
    }

    /// <summary>A function of the platform's at every element of x; an element's result must not depend on its place.</summary>
    public static unsafe Tensor Map(Tensor x, UnaryKernel f)
    {
        var packed = x.Packed();
        return Tensor.Freeze(Packed(packed), Results.Numbers(x.Size, (from, to, z) => f(packed.Elements[from..to], new(z, to - from))));
    }

    /// <summary>An operation on two tensors whose shapes broadcast to one.</summary>
    public static unsafe Tensor Broadcast(BinaryOperation operation, Tensor x, Tensor y)
    {
        var shape = Shape.Broadcast(operation.Name, x.Shape, y.Shape);
        (x, y) = (x.Packed(), y.Packed());
        var z = x.Shape == y.Shape ? Results.Numbers(shape.Size, (from, to, d) => operation.Both(x.Elements[from..to], y.Elements[from..to], new(d, to - from)))
            : y.Size == 1 ? Results.Numbers(shape.Size, (from, to, d) => operation.Right(x.Elements[from..to], y.Value, new(d, to - from)))
            : x.Size == 1 ? Results.Numbers(shape.Size, (from, to, d) => operation.Left(x.Value, y.Elements[from..to], new(d, to - from)))
            : Walk(operation, shape, x, y);
        return Tensor.Freeze(shape == x.Shape ? Packed(x) : shape == y.Shape ? Packed(y) : Layout.Of(shape), z);
    }

    static Layout Packed(Tensor packed) => packed.Layout.Offset == 0 ? packed.Layout : Layout.Of(packed.Shape);

    /// <summary>Axes along which both operands move alike are joined; then runs of the last axis go to a kernel.</summary>
    static unsafe Real[] Walk(BinaryOperation operation, Shape shape, Tensor x, Tensor y)
    {
        if (shape.Size == 0)
            return [];
        var (sizes, stepsX, stepsY) = (new int[shape.Rank], new int[shape.Rank], new int[shape.Rank]);
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

        // The outer one of several axes is shared out.
        var outer = last > 0 ? 1 : 0;
        var (rows, axes) = (outer == 1 ? sizes[0] : 1, outer..(last + 1));
        var columns = shape.Size / rows;
        return Results.Rows(rows, columns, (from, to, z) =>
        {
            for (var i = from; i < to; i++, z += columns)
                Walk(operation, sizes.AsSpan(axes), stepsX.AsSpan(axes), stepsY.AsSpan(axes), x.Elements[(i * stepsX[0])..], y.Elements[(i * stepsY[0])..], new(z, columns));
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
