namespace Functional.Llm;

/// <summary>The parameters of y = γ x̂.</summary>
/// <param name="Gain">γ (C).</param>
public sealed record RmsNormParameters(Tensor Gain) : ITree<RmsNormParameters>
{
    RmsNormParameters ITree<RmsNormParameters>.Rebuild(IFields<RmsNormParameters> of) => new(of.Field(p => p.Gain));
}

/// <content>Normalisation by the root of the mean square.</content>
public static partial class Layers
{
    /// <summary>Root-mean-square normalisation over the last axis: y = γ x̂, x̂ = x/σ, σ² = mean x² + ε (Zhang and Sennrich 2019).</summary>
    /// <remarks>
    /// x (…, C) → y (…, C). Retains x, and 1/σ of every row. With g = γ ȳ: x̄ = (g − x̂ mean(g x̂))/σ, and γ̄ = Σ ȳ x̂ over all rows.
    /// </remarks>
    /// <param name="epsilon">ε.</param>
    /// <exception cref="ShapeException">The gain does not fit the last axis.</exception>
    public static Layer<RmsNormParameters, Tensor, Tensor> RmsNorm(double epsilon = 1e-5) => (p, x) =>
    {
        CheckNorm("rms norm", x, p.Gain, default);
        var (y, moments) = Kernels.Normalize(x, p.Gain, default, centred: false, (Real)epsilon);
        return (y, Pullbacks.Tidy<Tensor, (RmsNormParameters, Tensor)>(Pull));

        (RmsNormParameters, Tensor) Pull(Tensor dy)
        {
            if (dy.IsZero)
                return default;
            var (dx, gain, _) = Kernels.NormalizePullback(x, p.Gain, dy, moments, centred: false);
            return (new(gain), dx);
        }
    };
}
