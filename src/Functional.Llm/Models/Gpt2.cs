using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

namespace Functional.Llm;

/// <summary>The parameters of a block of GPT-2.</summary>
public sealed record Gpt2Block(LayerNormParameters Norm1, AttentionParameters Attention, LayerNormParameters Norm2, FeedForwardParameters FeedForward) : ITree<Gpt2Block>
{
    Gpt2Block ITree<Gpt2Block>.Rebuild(IFields<Gpt2Block> of) =>
        new(of.Field(p => p.Norm1), of.Field(p => p.Attention), of.Field(p => p.Norm2), of.Field(p => p.FeedForward));
}

/// <summary>The parameters of GPT-2.</summary>
/// <param name="Embedding">Tokens (V, C) and positions (T, C).</param>
/// <param name="Blocks">One for every layer.</param>
/// <param name="Norm">The last normalisation.</param>
/// <param name="Head">W (V, C); null where the table of tokens is the head.</param>
public sealed record Gpt2Parameters(EmbeddingParameters Embedding, ImmutableArray<Gpt2Block> Blocks, LayerNormParameters Norm, LinearParameters? Head = null) : ITree<Gpt2Parameters>
{
    Gpt2Parameters ITree<Gpt2Parameters>.Rebuild(IFields<Gpt2Parameters> of) =>
        new(of.Field(p => p.Embedding), of.Array(p => p.Blocks), of.Field(p => p.Norm), of.Field(p => p.Head));
}

