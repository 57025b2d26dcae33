using System.Numerics.Tensors;

namespace Functional.Llm;

static partial class Kernels
{
    /// <summary>Batches of matrix products: operands already broadcast to the batch of <paramref name="shape"/>.</summary>
    public static Tensor MatMul(Tensor a, Tensor b, Shape shape)
    {
        if (shape.Size == 0 || a.Shape.Sizes[^1] == 0)
            return Tensor.Zeros(shape);
        // Rows of the left are read along k; on the right, either rows (b) or columns (a transposed b) must be runs.
        a = a.Layout.Strides[^1] == 1 ? a : Pack(a);
        b = b.Layout.Strides[^1] == 1 || b.Layout.Strides[^2] == 1 ? b : Pack(b);
        var z = GC.AllocateUninitializedArray<Real>(shape.Size);
        Batch(a, b, shape.Sizes.AsSpan()[..^2], a.Layout.Offset, b.Layout.Offset, z, 0);
        return Tensor.Freeze(shape, z);
    }

    static void Batch(Tensor a, Tensor b, ReadOnlySpan<int> batch, int offsetA, int offsetB, Span<Real> z, int axis)
    {
        if (batch.IsEmpty)
        {
            Matrix(a, offsetA, b, offsetB, z);
            return;
        }

        var size = z.Length / batch[0];
        for (var i = 0; i < batch[0]; i++)
            Batch(a, b, batch[1..], offsetA + i * a.Layout.Strides[axis], offsetB + i * b.Layout.Strides[axis], z.Slice(i * size, size), axis + 1);
    }

    static void Matrix(Tensor a, int offsetA, Tensor b, int offsetB, Span<Real> z)
    {
        var (m, k, n) = (a.Shape.Sizes[^2], a.Shape.Sizes[^1], b.Shape.Sizes[^1]);
        var (rowA, rowB, columnB) = (a.Layout.Strides[^2], b.Layout.Strides[^2], b.Layout.Strides[^1]);
        var (x, y) = (a.Storage.Array, b.Storage.Array);
        for (var i = 0; i < m; i++)
        {
            var left = x.AsSpan(offsetA + i * rowA, k);
            var row = z.Slice(i * n, n);
            if (columnB == 1)
            {
                row.Clear();
                for (var p = 0; p < k; p++)
                    TensorPrimitives.MultiplyAdd(y.AsSpan(offsetB + p * rowB, n), left[p], row, row);
            }
            else
            {
                for (var j = 0; j < n; j++)
                    row[j] = TensorPrimitives.Dot<Real>(left, y.AsSpan(offsetB + j * columnB, k));
            }
        }
    }
}
