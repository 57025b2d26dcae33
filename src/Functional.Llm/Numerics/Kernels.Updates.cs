using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>An update rule for one number: θ, its gradient, and its moments, of which a rule may leave some alone.</summary>
interface IUpdate
{
    /// <summary>How many moments the rule keeps: 0, 1 or 2.</summary>
    static abstract int Moments { get; }

    /// <summary>The number after the update; the moments change with it.</summary>
    L Of<L>(L parameter, L gradient, ref L first, ref L second)
        where L : struct, ILanes<L>;
}

/// <content>Updates of parameters in place, all in one pass over memory.</content>
static unsafe partial class Kernels
{
    /// <summary>Every number of a parameter and its moments, after one update by a gradient times a scale.</summary>
    /// <returns>Σ ḡ² before the scale, to the bit that of <see cref="SumOfSquares(ReadOnlySpan{Real})"/>: block by block, while the gradient is in the cache.</returns>
    public static double Update<U>(U rule, Span<Real> parameter, ReadOnlySpan<Real> gradient, Real scale, Span<Real> first, Span<Real> second)
        where U : struct, IUpdate
    {
        fixed (Real* p = parameter, g = gradient, m = first, v = second)
        {
            var whole = new Updating<U>(rule, p, g, scale, m, v, parameter.Length);
            return parameter.Length <= Squares ? whole.Block(0) : InBlocks(whole);
        }
    }

    /// <summary>The blocks are done before this returns, so that the arrays stay where they are.</summary>
    static double InBlocks<U>(Updating<U> update)
        where U : struct, IUpdate
    {
        var sums = new double[(update.Count + Squares - 1) / Squares];
        Workers.For(sums.Length, i => sums[i] = update.Block(i));
        return sums.Sum();
    }

    readonly struct Updating<U>(U rule, Real* parameter, Real* gradient, Real scale, Real* first, Real* second, int count) : ILaneWork
        where U : struct, IUpdate
    {
        public int Count => count;

        /// <summary>Updates a block, and returns the sum of its gradient's squares.</summary>
        public double Block(int i)
        {
            var (from, size) = ((nint)i * Squares, Math.Min(Squares, count - i * Squares));
            var sum = SumOfSquares(gradient + from, size);
            Lanes.Widest(new Updating<U>(rule, parameter + from, gradient + from, scale, first + from, second + from, size));
            return sum;
        }

        public void Run<L>()
            where L : struct, ILanes<L>
        {
            var whole = Rows.Whole<L>(count);
            Update<L>(rule, parameter, gradient, scale, first, second, 0, whole);
            Update<Lanes1>(rule, parameter, gradient, scale, first, second, whole, count);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Update<L>(U rule, Real* parameter, Real* gradient, L scale, Real* first, Real* second, int from, int to)
            where L : struct, ILanes<L>
        {
            for (var i = from; i < to; i += L.Count)
            {
                L m = U.Moments > 0 ? L.Load(first + i) : 0, v = U.Moments > 1 ? L.Load(second + i) : 0;
                L.Store(rule.Of(L.Load(parameter + i), L.Load(gradient + i) * scale, ref m, ref v), parameter + i);
                if (U.Moments > 0)
                    L.Store(m, first + i);
                if (U.Moments > 1)
                    L.Store(v, second + i);
            }
        }
    }
}
