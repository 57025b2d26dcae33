namespace Functional.Llm;

/// <summary>What the cross-entropy of a row of logits leaves for its gradient: the largest logit, and Σ e^(z − largest).</summary>
readonly record struct Normalizer(Real Largest, Real Sum)
{
    /// <summary>ln Σ e^(z − x), without the difference of large numbers.</summary>
    public Real LogarithmLess(Real x) => Largest - x + Elementary.Log<Lanes1>(Sum);
}

/// <content>The logarithm of the sum of exponentials, and the cross-entropy made of it.</content>
static unsafe partial class Kernels
{
    /// <summary>The largest z and Σ e^(z − largest) of every row.</summary>
    public static Normalizer[] Normalizers(Tensor z)
    {
        var (rows, columns) = z.Shape.AsRows;
        var source = z.Packed().Storage;
        var normalizers = new Normalizer[rows];
        Results.InParts(rows, columns, (from, to) =>
        {
            fixed (Real* s = source.Array)
                Lanes.Widest(new NormalizerRows(s + source.Offset, normalizers, from, to, columns));
        });
        return normalizers;
    }

    /// <summary>dz = scale of its row · softmax z, less that scale at the row's target; without targets (default), no less.</summary>
    public static Tensor ScaledSoftmax(Tensor z, Normalizer[] normalizers, Real[] scales, ImmutableArray<int> targets)
    {
        var (rows, columns) = z.Shape.AsRows;
        var packed = z.Packed();
        var source = packed.Storage;
        return Tensor.Freeze(Packed(packed), Results.Numbers(rows * columns, (from, to, dz) =>
        {
            fixed (Real* s = source.Array)
                Lanes.Widest(new ScaledSoftmaxParts(s + source.Offset, dz, normalizers, scales, targets, from, to, columns));
        }));
    }

    readonly struct NormalizerRows(Real* z, Normalizer[] normalizers, int from, int to, int columns) : ILaneWork
    {
        public void Run<L>()
            where L : struct, ILanes<L>
        {
            for (var i = from; i < to; i++)
            {
                var row = z + (nint)i * columns;
                // Finite, so that nothing but infinities themselves decides what they lead to.
                var largest = Real.Clamp(Rows.Largest<L>(row, columns), Real.MinValue, Real.MaxValue);
                normalizers[i] = new(largest, Rows.ExpAndSum<L>(row, largest, null, columns));
            }
        }
    }

    /// <summary>The places from one to before another, which may begin and end amid a row.</summary>
    readonly struct ScaledSoftmaxParts(Real* z, Real* dz, Normalizer[] normalizers, Real[] scales, ImmutableArray<int> targets, int from, int to, int columns) : ILaneWork
    {
        public void Run<L>()
            where L : struct, ILanes<L>
        {
            for (var first = from; first < to;)
            {
                var (row, column) = Math.DivRem(first, columns);
                var count = Math.Min(columns - column, to - first);
                var result = dz + (first - from);
                if (scales[row] == 0)
                    new Span<Real>(result, count).Clear();
                else
                    new Mapping<ScaledExp>(new(normalizers[row].Largest, scales[row] / normalizers[row].Sum), z + first, result, count).Run<L>();
                if (!targets.IsDefault && scales[row] != 0 && targets[row] - column is var target && target >= 0 && target < count)
                    result[target] -= scales[row];
                first += count;
            }
        }

        readonly struct ScaledExp(Real largest, Real scale) : IFunction
        {
            public L At<L>(L x)
                where L : struct, ILanes<L> => Elementary.Exp(x - largest) * scale;
        }
    }
}
