namespace Functional.Llm;

/// <summary>An update rule: hyper-parameters are its fields; it is written for one tensor and lifted over the parameter tree.</summary>
/// <param name="Rate">η, the learning rate as a function of the step; a number is one that stays.</param>
public abstract record Optimizer(Schedule Rate)
{
    /// <summary>The largest norm of a gradient, over all parameters together: a longer one is scaled down to it (Pascanu et al. 2013).</summary>
    /// <remarks>Infinity, no limit, unless one is given.</remarks>
    /// <exception cref="FunctionalLlmException">The limit is not positive.</exception>
    public double Clip
    {
        get;
        init => field = value > 0 ? value
            : throw new FunctionalLlmException($"clip: {value:G4} is no limit of a norm. Pass a positive number, or infinity for none.");
    } = double.PositiveInfinity;

    /// <summary>The learning rate of a step; the first step is 0.</summary>
    public double RateAt(int step) => Rate.At(step);

    /// <summary>How many moments a tensor keeps from step to step: 0, 1 or 2.</summary>
    public abstract int Moments(LeafStep leaf);

    /// <summary>Updates one tensor in place: its elements, and its moments (empty where the rule keeps none).</summary>
    /// <remarks>
    /// A missing gradient comes as zeros; the gradient counts <paramref name="scale"/> times, which is how it is clipped. Purity is a copy before
    /// this call, and <c>Fit</c> on its own state is this call without the copy, so that both compute the same bits.
    /// </remarks>
    /// <returns>Σ ḡ² of the gradient as it came, which costs next to nothing beside the update.</returns>
    public abstract double Update(LeafStep leaf, Span<Real> parameter, ReadOnlySpan<Real> gradient, Real scale, Span<Real> first, Span<Real> second);

    /// <summary>This rule for the tensors that a predicate takes, and another for the rest.</summary>
    /// <remarks>
    /// <c>new Muon(0.02).Where(leaf => …, otherwise: new AdamW(3e-4))</c>. The rate that a trace tells is this rule's. The norm is that of the
    /// whole gradient, and the lower limit of both clips it.
    /// </remarks>
    public Optimizer Where(Func<LeafStep, bool> takes, Optimizer otherwise) => new Divided(takes, this, otherwise) { Clip = Math.Min(Clip, otherwise.Clip) };

    /// <summary>What a gradient of some norm is multiplied by: 1 up to the limit, and beyond it what makes it as long as that.</summary>
    internal Real ScaleOf(double norm) => norm <= Clip ? 1 : (Real)(Clip / (norm + 1e-6));

    /// <summary>1 − ηλ, what weight decay leaves of a tensor at one step.</summary>
    private protected static Real Kept(LeafStep leaf, double rate, double decay, Func<LeafStep, bool>? decays) =>
        decays is null || decays(leaf) ? (Real)(1 - rate * decay) : 1;

    sealed record Divided(Func<LeafStep, bool> Takes, Optimizer Rule, Optimizer Otherwise) : Optimizer(Rule.Rate)
    {
        public override int Moments(LeafStep leaf) => For(leaf).Moments(leaf);

        public override double Update(LeafStep leaf, Span<Real> parameter, ReadOnlySpan<Real> gradient, Real scale, Span<Real> first, Span<Real> second) =>
            For(leaf).Update(leaf, parameter, gradient, scale, first, second);

        Optimizer For(LeafStep leaf) => Takes(leaf) ? Rule : Otherwise;
    }
}

/// <summary>What a rule may know of the tensor that it updates: the way to it, its shape, and the step, from 0.</summary>
public readonly record struct LeafStep(string Path, Shape Shape, int Step);
