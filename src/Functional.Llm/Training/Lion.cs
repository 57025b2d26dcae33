namespace Functional.Llm;

/// <summary>Lion, the sign of momentum: c = β₁m + (1 − β₁)ḡ, θ ← (1 − ηλ)θ − η sign c, m ← β₂m + (1 − β₂)ḡ (Chen et al. 2023).</summary>
/// <remarks>Every number moves by η, whatever its gradient, so that rates are a third to a tenth of AdamW's, and decays as many times larger.</remarks>
/// <param name="Rate">η, the learning rate as a function of the step; a number is one that stays.</param>
/// <param name="Beta1">β₁, the share of the momentum in the sign, in [0, 1).</param>
/// <param name="Beta2">β₂, how much of the momentum stays, in [0, 1).</param>
/// <param name="Decay">λ, the weight decay.</param>
/// <param name="Decays">Which tensors decay, as <c>leaf => leaf.Shape.Rank > 1</c>; all, where none is given.</param>
public sealed record Lion(
    Schedule Rate, double Beta1 = 0.9, double Beta2 = 0.99, double Decay = 0, Func<LeafStep, bool>? Decays = null) : Optimizer(Rate)
{
    /// <inheritdoc/>
    public override int Moments(LeafStep leaf) => 1;

    /// <inheritdoc/>
    public override double Update(LeafStep leaf, Span<Real> parameter, ReadOnlySpan<Real> gradient, Real scale, Span<Real> first, Span<Real> second)
    {
        var rate = RateAt(leaf.Step);
        return Kernels.Update(new Rule((Real)Beta1, (Real)(1 - Beta1), (Real)Beta2, (Real)(1 - Beta2), Kept(leaf, rate, Decay, Decays), (Real)rate),
            parameter, gradient, scale, first, second);
    }

    readonly struct Rule(Real beta1, Real rest1, Real beta2, Real rest2, Real kept, Real rate) : IUpdate
    {
        public static int Moments => 1;

        public L Of<L>(L parameter, L gradient, ref L first, ref L second)
            where L : struct, ILanes<L>
        {
            var direction = L.MultiplyAdd(first, beta1, gradient * rest1);
            first = L.MultiplyAdd(first, beta2, gradient * rest2);
            // Zero has no sign, and NaN stays to be seen.
            var sign = L.WhereLess(0, L.Abs(direction), L.CopySign(1, direction), direction);
            return parameter * kept - rate * sign;
        }
    }
}
