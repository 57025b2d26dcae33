namespace Functional.Llm;

static partial class Kernels
{
    /// <summary>Multiplications that are worth a thread's while.</summary>
    const long ProductShare = 1 << 17;

    /// <summary>Batches of matrix products: operands already broadcast to the batch of <paramref name="shape"/>.</summary>
    public static Tensor MatMul(Tensor a, Tensor b, Shape shape)
    {
        if (shape.Size == 0 || a.Shape.Sizes[^1] == 0)
            return Tensor.Zeros(shape);
        var z = GC.AllocateUninitializedArray<Real>(shape.Size);
        var (m, k, n) = (a.Shape.Sizes[^2], a.Shape.Sizes[^1], b.Shape.Sizes[^1]);
        var (placesA, placesB) = (BatchPlaces(a.Layout), BatchPlaces(b.Layout));
        var (storageA, storageB) = (a.Storage.Array, b.Storage.Array);
        var (rowA, columnA, rowB, columnB) = (a.Layout.Strides[^2], a.Layout.Strides[^1], b.Layout.Strides[^2], b.Layout.Strides[^1]);

        // Few and large products share their own work; many or small ones are shared out.
        var count = placesA.Length;
        var atOnce = (int)Math.Clamp(ProductShare / ((long)m * n * k), 1, count);
        if (count < Parallelism.Threads)
        {
            for (var i = 0; i < count; i++)
                Product(i);
            return Tensor.Freeze(shape, z);
        }

        Workers.For((count + atOnce - 1) / atOnce, part =>
        {
            for (var i = part * atOnce; i < Math.Min(count, (part + 1) * atOnce); i++)
                Product(i);
        });
        return Tensor.Freeze(shape, z);

        void Product(int i) => Multiply(m, n, k, new(storageA, placesA[i], rowA, columnA), new(storageB, placesB[i], rowB, columnB), new(z, i * m * n, n, 1));
    }

    /// <summary>C = A B, by the kernel that its shape and layout ask for.</summary>
    static void Multiply(int m, int n, int k, Matrix a, Matrix b, Matrix c)
    {
        if (m <= FewRows.Most && (b.Row == 1 || b.Column == 1))
            FewRows.Multiply(m, n, k, a, b, c, null);
        else if (n <= FewRows.Most && (a.Row == 1 || a.Column == 1))
            FewRows.Multiply(n, m, k, Transposed(b), Transposed(a), Transposed(c), null);
        else
            MatrixProduct.Multiply(m, n, k, a, b, c, null);
    }

    static Matrix Transposed(Matrix x) => new(x.Array, x.Offset, x.Column, x.Row);

    /// <summary>Where each matrix of a batch begins, in row-major order of the axes before the last two.</summary>
    static int[] BatchPlaces(Layout layout)
    {
        int[] places = [layout.Offset];
        for (var axis = 0; axis < layout.Shape.Rank - 2; axis++)
        {
            var (size, stride) = (layout.Shape.Sizes[axis], layout.Strides[axis]);
            var next = new int[places.Length * size];
            for (var i = 0; i < next.Length; i++)
                next[i] = places[i / size] + i % size * stride;
            places = next;
        }

        return places;
    }
}
