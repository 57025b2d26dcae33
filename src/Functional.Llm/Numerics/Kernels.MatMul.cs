namespace Functional.Llm;

static partial class Kernels
{
    /// <summary>Multiplications that take less time than to choose how to do them fast.</summary>
    const long FewMultiplications = 2048;

    /// <summary>Multiplications that are worth a thread's while.</summary>
    const long ProductShare = 1 << 17;

    /// <summary>Batches of matrix products: operands already broadcast to the batch of <paramref name="shape"/>; a bias (N), unless it is zero, is added to every row.</summary>
    public static Tensor MatMul(Tensor a, Tensor b, Shape shape, Tensor bias)
    {
        if (shape.Size == 0 || a.Shape.Sizes[^1] == 0)
            return Tensor.Zeros(shape) + bias;
        var z = Arrays.Uninitialized(shape.Size);
        var start = bias.IsZero ? (Matrix?)null : RowsOf(bias.Packed());
        if (shape.Rank == 2 && shape.Sizes[0] <= FewRows.Most && b.IsCompressedTransposed(out var stored, out var first))
            CompressedProducts.Multiply(shape.Sizes[0], shape.Sizes[1], LastTwo(a, a.Layout.Offset), stored, first, new(z, 0, shape.Sizes[1], 1), start);
        else if (shape.Rank == 2)
            Multiply(a.Shape.Sizes[0], b.Shape.Sizes[1], a.Shape.Sizes[1], LastTwo(a, a.Layout.Offset), LastTwo(b, b.Layout.Offset), new(z, 0, shape.Sizes[1], 1), start);
        else
            MultiplyBatches(a, b, z, start);
        return Tensor.Freeze(shape, z);
    }

    static void MultiplyBatches(Tensor a, Tensor b, Real[] z, Matrix? start)
    {
        var (m, k, n) = (a.Shape.Sizes[^2], a.Shape.Sizes[^1], b.Shape.Sizes[^1]);
        var (placesA, placesB) = (BatchPlaces(a.Layout), BatchPlaces(b.Layout));

        // Few and large products share their own work; many or small ones are shared out.
        var count = placesA.Length;
        var atOnce = count < Parallelism.Threads ? count : (int)Math.Clamp(ProductShare / ((long)m * n * k), 1, count);
        Workers.For((count + atOnce - 1) / atOnce, part =>
        {
            for (var i = part * atOnce; i < Math.Min(count, (part + 1) * atOnce); i++)
                Multiply(m, n, k, LastTwo(a, placesA[i]), LastTwo(b, placesB[i]), new(z, i * m * n, n, 1), start);
        });
    }

    static Matrix LastTwo(Tensor x, int offset) => new(x.Storage.Array, offset, x.Layout.Strides[^2], x.Layout.Strides[^1]);

    static Matrix RowsOf(Tensor vector) => new(vector.Storage.Array, vector.Storage.Offset, 0, 1);

    /// <summary>C = start + A B, by the kernel that its shape and layout ask for.</summary>
    public static void Multiply(int m, int n, int k, Matrix a, Matrix b, Matrix c, Matrix? start)
    {
        // So chosen, a row has the same bits among 1 to 8.
        if (m <= FewRows.Most && (b.Row == 1 || b.Column == 1) && (long)n * k > FewMultiplications / FewRows.Most)
            FewRows.Multiply(m, n, k, a, b, c, start);
        else if ((long)m * n * k <= FewMultiplications)
            MultiplyPlainly(m, n, k, a, b, c, start);
        else if (n <= FewRows.Most && (a.Row == 1 || a.Column == 1))
            FewRows.Multiply(n, m, k, Transposed(b), Transposed(a), Transposed(c), start is { } s ? Transposed(s) : null);
        else
            MatrixProduct.Multiply(m, n, k, a, b, c, start);
    }

    /// <summary>Three loops; the bits are those of <see cref="MatrixProduct"/>.</summary>
    static void MultiplyPlainly(int m, int n, int k, Matrix a, Matrix b, Matrix c, Matrix? start)
    {
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                Lanes1 sum = 0;
                for (var (p, x, y) = (0, a.Offset + i * a.Row, b.Offset + j * b.Column); p < k; p++, x += a.Column, y += b.Row)
                    sum = Lanes1.MultiplyAdd(a.Array[x], b.Array[y], sum);
                c.Array[c.Offset + i * c.Row + j * c.Column] = start is { } s ? s.Array[s.Offset + i * s.Row + j * s.Column] + sum : sum;
            }
        }
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
