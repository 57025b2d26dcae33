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
        var (first, second) = (packed.Storage, y.Packed().Storage);
        return Tensor.Freeze(Packed(packed), Results.Rows(rows, columns, (from, to, z) =>
        {
            fixed (Real* s = first.Array, t = second.Array)
            {
                var start = (nint)from * columns;
                Lanes.Widest(new EveryRow<R>(row, s + first.Offset + start, t + second.Offset + start, z, to - from, columns));
            }
        }));
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
        public void Run<L>(Real* x, Real* y, Real* z, int count)
            where L : struct, ILanes<L>
        {
            var sum = Rows.ExpAndSum<L>(x, Rows.Largest<L>(x, count), z, count);
            new Mapping<Scaled>(new(1 / sum), z, z, count).Run<L>();
        }

        readonly struct Scaled(Real scale) : IFunction
        {
            public L At<L>(L x)
                where L : struct, ILanes<L> => x * scale;
        }
    }

    readonly struct SoftmaxPullbackRow : IRow
    {
        public void Run<L>(Real* y, Real* dy, Real* dx, int count)
            where L : struct, ILanes<L> => new Zipping<Pulled>(new(Rows.Dot<L>(y, dy, count)), y, dy, dx, count).Run<L>();

        readonly struct Pulled(Real inner) : IFunction2
        {
            public L At<L>(L y, L dy)
                where L : struct, ILanes<L> => y * (dy - inner);
        }
    }

    readonly struct LogSoftmaxRow : IRow
    {
        public void Run<L>(Real* x, Real* y, Real* z, int count)
            where L : struct, ILanes<L>
        {
            var largest = Rows.Largest<L>(x, count);
            new Mapping<Shifted>(new(largest, Elementary.Log<Lanes1>(Rows.ExpAndSum<L>(x, largest, null, count))), x, z, count).Run<L>();
        }

        readonly struct Shifted(Real largest, Real logarithm) : IFunction
        {
            public L At<L>(L x)
                where L : struct, ILanes<L> => x - largest - logarithm;
        }
    }

    readonly struct LogSoftmaxPullbackRow : IRow
    {
        public void Run<L>(Real* y, Real* dy, Real* dx, int count)
            where L : struct, ILanes<L> => new Zipping<Pulled>(new(Rows.Sum<L>(dy, count)), y, dy, dx, count).Run<L>();

        readonly struct Pulled(Real sum) : IFunction2
        {
            public L At<L>(L y, L dy)
                where L : struct, ILanes<L> => dy - Elementary.Exp(y) * sum;
        }
    }
}
