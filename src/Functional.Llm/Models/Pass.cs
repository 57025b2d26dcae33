namespace Functional.Llm;

/// <summary>What a forward pass is for, beside parameters and ids.</summary>
/// <param name="Key">The randomness of a training step; null means evaluation: nothing is dropped.</param>
/// <param name="Checkpointed">Whether blocks are computed again in the pullback instead of being retained: less memory, a third more work.</param>
public sealed record Pass(Key? Key = null, bool Checkpointed = false)
{
    /// <summary>What stands for the heads of block i, from queries, keys and values (B, T, (H + 2G) D) to (B, T, H D).</summary>
    public Func<int, CausalHeads, Differentiable<Tensor, Tensor>> Heads { get; init; } = (_, heads) => heads.Attend();
}
