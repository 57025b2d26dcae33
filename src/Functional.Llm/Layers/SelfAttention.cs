using static Functional.Llm.Combinators;

namespace Functional.Llm;

/// <summary>The parameters of one head of attention: three products.</summary>
/// <param name="Query">W (D, C): what a place looks for.</param>
/// <param name="Key">W (D, C): what a place is found by.</param>
/// <param name="Value">W (D, C): what a place tells who found it.</param>
public sealed record SelfAttentionParameters(LinearParameters Query, LinearParameters Key, LinearParameters Value) : ITree<SelfAttentionParameters>
{
    SelfAttentionParameters ITree<SelfAttentionParameters>.Rebuild(IFields<SelfAttentionParameters> of) =>
        new(of.Field(p => p.Query), of.Field(p => p.Key), of.Field(p => p.Value));
}

/// <content>
/// Attention step by step, every step a composition that runs alone. Each makes queries, keys and values in its own way, and weights of queries and keys:
/// <code>
/// SimpleAttention                                                                    // similarity, without anything to learn
/// SelfAttention(ScaledSimilarity >> Softmax)                                         // what is similar is learned
/// SelfAttention(ScaledSimilarity >> CausalMask >> Softmax)                           // and the future is hidden
/// SelfAttention(ScaledSimilarity >> CausalMask >> Softmax >> Dropout(0.1, key))      // and in training some weights are dropped
/// SideBySide(SelfAttention(ScaledSimilarity >> CausalMask >> Softmax))               // several heads
/// Attention(MultiHead(heads, ScaledSimilarity >> CausalMask >> Softmax))             // several heads of one product: Attention(CausalAttention(heads))
/// </code>
/// All of them hold T × T weights in memory; <see cref="CausalAttention"/> computes the last without.
/// </content>
public static partial class Layers
{
    /// <summary>y = Av, the mean of the values weighed by A = w(q, k).</summary>
    /// <remarks>q (…, T, D), k (…, T, D), v (…, T, E) → y (…, T, E). Retains q, k, v and A (…, T, T).</remarks>
    /// <param name="weigh">w, such as <c>ScaledSimilarity >> Softmax</c>.</param>
    public static Differentiable<((Tensor Queries, Tensor Keys), Tensor Values), Tensor> Attend(Differentiable<(Tensor, Tensor), Tensor> weigh) =>
        First<(Tensor, Tensor), Tensor, Tensor>(weigh) >> MatMul;

    /// <summary>Attention with nothing to learn: y = softmax(xxᵀ) x, every place the mean of those that are like it.</summary>
    /// <remarks>x (…, T, C) → y (…, T, C).</remarks>
    public static Differentiable<Tensor, Tensor> SimpleAttention =>
        Parallel(Parallel(Identity<Tensor>(), Identity<Tensor>()), Identity<Tensor>()) >> Attend(Similarity >> Softmax);

    /// <summary>One head of attention: q, k and v are three products of x, and y = w(q, k) v (Vaswani et al. 2017).</summary>
    /// <remarks>x (…, T, C) → y (…, T, D).</remarks>
    /// <param name="weigh">w, for a language model <c>ScaledSimilarity >> CausalMask >> Softmax</c>.</param>
    public static Layer<SelfAttentionParameters, Tensor, Tensor> SelfAttention(Differentiable<(Tensor, Tensor), Tensor> weigh) =>
        Parallel(Parallel(Linear.Of((SelfAttentionParameters p) => p.Query), Linear.Of((SelfAttentionParameters p) => p.Key)), Linear.Of((SelfAttentionParameters p) => p.Value))
        >> Attend(weigh);

    /// <summary>y = x + M, M = 0 where j ≤ i and −∞ where j &gt; i, which softmax turns into the weight 0; x̄ = ȳ where j ≤ i, and 0 where not.</summary>
    /// <remarks>Scores (…, T, T) of place i for place j → the same shape.</remarks>
    /// <exception cref="ShapeException">There are not as many rows as columns.</exception>
    public static readonly Differentiable<Tensor, Tensor> CausalMask = x =>
    {
        if (x.Rank < 2 || x.Shape.Sizes[^1] != x.Shape.Sizes[^2])
            throw new ShapeException("causal mask", $"the scores {x.Shape} are not of every place for every place", "Pass scores of shape [..., places, places].");
        var places = x.Shape.Sizes[^1];
        var mask = Tensor.Build((places, places), d =>
        {
            d.Clear();
            for (var i = 0; i < places; i++)
                d[(i * places + i + 1)..((i + 1) * places)].Fill(Real.NegativeInfinity);
        });
        return (x + mask, dy => dy * mask.Exp());
    };
}
