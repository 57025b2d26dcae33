using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

namespace Functional.Llm;

/// <summary>The parameters of a block of Llama.</summary>
public sealed record LlamaBlock(RmsNormParameters Norm1, AttentionParameters Attention, RmsNormParameters Norm2, FeedForwardParameters FeedForward) : ITree<LlamaBlock>
{
    LlamaBlock ITree<LlamaBlock>.Rebuild(IFields<LlamaBlock> of) =>
        new(of.Field(p => p.Norm1), of.Field(p => p.Attention), of.Field(p => p.Norm2), of.Field(p => p.FeedForward));
}

/// <summary>The parameters of Llama.</summary>
/// <param name="Embedding">Tokens (V, C).</param>
/// <param name="Blocks">One for every layer.</param>
/// <param name="Norm">The last normalisation.</param>
/// <param name="Head">W (V, C); null where the table of tokens is the head.</param>
public sealed record LlamaParameters(EmbeddingParameters Embedding, ImmutableArray<LlamaBlock> Blocks, RmsNormParameters Norm, LinearParameters? Head = null) : ITree<LlamaParameters>
{
    LlamaParameters ITree<LlamaParameters>.Rebuild(IFields<LlamaParameters> of) =>
        new(of.Field(p => p.Embedding), of.Array(p => p.Blocks), of.Field(p => p.Norm), of.Field(p => p.Head));
}

