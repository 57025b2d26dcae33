using static Functional.Llm.Layers;

namespace Functional.Llm;

/// <summary>The configuration of a model that gives every next token a score, whatever the type of its parameters.</summary>
public abstract record LanguageModel
{
    /// <summary>V, how many tokens there are.</summary>
    public abstract int Vocabulary { get; init; }

    /// <summary>The most places of a sequence.</summary>
    public abstract int Context { get; init; }

    /// <summary>C, how many numbers a place has between blocks.</summary>
    public abstract int Width { get; init; }

    /// <summary>H, how many heads of attention a block has.</summary>
    public abstract int Heads { get; init; }

    /// <summary>L, how many blocks there are.</summary>
    public abstract int Depth { get; init; }

    /// <summary>How many parameters the model has.</summary>
    public abstract long Count { get; }

    /// <summary>A cache without places, in which texts of this model begin.</summary>
    public abstract KeyValueCache Cache();
}

/// <summary>A model that gives every next token a score: by its configuration, a pure function from parameters and ids (B, T) to logits (B, T, V).</summary>
/// <typeparam name="P">The record of its parameters.</typeparam>
public abstract record LanguageModel<P> : LanguageModel
{
    /// <summary>The deviation of GPT-2's first weights, which others took over.</summary>
    protected const double Deviation = 0.02;

    /// <summary>ids (B, T) → logits (B, T, V).</summary>
    /// <param name="pass">Training or evaluation, and what else the pass is for.</param>
    public abstract Layer<P, Tokens, Tensor> Forward(Pass pass);

    /// <summary>ids (B, T) → logits (B, T, V).</summary>
    /// <param name="key">The randomness of a training step; null means evaluation: nothing is dropped.</param>
    /// <param name="checkpointed">Whether blocks are computed again in the pullback instead of being retained: less memory, a third more work.</param>
    public Layer<P, Tokens, Tensor> Forward(Key? key = null, bool checkpointed = false) => Forward(new Pass(key, checkpointed));

    /// <summary>Parameters to begin with; the same key gives the same.</summary>
    public P Start(Key key)
    {
        var drawn = 0;
        return Create((shape, deviation) => key.Fold(drawn++).Normal(shape, deviation));
    }

    /// <summary>Parameters as PyTorch's CPU generator makes a model with its layers' defaults, in the order in which they come into being.</summary>
    public abstract P Start(TorchGenerator generator);

    /// <summary>The shapes of all parameters, as a record whose tensors store one number each.</summary>
    public P Shapes() => Create((shape, _) => Tensor.Full(shape, 0));

    /// <inheritdoc/>
    public override long Count => Tree.Count(Shapes());

    /// <summary>The mean cross-entropy of the targets, in nats per token.</summary>
    public Differentiable<P, Real> Loss(Tokens ids, Tokens targets, Key? key = null, bool checkpointed = false) =>
        (Forward(key, checkpointed) >> CrossEntropy(targets)).On(ids);

    /// <summary>The parameters, whose matrices come from a function of shape and deviation.</summary>
    protected abstract P Create(Func<Shape, double, Tensor> draw);

    /// <summary>Refuses sizes below 1.</summary>
    protected static void Check(string model, params ReadOnlySpan<(string Name, int Size)> sizes)
    {
        foreach (var (name, size) in sizes)
        {
            if (size < 1)
                throw new FunctionalLlmException($"{model}: {name} is {size}; expected at least 1.");
        }
    }

    /// <summary>Refuses a width that cannot be divided among the heads.</summary>
    protected static void CheckDivides(string model, int width, int heads)
    {
        if (width % heads != 0)
            throw new FunctionalLlmException($"{model}: a width of {width} cannot be divided among {heads} heads. Choose a width that is a multiple of the number of heads.");
    }
}
