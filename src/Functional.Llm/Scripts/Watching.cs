namespace Functional.Llm;

/// <summary>Training as a script shows it: a line of progress while it runs, its milestones afterwards, and divergence in words.</summary>
public static class Watching
{
    /// <summary>Full-batch gradient descent: the parameters and their loss at the milestones.</summary>
    /// <param name="options">Where to show progress.</param>
    /// <param name="what">What is trained, as progress and errors call it: "the network".</param>
    /// <param name="start">The parameters before the first update.</param>
    /// <param name="optimizer">The update rule.</param>
    /// <param name="updates">How many updates to make.</param>
    /// <param name="loss">The loss on all the data.</param>
    /// <exception cref="FunctionalLlmException">Training diverged: what was seen, why, and what to do.</exception>
    public static ImmutableArray<Milestone<P>> Train<P>(
        this ScriptOptions options, string what, P start, Optimizer optimizer, int updates, Differentiable<P, Real> loss) =>
        options.Train(what, start, optimizer, Enumerable.Range(0, updates), _ => loss, p => loss(p).Value);

    /// <summary>Gradient descent on batches: the parameters and their loss at the milestones.</summary>
    /// <param name="options">Where to show progress.</param>
    /// <param name="what">What is trained, as progress and errors call it: "the network".</param>
    /// <param name="start">The parameters before the first update.</param>
    /// <param name="optimizer">The update rule.</param>
    /// <param name="batches">A batch for each update.</param>
    /// <param name="loss">The loss on a batch.</param>
    /// <param name="whole">The loss on all the data, by which milestones are judged.</param>
    /// <param name="mayDiverge">Whether divergence is a result: the course then ends before the first number that is not finite.</param>
    /// <exception cref="FunctionalLlmException">Training diverged: what was seen, why, and what to do.</exception>
    public static ImmutableArray<Milestone<P>> Train<P, B>(
        this ScriptOptions options, string what, P start, Optimizer optimizer, IEnumerable<B> batches, Func<B, Differentiable<P, Real>> loss, Func<P, double> whole,
        bool mayDiverge = false)
    {
        ArgumentNullException.ThrowIfNull(options);
        var first = Training.Start(start);
        var steps = batches.Trace(first, optimizer, loss);
        var watched = options.Progress(mayDiverge ? steps.UntilDiverged() : steps.OrDiverged(what), s => $"{what}: update {s.Step}, loss {s.Loss:F4}");
        ImmutableArray<Milestone<P>> course = [.. watched.AtMilestones(first).Select(s => new Milestone<P>(s.Step, s.Parameters, whole(s.Parameters)))];
        if (!mayDiverge)
            course[^1].Loss.OrDiverged(course[0].Loss, course[^1].Updates, optimizer.RateAt(course[^1].Updates), what);
        return course;
    }
}

/// <summary>A training after some updates.</summary>
/// <param name="Updates">How many.</param>
/// <param name="Parameters">The parameters.</param>
/// <param name="Loss">Their loss, after the last of these updates.</param>
public sealed record Milestone<P>(int Updates, P Parameters, double Loss);
