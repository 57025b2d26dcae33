namespace Functional.Llm;

/// <content>Gated linear units.</content>
public static partial class Layers
{
    /// <summary>y = a σ(a) b, where a row of x holds the gate a and then b (Shazeer 2020); ā = ȳ b σ(a)(1 + a (1 − σ(a))), b̄ = ȳ a σ(a).</summary>
    /// <remarks>x (…, 2F) → y (…, F). Retains x. Between two linear layers this is the feed-forward network of Llama.</remarks>
    /// <exception cref="ShapeException">The last axis has no two halves.</exception>
    public static readonly Differentiable<Tensor, Tensor> SwiGlu = x =>
    {
        if (x.Rank == 0 || x.Shape.Sizes[^1] % 2 != 0)
            throw new ShapeException("swiglu", $"the input {x.Shape} has no two halves", "Pass an input whose last size is even: the gates, and then what they let through.");
        return (Kernels.GatedSilu(x), Pullbacks.Tidy<Tensor, Tensor>(dy => dy.IsZero ? default : Kernels.GatedSiluPullback(x, dy)));
    };
}
