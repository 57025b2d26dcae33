namespace Functional.Llm;

/// <summary>The parameters of y = γ x̂ + β.</summary>
/// <param name="Gain">γ (C).</param>
/// <param name="Bias">β (C); default means none.</param>
public sealed record LayerNormParameters(Tensor Gain, Tensor Bias = default) : ITree<LayerNormParameters>
{
    LayerNormParameters ITree<LayerNormParameters>.Rebuild(IFields<LayerNormParameters> of) =>
        new(of.Field(p => p.Gain), of.Field(p => p.Bias));
}

/// <content>Layer normalisation.</content>
public static partial class Layers
{
    /// <summary>Layer normalisation over the last axis: y = γ x̂ + β, x̂ = (x − μ)/σ, σ² = mean (x − μ)² + 10⁻⁵ (Ba et al. 2016).</summary>
    /// <remarks>
    /// x (…, C) → y (…, C). Retains x, and μ and 1/σ of every row.
    /// With g = γ ȳ: x̄ = (g − mean g − x̂ mean(g x̂))/σ, γ̄ = Σ ȳ x̂ and β̄ = Σ ȳ over all rows.
    /// </remarks>
    /// <exception cref="ShapeException">The parameters do not fit the last axis.</exception>
    public static readonly Layer<LayerNormParameters, Tensor, Tensor> LayerNorm = (p, x) =>
    {
        CheckNorm("layer norm", x, p.Gain, p.Bias);
        var (y, moments) = Kernels.Normalize(x, p.Gain, p.Bias, centred: true, (Real)1e-5);
        return (y, Pullbacks.Tidy<Tensor, (LayerNormParameters, Tensor)>(Pull));

        (LayerNormParameters, Tensor) Pull(Tensor dy)
        {
            if (dy.IsZero)
                return default;
            var (dx, gain, bias) = Kernels.NormalizePullback(x, p.Gain, dy, moments, centred: true);
            return (new(gain, p.Bias.IsZero ? default : bias), dx);
        }
    };

    static void CheckNorm(string operation, Tensor x, Tensor gain, Tensor bias)
    {
        var width = x.Rank == 0 ? 0 : x.Shape.Sizes[^1];
        if (width == 0 || gain.Shape != width)
        {
            throw new ShapeException(operation, $"the gain {gain.Shape} does not fit the last axis of the input {x.Shape}",
                width == 0 ? "Pass an input whose last axis has at least one element." : $"Pass a gain of shape [{width}].");
        }

        if (!bias.IsZero && bias.Shape != width)
            throw new ShapeException(operation, $"the bias {bias.Shape} does not fit the last axis of the input {x.Shape}", $"Pass a bias of shape [{width}].");
    }
}
