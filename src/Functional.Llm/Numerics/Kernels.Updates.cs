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
    /// <summary>Every number of a parameter and its moments, after one update.</summary>
    public static void Update<U>(U rule, Span<Real> parameter, ReadOnlySpan<Real> gradient, Span<Real> first, Span<Real> second)
        where U : struct, IUpdate
    {
        fixed (Real* p = parameter, g = gradient, m = first, v = second)
        {
            // The parts are done before this returns, so that the arrays stay where they are.
            var (atP, atG, atM, atV) = ((nint)p, (nint)g, (nint)m, (nint)v);
            InParts(parameter.Length, (from, to) =>
                Lanes.Widest(new Updating<U>(rule, (Real*)atP + from, (Real*)atG + from, (Real*)atM + from, (Real*)atV + from, to - from)));
        }
    }

    readonly struct Updating<U>(U rule, Real* parameter, Real* gradient, Real* first, Real* second, int count) : ILaneWork
        where U : struct, IUpdate
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<L>()
            where L : struct, ILanes<L>
        {
            for (var i = 0; i < count; i += L.Count)
            {
                var left = count - i;
                L m = U.Moments > 0 ? Rows.Load<L>(first + i, left, 0) : 0, v = U.Moments > 1 ? Rows.Load<L>(second + i, left, 0) : 0;
                Rows.Store(rule.Of(Rows.Load<L>(parameter + i, left, 0), Rows.Load<L>(gradient + i, left, 0), ref m, ref v), parameter + i, left);
                if (U.Moments > 0)
                    Rows.Store(m, first + i, left);
                if (U.Moments > 1)
                    Rows.Store(v, second + i, left);
            }
        }
    }
}
