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
    /// <returns>Σ ḡ² before the scale, which is added up on the way; as exact as Real, in chunks.</returns>
    public static double Update<U>(U rule, Span<Real> parameter, ReadOnlySpan<Real> gradient, Real scale, Span<Real> first, Span<Real> second)
        where U : struct, IUpdate
    {
        fixed (Real* p = parameter, g = gradient, m = first, v = second)
        {
            var whole = new Updating<U>(rule, p, g, scale, m, v, parameter.Length, null);
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

    readonly struct Updating<U>(U rule, Real* parameter, Real* gradient, Real scale, Real* first, Real* second, int count, double* squares) : ILaneWork
        where U : struct, IUpdate
    {
        // Squares and sums of squares that are too small or too large in single precision are not between these.
        const Real Small = (Real)1e-25;
        const Real Large = (Real)1e35;

        public int Count => count;

        /// <summary>Updates a block, and returns the sum of its gradient's squares.</summary>
        public double Block(int i)
        {
            var (from, size, sum) = ((nint)i * Squares, Math.Min(Squares, count - i * Squares), 0.0);
            Lanes.Widest(new Updating<U>(rule, parameter + from, gradient + from, scale, first + from, second + from, size, &sum));
            return sum;
        }

        public void Run<L>()
            where L : struct, ILanes<L>
        {
            for (var from = 0; from < count; from += Chunk)
            {
                var (end, whole) = (Math.Min(count, from + Chunk), from + Rows.Whole<L>(Math.Min(Chunk, count - from)));
                var sum = Update<L>(rule, parameter, gradient, scale, first, second, from, whole)
                    + Update<Lanes1>(rule, parameter, gradient, scale, first, second, whole, end);
                *squares += sum > Small && sum < Large ? sum : SumOfSquares(gradient + from, end - from);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static Real Update<L>(U rule, Real* parameter, Real* gradient, L scale, Real* first, Real* second, int from, int to)
            where L : struct, ILanes<L>
        {
            L sum = 0;
            for (var i = from; i < to; i += L.Count)
            {
                L g = L.Load(gradient + i), m = U.Moments > 0 ? L.Load(first + i) : 0, v = U.Moments > 1 ? L.Load(second + i) : 0;
                L.AddProduct(ref sum, g, g);
                L.Store(rule.Of(L.Load(parameter + i), g * scale, ref m, ref v), parameter + i);
                if (U.Moments > 0)
                    L.Store(m, first + i);
                if (U.Moments > 1)
                    L.Store(v, second + i);
            }

            return L.Sum(sum);
        }
    }
}
