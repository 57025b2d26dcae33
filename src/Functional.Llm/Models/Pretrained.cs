namespace Functional.Llm;

/// <summary>A model with its parameters, whatever their type: what evaluates and generates.</summary>
public abstract record Pretrained
{
    /// <summary>Which model it is.</summary>
    public abstract LanguageModel Configuration { get; }

    /// <summary>V.</summary>
    public abstract int Vocabulary { get; }

    /// <summary>The most places of a sequence.</summary>
    public abstract int Context { get; }

    /// <summary>How many parameters there are.</summary>
    public abstract long Count { get; }

    /// <summary>The SHA-256 of the parameters, as <see cref="ParameterHash"/> makes it.</summary>
    public abstract string Sha256 { get; }

    /// <summary>The parameters with the ways to them.</summary>
    public abstract ImmutableArray<Leaf> Leaves();

    /// <summary>The same model with other parameters of the same shapes: <paramref name="f"/> at each, and the way to it.</summary>
    public abstract Pretrained Map(Func<string, Tensor, Tensor> f);

    /// <summary>Logits (B, T, V) of ids (B, T).</summary>
    public abstract Tensor Logits(Tokens ids);

    /// <summary>A cache without places, in which texts begin.</summary>
    public abstract KeyValueCache Cache();

    /// <summary>The logits (V) of the token that follows, and the cache with these places more; the cache given stays as it was.</summary>
    /// <exception cref="FunctionalLlmException">There are no ids, or more places than the model has.</exception>
    public abstract (Tensor Logits, KeyValueCache Cache) Extend(KeyValueCache cache, ReadOnlySpan<int> ids);

    /// <summary>The weights of every block's attention, (B, H, T, T) each: by how much each place looks at which.</summary>
    public abstract ImmutableArray<Tensor> AttentionWeights(Tokens ids);

    /// <summary>The mean loss, in nats per token.</summary>
    public abstract Real Loss(Tokens ids, Tokens targets);

    /// <summary>The mean loss, and the norm of its gradient over all parameters.</summary>
    public abstract (Real Loss, double GradientNorm) LossAndGradientNorm(Tokens ids, Tokens targets);
}

/// <summary>A model with its parameters.</summary>
/// <param name="Model">The configuration.</param>
/// <param name="Parameters">θ.</param>
public sealed record Pretrained<P>(LanguageModel<P> Model, P Parameters) : Pretrained
{
    /// <inheritdoc/>
    public override LanguageModel Configuration => Model;

    /// <inheritdoc/>
    public override int Vocabulary => Model.Vocabulary;

    /// <inheritdoc/>
    public override int Context => Model.Context;

    /// <inheritdoc/>
    public override long Count => Tree.Count(Parameters);

    /// <inheritdoc/>
    public override string Sha256 => ParameterHash.Sha256(Parameters);

    /// <inheritdoc/>
    public override ImmutableArray<Leaf> Leaves() => Tree.Leaves(Parameters);

    /// <inheritdoc/>
    public override Pretrained Map(Func<string, Tensor, Tensor> f) => this with { Parameters = Tree.Map(Parameters, f) };

    /// <inheritdoc/>
    public override Tensor Logits(Tokens ids) => Model.Forward()(Parameters, ids).Value;

    /// <inheritdoc/>
    public override KeyValueCache Cache() => Model.Cache();

    /// <inheritdoc/>
    public override (Tensor Logits, KeyValueCache Cache) Extend(KeyValueCache cache, ReadOnlySpan<int> ids)
    {
        if (ids.IsEmpty || cache.Length + ids.Length > Context)
            throw new FunctionalLlmException($"{cache.Length} places and {ids.Length} more: the model goes on with at least 1, and has {Context}. Pass ids, and begin anew where the context ends.");
        var next = cache.Extend(ids.Length);
        var pass = new Pass { First = cache.Length, LastOnly = true, Heads = (layer, heads) => x => (next.Attend(layer, heads, x), NoGradient) };
        return (Model.Forward(pass)(Parameters, Tokens.Of((1, ids.Length), ids)).Value[0, 0], next);

        static Tensor NoGradient(Tensor dy) => throw new FunctionalLlmException("cached attention has no gradient: what it read is not retained. Differentiate the forward pass without a cache.");
    }

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> AttentionWeights(Tokens ids)
    {
        var seen = ImmutableArray.CreateBuilder<Tensor>();
        _ = Model.Forward(new Pass { Heads = Noted })(Parameters, ids);
        return seen.ToImmutable();

        Differentiable<Tensor, Tensor> Noted(int block, CausalHeads heads) => x =>
        {
            seen.Add(heads.Weights(x));
            return heads.Attend()(x);
        };
    }

    /// <inheritdoc/>
    public override Real Loss(Tokens ids, Tokens targets) => Model.Loss(ids, targets)(Parameters).Value;

    /// <inheritdoc/>
    public override (Real Loss, double GradientNorm) LossAndGradientNorm(Tokens ids, Tokens targets)
    {
        var (loss, gradient) = Model.Loss(ids, targets).ValueAndGradient(Parameters);
        return (loss, Tree.Norm(gradient));
    }
}
