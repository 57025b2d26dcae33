namespace Functional.Llm;

/// <content>Scaled dot-product attention.</content>
public static partial class Layers
{
    /// <summary>Causal attention of H heads: yᵢ = Σⱼ softmaxⱼ(qᵢ·kⱼ/√D) vⱼ over the places j ≤ i (Vaswani et al. 2017).</summary>
    /// <remarks>
    /// x (…, T, (H + 2G) D), in every row H queries, then G keys, then G values → y (…, T, H D). Head h reads the keys and values of group
    /// h G / H: with G = H every head has its own, with G = 1 all share one (Shazeer 2019; Ainslie et al. 2023). Retains x, y and one number for
    /// every head and place; nothing of size T × T is ever made. With P the weights: v̄ = Pᵀȳ, S̄ = P (ȳvᵀ − Σ ȳy)/√D, q̄ = S̄k, k̄ = S̄ᵀq.
    /// </remarks>
    /// <param name="heads">H.</param>
    /// <param name="groups">G, a divisor of H; null for H.</param>
    /// <param name="window">How many places a place sees, itself included: j &gt; i − window; null for all before it.</param>
    /// <param name="dropout">The fraction of weights that are dropped in training, below 1.</param>
    /// <param name="key">The randomness of this step and layer; null means evaluation, in which nothing is dropped.</param>
    /// <exception cref="FunctionalLlmException">The groups do not divide the heads, or the window or the rate is out of range.</exception>
    /// <exception cref="ShapeException">A row of x cannot be divided into H + 2G parts.</exception>
    public static Differentiable<Tensor, Tensor> CausalAttention(int heads, int? groups = null, int? window = null, double dropout = 0, Key? key = null)
    {
        CheckAttention(heads, groups ?? heads, window, dropout);
        AttentionDropout? drop = key is { } k && dropout > 0 ? new(k, dropout) : null;
        return x =>
        {
            var sizes = SizesOf(x, heads, groups ?? heads, window ?? int.MaxValue);
            var input = x.Packed();
            var (y, logSums) = AttentionForward.Attend(input.Storage.Array, input.Storage.Offset, sizes, drop);
            return (Tensor.Freeze(Shape.Create([.. x.Shape.Sizes.AsSpan()[..^1], sizes.Output]), y), Pullbacks.Tidy<Tensor, Tensor>(dy => dy.IsZero ? default
                : Tensor.Freeze(x.Shape, AttentionBackward.Pull(dy.Packed().Storage, input.Storage, y, logSums, sizes, drop))));
        };
    }

    static AttentionSizes SizesOf(Tensor x, int heads, int groups, int window)
    {
        var parts = heads + 2 * groups;
        if (x.Rank < 2 || x.Shape.Sizes[^1] == 0 || x.Shape.Sizes[^1] % parts != 0)
        {
            throw new ShapeException("causal attention", $"the input {x.Shape} holds no {heads} queries, {groups} keys and {groups} values a place",
                $"Pass an input of shape [..., places, {parts} times the size of a head].");
        }

        var (places, row) = (x.Shape.Sizes[^2], x.Shape.Sizes[^1]);
        return new(places == 0 ? 0 : x.Size / row / places, places, heads, groups, row / parts, window);
    }

    static void CheckAttention(int heads, int groups, int? window, double dropout)
    {
        if (heads < 1 || groups < 1 || heads % groups != 0)
            throw new FunctionalLlmException($"causal attention: {heads} heads cannot share {groups} groups of keys and values. Pass a number of groups that divides the number of heads.");
        if (window < 1)
            throw new FunctionalLlmException($"causal attention: a window of {window} places sees nothing. Pass at least 1, or null for all places.");
        if (!(dropout >= 0 && dropout < 1))
            throw new FunctionalLlmException($"causal attention: the rate of dropout {dropout} is out of range. Pass a rate from 0 to below 1.");
    }
}
