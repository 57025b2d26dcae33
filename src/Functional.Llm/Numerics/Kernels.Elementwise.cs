namespace Functional.Llm;

/// <summary>z = f(x), element by element.</summary>
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
    public static Tensor Map(Tensor x, UnaryKernel f)
    {
        var packed = x.Packed();
        var z = GC.AllocateUninitializedArray<Real>(x.Size);
        f(packed.Elements, z);
        return Tensor.Freeze(Packed(packed), z);
    }

    /// <summary>f at every pair of elements of two tensors of one shape.</summary>
    public static Tensor Zip(Tensor x, Tensor y, BinaryKernel f)
    {
        var packed = x.Packed();
        var z = GC.AllocateUninitializedArray<Real>(x.Size);
        f(packed.Elements, y.Packed().Elements, z);
        return Tensor.Freeze(Packed(packed), z);
    }

    /// <summary>An operation on two tensors whose shapes broadcast to one.</summary>
    public static Tensor Broadcast(BinaryOperation operation, Tensor x, Tensor y)
    {
        var shape = Shape.Broadcast(operation.Name, x.Shape, y.Shape);
        (x, y) = (x.Packed(), y.Packed());
        var z = GC.AllocateUninitializedArray<Real>(shape.Size);
        if (x.Shape == y.Shape)
            operation.Both(x.Elements, y.Elements, z);
        else if (y.Size == 1)
            operation.Right(x.Elements, y.Value, z);
        else if (x.Size == 1)
            operation.Left(x.Value, y.Elements, z);
        else if (shape.Size > 0)
            Walk(operation, shape, x, y, z);
        return Tensor.Freeze(shape == x.Shape ? Packed(x) : shape == y.Shape ? Packed(y) : Layout.Of(shape), z);
    }

    static Layout Packed(Tensor packed) => packed.Layout.Offset == 0 ? packed.Layout : Layout.Of(packed.Shape);

    /// <summary>Axes along which both operands move alike are joined; then runs of the last axis go to a kernel.</summary>
    static void Walk(BinaryOperation operation, Shape shape, Tensor x, Tensor y, Span<Real> z)
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

        Walk(operation, sizes[..(last + 1)], stepsX, stepsY, x.Elements, y.Elements, z);
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
