namespace Functional.Llm;

/// <summary>An update rule: hyper-parameters are its fields; it is written for one tensor and lifted over the parameter tree.</summary>
public abstract record Optimizer
{
    /// <summary>How many moments a parameter keeps from step to step: 0, 1 or 2.</summary>
    public abstract int Moments { get; }

    /// <summary>The learning rate of a step; the first step is 0.</summary>
    public abstract double RateAt(int step);

    /// <summary>Updates one tensor in place: its elements, and its moments (empty where the rule keeps none).</summary>
    /// <remarks>
    /// A missing gradient comes as zeros. Purity is a copy before this call, and <c>Fit</c> on its own state is this call without the copy,
    /// so that both compute the same bits.
    /// </remarks>
    public abstract void Update(LeafStep leaf, Span<Real> parameter, ReadOnlySpan<Real> gradient, Span<Real> first, Span<Real> second);
}

/// <summary>What a rule may know of the tensor that it updates: the way to it, its shape, and the step, from 0.</summary>
public readonly record struct LeafStep(string Path, Shape Shape, int Step);
