namespace Functional.Llm;

/// <summary>What a forward pass is for, beside parameters and ids.</summary>
/// <param name="Key">The randomness of a training step; null means evaluation: nothing is dropped.</param>
/// <param name="Checkpointed">Whether blocks are computed again in the pullback instead of being retained: less memory, a third more work.</param>
public sealed record Pass(Key? Key = null, bool Checkpointed = false)
{
    /// <summary>The place of the first id: one number for each sequence, or one for all; none means 0.</summary>
    public ImmutableArray<int> First { get; init; } = [];

    /// <summary>Whether only the last place's logits are wanted: (B, 1, V).</summary>
    public bool LastOnly { get; init; }

    /// <summary>What stands for the heads of block i, from queries, keys and values (B, T, (H + 2G) D) to (B, T, H D).</summary>
    public Func<int, CausalHeads, Differentiable<Tensor, Tensor>> Heads { get; init; } = (_, heads) => heads.Attend();

    /// <summary>Of all places the last, where only that is wanted: x (B, T, C) → (B, 1, C).</summary>
    internal Differentiable<Tensor, Tensor> Wanted => !LastOnly ? Combinators.Identity<Tensor>() : x => (x[.., ^1..],
        dy => dy.IsZero ? default : Tensor.Concatenate(-2, Tensor.Zeros((x.Shape.Sizes[0], x.Shape.Sizes[1] - 1, x.Shape.Sizes[2])), dy));
}
