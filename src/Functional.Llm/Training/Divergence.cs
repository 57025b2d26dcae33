namespace Functional.Llm;

/// <summary>Training that diverges, told in words before anyone takes its numbers for a result.</summary>
public static class Divergence
{
    /// <summary>A loss that ends beyond this multiple of what it was at the start is no noise of small batches.</summary>
    const double Multiple = 2;

    /// <summary>The same steps; if one meets a number that is not finite, the failure tells what is trained.</summary>
    /// <param name="steps">The steps of a training.</param>
    /// <param name="what">What is trained, for the message: "the network".</param>
    /// <exception cref="DivergenceException">A loss or a gradient is not finite.</exception>
    public static IEnumerable<TraceStep<P>> OrDiverged<P>(this IEnumerable<TraceStep<P>> steps, string what) => steps.Until(e => throw e.Of(what));

    /// <summary>The same steps, up to the one that meets a number that is not finite.</summary>
    public static IEnumerable<TraceStep<P>> UntilDiverged<P>(this IEnumerable<TraceStep<P>> steps) => steps.Until(_ => { });

    /// <summary>The same steps; where they diverge, something is done, and they end.</summary>
    static IEnumerable<TraceStep<P>> Until<P>(this IEnumerable<TraceStep<P>> steps, Action<DivergenceException> diverged)
    {
        using var each = steps.GetEnumerator();
        while (Next())
            yield return each.Current;

        bool Next()
        {
            try
            {
                return each.MoveNext();
            }
            catch (DivergenceException e)
            {
                diverged(e);
                return false;
            }
        }
    }

    /// <summary>The loss after training, unless it is far above the loss before, or not a number.</summary>
    /// <param name="after">The loss after the last update.</param>
    /// <param name="before">The loss of the same data before the first.</param>
    /// <param name="updates">How many updates there were.</param>
    /// <param name="rate">Their learning rate.</param>
    /// <param name="what">What was trained, for the message: "the network".</param>
    /// <exception cref="DivergenceException">Training diverged: what was seen, why, and what to do.</exception>
    public static double OrDiverged(this double after, double before, int updates, double rate, string what) => after <= Multiple * before ? after
        : throw new DivergenceException(what, Course(new(1, before), updates)
            + (double.IsFinite(after) ? $"it is {after:G4}. " : "it is no longer a finite number. ") + Advice(rate), updates);

    /// <summary>The failure of a step whose loss or gradient is not finite.</summary>
    /// <param name="culprit">What made the first number that is not; null where, computed again, all are.</param>
    /// <param name="first">The first step of the run; none where this is it.</param>
    /// <param name="last">The step before.</param>
    /// <param name="step">The step itself.</param>
    /// <param name="rate">Its rate.</param>
    /// <param name="isClipped">Whether gradients are clipped already.</param>
    internal static DivergenceException NotFinite(Culprit? culprit, LossAt? first, LossAt last, LossAt step, double rate, bool isClipped)
    {
        var (path, operation, seen) = culprit ?? new("", "", "");
        var problem = first is not { } begun
            ? double.IsFinite(step.Loss) ? "training cannot go on: the gradient is not finite" : $"training cannot go on: the loss is {step.Loss}"
            : Course(begun, step.Step - 1) + (double.IsFinite(step.Loss) ? $"the gradient is no longer finite (the loss is {step.Loss:G4})"
                : $"it is no longer a finite number ({last.Loss:G4} just before)");
        var where = culprit is null ? "computed again, all numbers are finite"
            : operation.Length == 0 ? seen : $"the first came from {operation}{(path.Length == 0 ? "" : $" in {path}")}, where {seen}";
        var advice = culprit is null ? "The loss depends on more than its parameters and its batch: give it its randomness as a key."
            : first is null ? "Look at the data, and at the size of the parameters that training starts from."
            : Advice(rate) + (isClipped ? " A longer warm-up lets a rate be larger." : " A warm-up, or clipped gradients (Clip = 1), let a rate be larger.");
        return new("the model", $"{problem}. At step {step.Step:N0}, {where}. {advice}", step.Step, path, operation);
    }

    static string Course(LossAt first, int updates) =>
        $"training diverges: the loss was {first.Loss:G4} {(first.Step == 1 ? "before the first update" : $"at step {first.Step:N0}")}, "
        + $"and after {updates:N0} update{(updates == 1 ? "" : "s")} ";

    static string Advice(double rate) =>
        $"At the rate {rate:G4} every step overshoots the minimum and lands higher on its other side. "
        + $"Try a smaller rate, such as {Math.Min(rate / 10, 0.1):G2}.";
}

/// <summary>The loss before an update, which is counted from 1.</summary>
readonly record struct LossAt(int Step, double Loss);
