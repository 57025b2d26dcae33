namespace Functional.Llm;

/// <summary>
/// Adam with decoupled weight decay: m ← β₁m + (1 − β₁)ḡ, v ← β₂v + (1 − β₂)ḡ², θ ← (1 − ηλ)θ − η m̂/(√v̂ + ε),
/// with m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ) at the step t = 1, 2, … (Kingma and Ba 2015; Loshchilov and Hutter 2019).
/// </summary>
/// <param name="Rate">η, the learning rate as a function of the step; a number is one that stays.</param>
/// <param name="Beta1">β₁, how much of the mean gradient stays, in [0, 1).</param>
/// <param name="Beta2">β₂, how much of the mean square stays, in [0, 1).</param>
/// <param name="Epsilon">ε, which keeps a step finite where gradients vanish.</param>
/// <param name="Decay">λ, the weight decay.</param>
/// <param name="Decays">Which tensors decay, as <c>leaf => leaf.Shape.Rank > 1</c>; all, where none is given.</param>
public sealed record AdamW(
    Schedule Rate, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double Decay = 0.01, Func<LeafStep, bool>? Decays = null) : Optimizer(Rate)
{
    /// <inheritdoc/>
    public override int Moments(LeafStep leaf) => 2;

    /// <inheritdoc/>
    public override double Update(LeafStep leaf, Span<Real> parameter, ReadOnlySpan<Real> gradient, Real scale, Span<Real> first, Span<Real> second)
    {
        var (rate, step) = (RateAt(leaf.Step), leaf.Step + 1);
        return Kernels.Update(new Rule(
            (Real)Beta1, (Real)(1 - Beta1), (Real)Beta2, (Real)(1 - Beta2), (Real)Epsilon, Kept(leaf, rate, Decay, Decays),
            (Real)(rate / (1 - Math.Pow(Beta1, step))), (Real)(1 / Math.Sqrt(1 - Math.Pow(Beta2, step)))), parameter, gradient, scale, first, second);
    }

    readonly struct Rule(Real beta1, Real rest1, Real beta2, Real rest2, Real epsilon, Real kept, Real rate, Real correction) : IUpdate
    {
        public static int Moments => 2;

        public L Of<L>(L parameter, L gradient, ref L first, ref L second)
            where L : struct, ILanes<L>
        {
            first = L.MultiplyAdd(first, beta1, gradient * rest1);
            second = L.MultiplyAdd(second, beta2, gradient * gradient * rest2);
            return parameter * kept - rate * first / L.MultiplyAdd(L.Sqrt(second), correction, epsilon);
        }
    }
}
