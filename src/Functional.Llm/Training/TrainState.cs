namespace Functional.Llm;

/// <summary>Where training stands: a value that no step changes.</summary>
/// <param name="Parameters">θ.</param>
/// <param name="First">The first moments, one for every parameter; default before the first step, or where the rule keeps none.</param>
/// <param name="Second">The second moments, likewise.</param>
/// <param name="Step">How many updates were made.</param>
/// <param name="Loss">The loss before the last update; NaN before the first.</param>
public sealed record TrainState<P>(P Parameters, P First, P Second, int Step, Real Loss);

/// <summary>Training as a fold over batches.</summary>
public static class Training
{
    /// <summary>The state before the first update. Moments are symbolic zeros, so that it costs only its parameters.</summary>
    public static TrainState<P> Start<P>(P parameters) => new(parameters, default!, default!, 0, Real.NaN);

    /// <summary>One update on a loss: a pure function from state to state, for LanguageExt's Fold and Scan.</summary>
    /// <remarks><c>batches.Fold(Start(θ), (s, b) => s.Descend(sgd, Loss(b)))</c></remarks>
    public static TrainState<P> Descend<P>(this TrainState<P> state, Optimizer optimizer, Differentiable<P, Real> loss) =>
        Learner<P>.CopyOf(state).Descend(optimizer, loss).State;

    /// <summary>The state after all batches: the same bits as a fold of <see cref="Descend"/>, without a copy of the state at every step.</summary>
    public static TrainState<P> Fit<P, B>(this IEnumerable<B> batches, TrainState<P> start, Optimizer optimizer, Func<B, Differentiable<P, Real>> loss)
    {
        var learner = Learner<P>.CopyOf(start);
        foreach (var batch in batches)
            learner = learner.Descend(optimizer, loss(batch));
        return learner.State;
    }

    /// <summary>The steps of <see cref="Fit"/> as a stream, watched: logging, early stopping and checkpoints consume it.</summary>
    /// <exception cref="DivergenceException">
    /// The loss or the gradient of a step is not finite: it is computed again, without its update, to name the first layer that went wrong. Only
    /// where a number of one large gradient is not, and nothing else, this comes to light with the update.
    /// </exception>
    public static IEnumerable<TraceStep<P>> Trace<P, B>(
        this IEnumerable<B> batches, TrainState<P> start, Optimizer optimizer, Func<B, Differentiable<P, Real>> loss)
    {
        foreach (var step in batches.Trace(Learner<P>.CopyOf(start), optimizer, loss))
            yield return step;
    }

    /// <summary>The same by a learner, which goes on from where it is.</summary>
    internal static IEnumerable<TraceStep<P>> Trace<P, B>(this IEnumerable<B> batches, Learner<P> learner, Optimizer optimizer, Func<B, Differentiable<P, Real>> loss)
    {
        foreach (var batch in batches)
        {
            var rate = optimizer.RateAt(learner.Step);
            learner = learner.Descend(optimizer, loss(batch), watched: true);
            yield return new(learner, learner.Step, learner.Loss, learner.GradientNorm, rate);
        }
    }
}

/// <summary>One step of training as it is seen from outside.</summary>
public sealed class TraceStep<P>
{
    readonly Learner<P> learner;

    internal TraceStep(Learner<P> learner, int step, Real loss, double gradientNorm, double rate) =>
        (this.learner, Step, Loss, GradientNorm, Rate) = (learner, step, loss, gradientNorm, rate);

    /// <summary>How many updates were made.</summary>
    public int Step { get; }

    /// <summary>The loss before this update.</summary>
    public Real Loss { get; }

    /// <summary>‖∇ℓ‖ over all parameters, before this update.</summary>
    public double GradientNorm { get; }

    /// <summary>The learning rate of this update.</summary>
    public double Rate { get; }

    /// <summary>A copy of the state after this step, which later steps leave alone.</summary>
    /// <exception cref="FunctionalLlmException">The stream has gone on, so that this step's state is no more.</exception>
    public TrainState<P> Snapshot() => Learner<P>.CopyOf(Now).State;

    /// <summary>A number of the parameters after this step, such as their loss on other data; they are borrowed, and not copied.</summary>
    /// <exception cref="FunctionalLlmException">The stream has gone on, so that this step's state is no more.</exception>
    public double Evaluate(Func<P, double> measure) => With(state => measure(state.Parameters));

    /// <summary>Something computed with the state after this step, which is borrowed, and must not be kept.</summary>
    /// <exception cref="FunctionalLlmException">The stream has gone on, so that this step's state is no more.</exception>
    public R With<R>(Func<TrainState<P>, R> use) => use(Now);

    TrainState<P> Now => learner.Step == Step ? learner.State
        : throw new FunctionalLlmException($"trace: step {Step} was left behind at step {learner.Step}. Take a snapshot before asking the stream for its next step.");
}