/// <summary>GPT-2: a stack of blocks of causal attention and feed-forward networks, normalised before each (Radford et al. 2019).</summary>
/// <param name="Vocabulary">V.</param>
/// <param name="Context">The most places, T.</param>
/// <param name="Width">C.</param>
/// <param name="Heads">H, a divisor of C.</param>
/// <param name="Depth">How many blocks, L.</param>
/// <param name="Dropout">The fraction that is dropped of embeddings, weights of attention and both halves of a block, in training.</param>
/// <param name="QkvBias">Whether queries, keys and values have a bias: as released; not in the book (Raschka 2024).</param>
/// <param name="Tied">Whether the table of tokens is the head: as released; not in the book.</param>
public sealed record Gpt2(int Vocabulary, int Context, int Width, int Heads, int Depth, double Dropout = 0, bool QkvBias = true, bool Tied = true)
    : LanguageModel<Gpt2Parameters>
{
    /// <summary>As released with 124, 355, 774 and 1,558 million parameters.</summary>
    public static Gpt2 Small { get; } = new(50257, 1024, 768, 12, 12);

    /// <inheritdoc cref="Small"/>
    public static Gpt2 Medium { get; } = new(50257, 1024, 1024, 16, 24);

    /// <inheritdoc cref="Small"/>
    public static Gpt2 Large { get; } = new(50257, 1024, 1280, 20, 36);

    /// <inheritdoc cref="Small"/>
    public static Gpt2 ExtraLarge { get; } = new(50257, 1024, 1600, 25, 48);

    /// <summary>The same model as the book makes it (Raschka 2024): no bias of queries, keys and values, a head of its own, a tenth dropped.</summary>
    public Gpt2 AsInTheBook() => this with { Dropout = 0.1, QkvBias = false, Tied = false };

    /// <inheritdoc/>
    public override Layer<Gpt2Parameters, Tokens, Tensor> Forward(Pass pass)
    {
        CheckSizes();
        return EmbeddingFrom(pass.First).Of((Gpt2Parameters p) => p.Embedding)                                                    // (B, T) → (B, T, C)
            >> Layers.Dropout(Dropout, pass.Key?.Fold(Depth))
            >> Stack<Gpt2Block, Tensor>(i => pass.Checkpointed ? Checkpointed(Block(i, pass)) : Block(i, pass)).Of((Gpt2Parameters p) => p.Blocks)
            >> pass.Wanted
            >> LayerNorm.Of((Gpt2Parameters p) => p.Norm)                                                               //        → (B, T, C)
            >> Head;                                                                                                    //        → (B, T, V)
    }

    /// <summary>The product with the head, or with the table of tokens where that is the head.</summary>
    Layer<Gpt2Parameters, Tensor, Tensor> Head => Tied
        ? Linear.At((Gpt2Parameters p) => new(p.Embedding.Token), d => new(new(d.Weight), default, default!), "Embedding.Token")
        : Linear.Of((Gpt2Parameters p) => p.Head!);

    /// <summary>x + attention, and then + feed-forward, each of the normalised x.</summary>
    Layer<Gpt2Block, Tensor, Tensor> Block(int i, Pass pass)
    {
        var key = pass.Key?.Fold(i);
        return Residual(LayerNorm.Of((Gpt2Block b) => b.Norm1)
                >> Attention(pass.Heads(i, new(Heads, Heads, null, Dropout, key?.Fold(0)))).Of((Gpt2Block b) => b.Attention)
                >> Layers.Dropout(Dropout, key?.Fold(1)))
            >> Residual(LayerNorm.Of((Gpt2Block b) => b.Norm2)
                >> FeedForward(Gelu).Of((Gpt2Block b) => b.FeedForward)
                >> Layers.Dropout(Dropout, key?.Fold(2)));
    }

    /// <summary>As GPT-2 begins: N(0, 0.02²), what leads back into the residual stream divided by √(2L); biases 0, gains 1.</summary>
    protected override Gpt2Parameters Create(Func<Shape, double, Tensor> draw)
    {
        CheckSizes();
        var residual = Deviation / Math.Sqrt(2 * Depth);
        return new(new(draw((Vocabulary, Width), Deviation), draw((Context, Width), Deviation)), [.. Enumerable.Range(0, Depth).Select(_ => new Gpt2Block(
                Init.LayerNorm(Width), new(Linear(Width, 3 * Width, Deviation, QkvBias), Linear(Width, Width, residual)),
                Init.LayerNorm(Width), new(Linear(Width, 4 * Width, Deviation), Linear(4 * Width, Width, residual))))],
            Init.LayerNorm(Width), Tied ? null : new(draw((Vocabulary, Width), Deviation)));

        LinearParameters Linear(int inputs, int outputs, double deviation, bool bias = true) =>
            new(draw((outputs, inputs), deviation), bias ? Tensor.Zeros(outputs) : default);
    }

    /// <summary>Parameters as PyTorch's CPU generator makes the book's model, in the order in which its layers come into being: the published ones.</summary>
    public override Gpt2Parameters Start(TorchGenerator generator)
    {
        CheckSizes();
        var (embedding, next) = Init.Embedding(generator, Vocabulary, Width, Context);
        var blocks = ImmutableArray.CreateBuilder<Gpt2Block>();
        for (var i = 0; i < Depth; i++)
            blocks.Add(Block());
        return new(embedding, blocks.ToImmutable(), Init.LayerNorm(Width), Tied ? null : Linear(Width, Vocabulary, bias: false));

        Gpt2Block Block()
        {
            var (query, keys, values) = (Linear(Width, Width, QkvBias), Linear(Width, Width, QkvBias), Linear(Width, Width, QkvBias));
            var input = new LinearParameters(Tensor.Concatenate(0, query.Weight, keys.Weight, values.Weight),
                QkvBias ? Tensor.Concatenate(0, query.Bias, keys.Bias, values.Bias) : default);
            return new(Init.LayerNorm(Width), new(input, Linear(Width, Width)), Init.LayerNorm(Width), new(Linear(Width, 4 * Width), Linear(4 * Width, Width)));
        }

        LinearParameters Linear(int inputs, int outputs, bool bias = true)
        {
            (var linear, next) = Init.Linear(next, inputs, outputs, bias);
            return linear;
        }
    }

    /// <inheritdoc/>
    public override KeyValueCache Cache() => KeyValueCache.Empty(Depth, Heads, Width / Heads);

    void CheckSizes()
    {
        Check("gpt-2", (nameof(Vocabulary), Vocabulary), (nameof(Context), Context), (nameof(Width), Width), (nameof(Heads), Heads), (nameof(Depth), Depth));
        CheckDivides("gpt-2", Width, Heads);
    }
}
