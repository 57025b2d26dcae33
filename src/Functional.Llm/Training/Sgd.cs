namespace Functional.Llm;

/// <summary>Gradient descent with momentum: v ← μ v + ḡ, θ ← θ − η v (Polyak 1964); with μ = 0, θ ← θ − η ḡ.</summary>
/// <param name="Rate">η, the learning rate as a function of the step; a number is one that stays.</param>
/// <param name="Momentum">μ, in [0, 1).</param>
public sealed record Sgd(Schedule Rate, double Momentum = 0) : Optimizer(Rate)
{
    /// <inheritdoc/>
    public override int Moments(LeafStep leaf) => Momentum == 0 ? 0 : 1;

    /// <inheritdoc/>
    public override double Update(LeafStep leaf, Span<Real> parameter, ReadOnlySpan<Real> gradient, Real scale, Span<Real> first, Span<Real> second)
    {
        var rate = (Real)RateAt(leaf.Step);
        return Momentum == 0 ? Kernels.Update(new Plain(rate), parameter, gradient, scale, first, second)
            : Kernels.Update(new Heavy(rate, (Real)Momentum), parameter, gradient, scale, first, second);
    }

    readonly struct Plain(Real rate) : IUpdate
    {
        public static int Moments => 0;

        public L Of<L>(L parameter, L gradient, ref L first, ref L second)
            where L : struct, ILanes<L> => L.MultiplyAdd(gradient, -rate, parameter);
    }

    readonly struct Heavy(Real rate, Real momentum) : IUpdate
    {
        public static int Moments => 1;

        public L Of<L>(L parameter, L gradient, ref L first, ref L second)
            where L : struct, ILanes<L>
        {
            first = L.MultiplyAdd(first, momentum, gradient);
            return L.MultiplyAdd(first, -rate, parameter);
        }
    }
}
