namespace Functional.Llm;

/// <content>Learning from another model's probabilities.</content>
public static partial class Layers
{
    /// <summary>How far a student's softened probabilities q = softmax(z/τ) are from a teacher's p = softmax(t/τ): L = τ²/n Σ p (ln p − ln q); z̄ = τ (q − p)/n (Hinton et al. 2015).</summary>
    /// <remarks>z (…, V), t (…, V) → L, in nats per row times τ², so that gradients are as large at any τ as at 1. n rows. Retains p and ln q.</remarks>
    /// <param name="teacher">t, finite.</param>
    /// <param name="temperature">τ: above 1 the unlikely classes, and what the teacher knows of them, count for more.</param>
    /// <exception cref="ShapeException">Shapes differ.</exception>
    /// <exception cref="FunctionalLlmException">The temperature is not positive and finite.</exception>
    public static Differentiable<Tensor, Real> Distillation(Tensor teacher, double temperature = 1) => !(temperature > 0 && double.IsFinite(temperature))
        ? throw new FunctionalLlmException($"distillation: the temperature {temperature} is out of range. Pass 1 for the teacher's own probabilities, more to soften them.")
        : z =>
        {
            var (divisor, rows) = ((Real)temperature, Math.Max(1, Alike("distillation", z, teacher).Shape.AsRows.Rows));
            var (expected, known, believed) = (Kernels.Softmax(teacher / divisor), Kernels.LogSoftmax(teacher / divisor), Kernels.LogSoftmax(z / divisor));
            return (divisor * divisor * (expected * (known - believed)).Sum().Value / rows, d => d * divisor / rows * (believed.Exp() - expected));
        };
}
