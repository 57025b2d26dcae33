using System.Numerics.Tensors;

namespace Functional.Llm;

/// <summary>Gradient descent with momentum: v ← μ v + ḡ, θ ← θ − η v (Polyak 1964); with μ = 0, θ ← θ − η ḡ.</summary>
/// <param name="Rate">η, the learning rate.</param>
/// <param name="Momentum">μ, in [0, 1).</param>
public sealed record Sgd(double Rate, double Momentum = 0) : Optimizer
{
    /// <inheritdoc/>
    public override int Moments => Momentum == 0 ? 0 : 1;

    /// <inheritdoc/>
    public override double RateAt(int step) => Rate;

    /// <inheritdoc/>
    public override void Update(LeafStep leaf, Span<Real> parameter, ReadOnlySpan<Real> gradient, Span<Real> first, Span<Real> second)
    {
        if (Moments == 1)
        {
            TensorPrimitives.MultiplyAdd(first, (Real)Momentum, gradient, first);
            gradient = first;
        }

        TensorPrimitives.MultiplyAdd(gradient, (Real)(-RateAt(leaf.Step)), parameter, parameter);
    }
}