/// <summary>Llama: rotary positions, root-mean-square normalisation, gated feed-forward networks, and keys and values shared by groups of heads (Touvron et al. 2023).</summary>
/// <param name="Vocabulary">V.</param>
/// <param name="Context">The most places, T.</param>
/// <param name="Width">C.</param>
/// <param name="Heads">H, a divisor of C.</param>
/// <param name="Groups">G, a divisor of H: how many keys and values there are a place.</param>
/// <param name="Depth">How many blocks, L.</param>
/// <param name="Hidden">The width within the feed-forward network, F.</param>
/// <param name="Tied">Whether the table of tokens is the head.</param>
/// <param name="RotaryBase">The base of the rotary positions' frequencies.</param>
/// <param name="Pairs">Which numbers of a head are turned together.</param>
/// <param name="Epsilon">Added to the mean squares.</param>
/// <param name="Window">How many places a place sees, itself included; null for all before it.</param>
/// <param name="Scaling">How the rotary positions' frequencies are scaled; null where they are not.</param>
public sealed record Llama(int Vocabulary, int Context, int Width, int Heads, int Groups, int Depth, int Hidden, bool Tied = false, double RotaryBase = 10000,
    RotaryPairs Pairs = RotaryPairs.Halves, double Epsilon = 1e-5, int? Window = null, RotaryScaling? Scaling = null) : LanguageModel<LlamaParameters>
{
    /// <summary>Llama 2 with 7 billion parameters.</summary>
    public static Llama Llama2 { get; } = new(32000, 4096, 4096, 32, 32, 32, 11008);

    /// <summary>Llama 3 with 8 billion parameters.</summary>
    public static Llama Llama3 { get; } = new(128256, 8192, 4096, 32, 8, 32, 14336, RotaryBase: 500000);

    /// <summary>Llama 3.2 with 1.2 billion parameters.</summary>
    public static Llama Llama32 { get; } = new(128256, 131072, 2048, 32, 8, 16, 8192, Tied: true, RotaryBase: 500000, Scaling: new(32, 1, 4, 8192));

    /// <inheritdoc/>
    public override Layer<LlamaParameters, Tokens, Tensor> Forward(Pass pass)
    {
        CheckSizes();
        var (norm, rotary) = (RmsNorm(Epsilon), Rotary(RotaryAngles.Of(Width / Heads, Context, RotaryBase, Pairs).Scaled(Scaling), Heads + Groups, pass.First));
        return Embedding.Of((LlamaParameters p) => p.Embedding)                                                         // (B, T) → (B, T, C)
            >> Stack<LlamaBlock, Tensor>(i => pass.Checkpointed ? Checkpointed(Block(i)) : Block(i)).Of((LlamaParameters p) => p.Blocks)
            >> pass.Wanted
            >> norm.Of((LlamaParameters p) => p.Norm)                                                                   //        → (B, T, C)
            >> Head;                                                                                                    //        → (B, T, V)

        // x + attention, and then + feed-forward, each of the normalised x.
        Layer<LlamaBlock, Tensor, Tensor> Block(int i) =>
            Residual(norm.Of((LlamaBlock b) => b.Norm1)
                >> Attention(rotary >> pass.Heads(i, new(Heads, Groups, Window))).Of((LlamaBlock b) => b.Attention))
            >> Residual(norm.Of((LlamaBlock b) => b.Norm2) >> FeedForward(SwiGlu).Of((LlamaBlock b) => b.FeedForward));
    }

    /// <summary>The product with the head, or with the table of tokens where that is the head.</summary>
    Layer<LlamaParameters, Tensor, Tensor> Head => Tied
        ? Linear.At((LlamaParameters p) => new(p.Embedding.Token), d => new(new(d.Weight), default, default!), "Embedding.Token")
        : Linear.Of((LlamaParameters p) => p.Head!);

    /// <summary>N(0, 0.02²), what leads back into the residual stream divided by √(2L); gains 1.</summary>
    protected override LlamaParameters Create(Func<Shape, double, Tensor> draw)
    {
        CheckSizes();
        var (residual, size) = (Deviation / Math.Sqrt(2 * Depth), Width / Heads);
        return new(new(draw((Vocabulary, Width), Deviation)), [.. Enumerable.Range(0, Depth).Select(_ => new LlamaBlock(
                Init.RmsNorm(Width), new(Linear(Width, Width + 2 * Groups * size, Deviation), Linear(Width, Width, residual)),
                Init.RmsNorm(Width), new(Linear(Width, 2 * Hidden, Deviation), Linear(Hidden, Width, residual))))],
            Init.RmsNorm(Width), Tied ? null : Linear(Width, Vocabulary, Deviation));

        LinearParameters Linear(int inputs, int outputs, double deviation) => new(draw((outputs, inputs), deviation));
    }

    /// <inheritdoc/>
    public override LlamaParameters Start(TorchGenerator generator)
    {
        CheckSizes();
        var (size, (embedding, next)) = (Width / Heads, Init.Embedding(generator, Vocabulary, Width));
        var blocks = ImmutableArray.CreateBuilder<LlamaBlock>();
        for (var i = 0; i < Depth; i++)
            blocks.Add(Block());
        return new(embedding, blocks.ToImmutable(), Init.RmsNorm(Width), Tied ? null : Linear(Width, Vocabulary));

        LlamaBlock Block()
        {
            var input = Tensor.Concatenate(0, Linear(Width, Width).Weight, Linear(Width, Groups * size).Weight, Linear(Width, Groups * size).Weight);
            var output = Linear(Width, Width);
            var expand = Tensor.Concatenate(0, Linear(Width, Hidden).Weight, Linear(Width, Hidden).Weight);
            return new(Init.RmsNorm(Width), new(new(input), output), Init.RmsNorm(Width), new(new(expand), Linear(Hidden, Width)));
        }

        LinearParameters Linear(int inputs, int outputs)
        {
            (var linear, next) = Init.Linear(next, inputs, outputs, bias: false);
            return linear;
        }
    }

    /// <inheritdoc/>
    public override KeyValueCache Cache() => KeyValueCache.Empty(Depth, Groups, Width / Heads, Window);

    void CheckSizes()
    {
        Check("llama", (nameof(Vocabulary), Vocabulary), (nameof(Context), Context), (nameof(Width), Width), (nameof(Heads), Heads), (nameof(Groups), Groups),
            (nameof(Depth), Depth), (nameof(Hidden), Hidden));
        CheckDivides("llama", Width, Heads);
    }
}
