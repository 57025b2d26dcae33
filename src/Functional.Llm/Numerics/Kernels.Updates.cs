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
    public static void Update<U>(U rule, Span<Real> parameter, ReadOnlySpan<Real> gradient, Real scale, Span<Real> first, Span<Real> second)
        where U : struct, IUpdate
    {
        fixed (Real* p = parameter, g = gradient, m = first, v = second)
        {
            // The parts are done before this returns, so that the arrays stay where they are.
            var (atP, atG, atM, atV) = ((nint)p, (nint)g, (nint)m, (nint)v);
            Results.InParts(parameter.Length, 1, (from, to) =>
                Lanes.Widest(new Updating<U>(rule, (Real*)atP + from, (Real*)atG + from, scale, (Real*)atM + from, (Real*)atV + from, to - from)));
        }
    }

    readonly struct Updating<U>(U rule, Real* parameter, Real* gradient, Real scale, Real* first, Real* second, int count) : ILaneWork
        where U : struct, IUpdate
    {
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
