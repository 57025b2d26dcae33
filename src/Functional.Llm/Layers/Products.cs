namespace Functional.Llm;

/// <content>Products of two inputs that both have gradients.</content>
public static partial class Layers
{
    /// <summary>y = ab; ā = ȳbᵀ, b̄ = aᵀȳ.</summary>
    /// <remarks>a (…, M, K), b (…, K, N) → y (…, M, N); axes before them broadcast, and their gradients are summed back. Retains a and b.</remarks>
    public static readonly Differentiable<(Tensor, Tensor), Tensor> MatMul = x =>
    {
        var (a, b) = x;
        return (a.MatMul(b), dy => dy.IsZero ? default : (dy.MatMul(b.T).SumTo(a.Shape), a.T.MatMul(dy).SumTo(b.Shape)));
    };

    /// <summary>y = abᵀ, the dot product of every row of a with every row of b: how alike they are; ā = ȳb, b̄ = ȳᵀa.</summary>
    /// <remarks>a (…, M, K), b (…, N, K) → y (…, M, N); axes before them broadcast, and their gradients are summed back. Retains a and b.</remarks>
    public static readonly Differentiable<(Tensor, Tensor), Tensor> Similarity = x =>
    {
        var (a, b) = x;
        return (a.MatMul(b.T), dy => dy.IsZero ? default : (dy.MatMul(b).SumTo(a.Shape), dy.T.MatMul(a).SumTo(b.Shape)));
    };

    /// <summary>y = abᵀ/√K: of rows of independent numbers with variance 1 the scores have variance 1, whatever K is (Vaswani et al. 2017).</summary>
    /// <remarks>a (…, M, K), b (…, N, K) → y (…, M, N). Retains a and b.</remarks>
    public static readonly Differentiable<(Tensor, Tensor), Tensor> ScaledSimilarity = x =>
    {
        var (y, pull) = Similarity(x);
        var root = Real.Sqrt(x.Item1.Shape.Sizes[^1]);
        return (y / root, dy => pull(dy / root));
    };
}
