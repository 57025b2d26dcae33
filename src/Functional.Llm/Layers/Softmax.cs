namespace Functional.Llm;

/// <content>Softmax and its logarithm over the last axis, with the largest score subtracted first, so that nothing overflows.</content>
public static partial class Layers
{
    /// <summary>yᵢ = e^xᵢ / Σⱼ e^xⱼ over the last axis; x̄ = y (ȳ − Σ ȳ y).</summary>
    /// <remarks>x (…, C) → y (…, C). Retains y. A score of −∞ gets the probability 0.</remarks>
    public static readonly Differentiable<Tensor, Tensor> Softmax = x =>
    {
        var e = (x - x.Max(-1, keep: true)).Exp();
        var y = e / e.Sum(-1, keep: true);
        return (y, dy => y * (dy - (dy * y).Sum(-1, keep: true)));
    };

    /// <summary>yᵢ = xᵢ − ln Σⱼ e^xⱼ over the last axis; x̄ = ȳ − e^y Σ ȳ.</summary>
    /// <remarks>x (…, C) → y (…, C). Retains y.</remarks>
    public static readonly Differentiable<Tensor, Tensor> LogSoftmax = x =>
    {
        var shifted = x - x.Max(-1, keep: true);
        var y = shifted - shifted.Exp().Sum(-1, keep: true).Log();
        return (y, dy => dy - y.Exp() * dy.Sum(-1, keep: true));
    };
}
