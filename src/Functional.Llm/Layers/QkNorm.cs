namespace Functional.Llm;

/// <summary>The parameters of the normalisation of queries and keys.</summary>
/// <param name="Query">γ of every head's queries (D).</param>
/// <param name="Key">γ of every group's keys (D).</param>
public sealed record QkNormParameters(RmsNormParameters Query, RmsNormParameters Key) : ITree<QkNormParameters>
{
    QkNormParameters ITree<QkNormParameters>.Rebuild(IFields<QkNormParameters> of) => new(of.Field(p => p.Query), of.Field(p => p.Key));
}

/// <content>Queries and keys of one length.</content>
public static partial class Layers
{
    /// <summary>Queries and keys are normalised, each head by itself, so that scores stay within √D (Henry et al. 2020).</summary>
    /// <remarks>x (…, (H + 2G) D), in every row H queries, then G keys, then G values, which stay as they are → y, of the same shape. Retains x, and one number a head.</remarks>
    /// <param name="heads">H.</param>
    /// <param name="groups">G; null for H.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <exception cref="ShapeException">A row cannot be divided into H + 2G parts, or the gains do not fit them.</exception>
    public static Layer<QkNormParameters, Tensor, Tensor> QkNorm(int heads, int? groups = null, double epsilon = 1e-5) => (p, x) =>
    {
        var (H, G) = (heads, groups ?? heads);
        var parts = H + 2 * G;
        if (x.Rank == 0 || x.Shape.Sizes[^1] == 0 || x.Shape.Sizes[^1] % parts != 0)
            throw new ShapeException("qk-norm", $"the input {x.Shape} holds no {H} queries, {G} keys and {G} values", $"Pass an input whose last size is {parts} times the size of a head.");
        var rows = x.Reshape((x.Size / x.Shape.Sizes[^1], parts, x.Shape.Sizes[^1] / parts));
        var (q, pullQ) = RmsNorm(epsilon)(p.Query, rows[.., ..H]);
        var (k, pullK) = RmsNorm(epsilon)(p.Key, rows[.., H..(H + G)]);
        return (Tensor.Concatenate(1, q, k, rows[.., (H + G)..]).Reshape(x.Shape), Pullbacks.Tidy<Tensor, (QkNormParameters, Tensor)>(Pull));

        (QkNormParameters, Tensor) Pull(Tensor dy)
        {
            if (dy.IsZero)
                return default;
            var upper = dy.Reshape(rows.Shape);
            var ((dpQ, dq), (dpK, dk)) = (pullQ(upper[.., ..H]), pullK(upper[.., H..(H + G)]));
            return (new(dpQ, dpK), Tensor.Concatenate(1, dq, dk, upper[.., (H + G)..]).Reshape(x.Shape));
        }
    };
}
