using System.Runtime.CompilerServices;

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
        Rows.Share(rows, columns, (from, to) =>
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
        var (source, dz) = (packed.Storage, Arrays.Uninitialized(z.Size));
        Rows.Share(rows, columns, (from, to) =>
        {
            fixed (Real* s = source.Array, d = dz)
                Lanes.Widest(new ScaledSoftmaxRows(s + source.Offset, d, normalizers, scales, targets, from, to, columns));
        });
        return Tensor.Freeze(Packed(packed), dz);
    }

    readonly struct NormalizerRows(Real* z, Normalizer[] normalizers, int from, int to, int columns) : ILaneWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    readonly struct ScaledSoftmaxRows(Real* z, Real* dz, Normalizer[] normalizers, Real[] scales, ImmutableArray<int> targets, int from, int to, int columns) : ILaneWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<L>()
            where L : struct, ILanes<L>
        {
            for (var i = from; i < to; i++)
            {
                Real* row = z + (nint)i * columns, result = dz + (nint)i * columns;
                if (scales[i] == 0)
                {
                    new Span<Real>(result, columns).Clear();
                    continue;
                }

                L largest = normalizers[i].Largest, scale = scales[i] / normalizers[i].Sum;
                for (var j = 0; j < columns; j += L.Count)
                    Rows.Store(Elementary.Exp(Rows.Load<L>(row + j, columns - j, 0) - largest) * scale, result + j, columns - j);
                if (!targets.IsDefault)
                    result[targets[i]] -= scales[i];
            }
        }
    }
}
