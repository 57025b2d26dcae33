namespace Functional.Llm;

/// <summary>Two vectors a word: one predicts its neighbours, the other is predicted.</summary>
/// <param name="Centre">The vectors of words that predict (V, C): the embeddings.</param>
/// <param name="Context">The vectors of words that are predicted (V, C).</param>
public sealed record SkipGramParameters(Tensor Centre, Tensor Context) : ITree<SkipGramParameters>
{
    SkipGramParameters ITree<SkipGramParameters>.Rebuild(IFields<SkipGramParameters> of) =>
        new(of.Field(p => p.Centre), of.Field(p => p.Context));
}

/// <content>The loss of word vectors.</content>
public static partial class Layers
{
    /// <summary>Skip-gram with negative sampling: L = −Σ over pairs (v, u) of ln σ(u·v) + K/N Σⱼ ln σ(−nⱼ·v) (Mikolov et al. 2013).</summary>
    /// <remarks>
    /// v̄ = Σ (σ(u·v) − 1) u + K/N Σⱼ σ(nⱼ·v) nⱼ, and so ū and n̄ⱼ with v. Vectors (V, C) → L, in nats. Retains the scores of pairs (P) and of centres with negatives (B, N).
    /// The N negatives are drawn for the whole block, which makes their scores a matrix product. <c>SkipGram</c> trains by the same gradient, in place.
    /// </remarks>
    /// <exception cref="ShapeException">The vectors are not those of the block's vocabulary.</exception>
    public static Differentiable<SkipGramParameters, Real> NegativeSampling(SkipGramBlock block) => p =>
    {
        CheckVectors(p, block);
        var centreOfPair = block.CentreOfPair.Select(i => block.Centres[i]).ToArray();
        var v = p.Centre.Take(block.Centres.AsSpan());                                                    // (B, C)
        var pairs = p.Centre.Take(centreOfPair);                                                          // (P, C)
        var (u, n) = (p.Context.Take(block.Contexts.AsSpan()), p.Context.Take(block.Negatives.AsSpan())); // (P, C), (N, C)
        var (positive, negative) = ((pairs * u).Sum(-1, keep: true), v.MatMul(n.T));                      // (P, 1), (B, N)
        var weight = Tensor.From((block.Centres.Length, 1), block.Starts.Skip(1).Zip(block.Starts, (end, start) => (double)block.NegativeWeight * (end - start)));
        return (Softplus(-positive).Value.Sum().Value + (weight * Softplus(negative).Value).Sum().Value, Pull);

        SkipGramParameters Pull(Real d)
        {
            var (pull, push) = (-(double)d * (-positive).Sigmoid(), (double)d * weight * negative.Sigmoid());
            return new(
                Centre: Kernels.ScatterAdd(pull * u, [.. centreOfPair], block.Vocabulary) + Kernels.ScatterAdd(push.MatMul(n), block.Centres, block.Vocabulary),
                Context: Kernels.ScatterAdd(pull * pairs, block.Contexts, block.Vocabulary) + Kernels.ScatterAdd(push.T.MatMul(v), block.Negatives, block.Vocabulary));
        }
    };

    static void CheckVectors(SkipGramParameters p, SkipGramBlock block)
    {
        foreach (var (name, vectors) in new[] { ("centre", p.Centre), ("context", p.Context) })
        {
            if (vectors.Rank != 2 || vectors.Shape.Sizes[0] != block.Vocabulary || vectors.Shape != p.Centre.Shape)
                throw new ShapeException("negative sampling", $"the {name} vectors have shape {vectors.Shape}, for {block.Vocabulary} words", $"Pass two tables of shape [{block.Vocabulary}, C].");
        }
    }
}
