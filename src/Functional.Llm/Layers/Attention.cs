namespace Functional.Llm;

/// <summary>The parameters of attention with several heads.</summary>
/// <param name="Input">W ((H + 2G) D, C): one product makes all queries, keys and values.</param>
/// <param name="Output">W (C, H D): mixes what the heads found.</param>
public sealed record AttentionParameters(LinearParameters Input, LinearParameters Output) : ITree<AttentionParameters>
{
    AttentionParameters ITree<AttentionParameters>.Rebuild(IFields<AttentionParameters> of) => new(of.Field(p => p.Input), of.Field(p => p.Output));
}

/// <summary>The parameters of a feed-forward network of two layers.</summary>
/// <param name="Expand">W (F, C), or (2F, C) where half of it are gates.</param>
/// <param name="Project">W (C, F).</param>
public sealed record FeedForwardParameters(LinearParameters Expand, LinearParameters Project) : ITree<FeedForwardParameters>
{
    FeedForwardParameters ITree<FeedForwardParameters>.Rebuild(IFields<FeedForwardParameters> of) => new(of.Field(p => p.Expand), of.Field(p => p.Project));
}

/// <content>The two halves of a transformer's block.</content>
public static partial class Layers
{
    /// <summary>Self-attention: queries, keys and values are made of the input, and the heads' results are mixed (Vaswani et al. 2017).</summary>
    /// <remarks>x (…, T, C) → y (…, T, C). Without a bias here and there, as its parameters say.</remarks>
    /// <param name="heads">What the heads do with queries, keys and values, such as <see cref="CausalAttention"/>.</param>
    public static Layer<AttentionParameters, Tensor, Tensor> Attention(Differentiable<Tensor, Tensor> heads) =>
        Linear.Of((AttentionParameters p) => p.Input) >> heads >> Linear.Of((AttentionParameters p) => p.Output);

    /// <summary>y = W₂ f(W₁ x): each place by itself.</summary>
    /// <remarks>x (…, C) → y (…, C).</remarks>
    /// <param name="activation">f, such as <see cref="Gelu"/> or <see cref="SwiGlu"/>.</param>
    public static Layer<FeedForwardParameters, Tensor, Tensor> FeedForward(Differentiable<Tensor, Tensor> activation) =>
        Linear.Of((FeedForwardParameters p) => p.Expand) >> activation >> Linear.Of((FeedForwardParameters p) => p.Project);
}
