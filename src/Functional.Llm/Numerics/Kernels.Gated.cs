using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <content>The gated activation a σ(a) b, where a row holds a and then b.</content>
static unsafe partial class Kernels
{
    /// <summary>y = a σ(a) b.</summary>
    public static Tensor GatedSilu(Tensor x)
    {
        var (rows, columns) = x.Shape.AsRows;
        var (half, source) = (columns / 2, x.Packed().Storage);
        return Tensor.Freeze(Shape.Create([.. x.Shape.Sizes.AsSpan()[..^1], half]), Results.Rows(rows, half, (from, to, y) =>
        {
            fixed (Real* s = source.Array)
            {
                for (var i = from; i < to; i++, y += half)
                {
                    var a = s + source.Offset + (nint)i * columns;
                    Lanes.Widest(new Zipping<Gate>(default, a, a + half, y, half));
                }
            }
        }));
    }

    /// <summary>ā = ȳ b σ(a)(1 + a (1 − σ(a))), b̄ = ȳ a σ(a).</summary>
    public static Tensor GatedSiluPullback(Tensor x, Tensor dy)
    {
        var (rows, columns) = x.Shape.AsRows;
        var (half, source, upper) = (columns / 2, x.Packed().Storage, dy.Packed().Storage);
        return Tensor.Freeze(x.Shape, Results.Rows(rows, columns, (from, to, dx) =>
        {
            fixed (Real* s = source.Array, u = upper.Array)
            {
                for (var i = from; i < to; i++, dx += columns)
                    Lanes.Widest(new GatePullback(s + source.Offset + (nint)i * columns, u + upper.Offset + (nint)i * half, dx, half));
            }
        }));
    }

    readonly struct Gate : IFunction2
    {
        public L At<L>(L a, L b)
            where L : struct, ILanes<L> => a * Elementary.Sigmoid(a) * b;
    }

    readonly struct GatePullback(Real* x, Real* dy, Real* dx, int half) : ILaneWork
    {
        public void Run<L>()
            where L : struct, ILanes<L>
        {
            var whole = Rows.Whole<L>(half);
            Part<L>(0, whole);
            Part<Lanes1>(whole, half);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Part<L>(int from, int to)
            where L : struct, ILanes<L>
        {
            for (var i = from; i < to; i += L.Count)
            {
                L a = L.Load(x + i), upper = L.Load(dy + i);
                var sigmoid = Elementary.Sigmoid(a);
                L.Store(upper * L.Load(x + half + i) * sigmoid * L.MultiplyAdd(a, 1 - sigmoid, 1), dx + i);
                L.Store(upper * a * sigmoid, dx + half + i);
            }
        }
    }
}
