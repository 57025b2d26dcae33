using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <content>Softmax, its logarithm and the cross-entropy, row by row. The largest score of a row is subtracted first, so that nothing overflows.</content>
static unsafe partial class Kernels
{
    /// <summary>y = softmax x over the last axis.</summary>
    public static Tensor Softmax(Tensor x) => ByRows(x, x, new SoftmaxRow());

    /// <summary>x̄ = y (ȳ − Σ ȳ y).</summary>
    public static Tensor SoftmaxPullback(Tensor y, Tensor dy) => ByRows(y, dy, new SoftmaxPullbackRow());

    /// <summary>y = x − ln Σ eˣ over the last axis.</summary>
    public static Tensor LogSoftmax(Tensor x) => ByRows(x, x, new LogSoftmaxRow());

    /// <summary>x̄ = ȳ − e^y Σ ȳ.</summary>
    public static Tensor LogSoftmaxPullback(Tensor y, Tensor dy) => ByRows(y, dy, new LogSoftmaxPullbackRow());

    /// <summary>A row of results from a row of each of two tensors of one shape.</summary>
    interface IRow
    {
        void Run<L>(Real* x, Real* y, Real* z, int count)
            where L : struct, ILanes<L>;
    }

    static Tensor ByRows<R>(Tensor x, Tensor y, R row)
        where R : struct, IRow
    {
        var (rows, columns) = x.Shape.AsRows;
        var packed = x.Packed();
        var (first, second, z) = (packed.Storage, y.Packed().Storage, Arrays.Uninitialized(x.Size));
        Rows.Share(rows, columns, (from, to) =>
        {
            fixed (Real* s = first.Array, t = second.Array, d = z)
            {
                var start = (nint)from * columns;
                Lanes.Widest(new EveryRow<R>(row, s + first.Offset + start, t + second.Offset + start, d + start, to - from, columns));
            }
        });
        return Tensor.Freeze(Packed(packed), z);
    }

    readonly struct EveryRow<R>(R row, Real* x, Real* y, Real* z, int rows, int columns) : ILaneWork
        where R : struct, IRow
    {
        public void Run<L>()
            where L : struct, ILanes<L>
        {
            for (nint i = 0; i < (nint)rows * columns; i += columns)
                row.Run<L>(x + i, y + i, z + i, columns);
        }
    }

    readonly struct SoftmaxRow : IRow
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<L>(Real* x, Real* y, Real* z, int count)
            where L : struct, ILanes<L>
        {
            L scale = 1 / Rows.ExpAndSum<L>(x, Rows.Largest<L>(x, count), z, count);
            for (var i = 0; i < count; i += L.Count)
                Rows.Store(Rows.Load<L>(z + i, count - i, 0) * scale, z + i, count - i);
        }
    }

    readonly struct SoftmaxPullbackRow : IRow
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<L>(Real* y, Real* dy, Real* dx, int count)
            where L : struct, ILanes<L>
        {
            L inner = Rows.Dot<L>(y, dy, count);
            for (var i = 0; i < count; i += L.Count)
                Rows.Store(Rows.Load<L>(y + i, count - i, 0) * (Rows.Load<L>(dy + i, count - i, 0) - inner), dx + i, count - i);
        }
    }

    readonly struct LogSoftmaxRow : IRow
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<L>(Real* x, Real* y, Real* z, int count)
            where L : struct, ILanes<L>
        {
            var largest = Rows.Largest<L>(x, count);
            L shift = largest, logarithm = (Real)Elementary.Log<Lanes1>(Rows.ExpAndSum<L>(x, largest, null, count));
            for (var i = 0; i < count; i += L.Count)
                Rows.Store(Rows.Load<L>(x + i, count - i, 0) - shift - logarithm, z + i, count - i);
        }
    }

    readonly struct LogSoftmaxPullbackRow : IRow
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<L>(Real* y, Real* dy, Real* dx, int count)
            where L : struct, ILanes<L>
        {
            L sum = Rows.Sum<L>(dy, count);
            for (var i = 0; i < count; i += L.Count)
                Rows.Store(Rows.Load<L>(dy + i, count - i, 0) - Elementary.Exp(Rows.Load<L>(y + i, count - i, 0)) * sum, dx + i, count - i);
        }
    }
}
