namespace Functional.Llm;

/// <summary>Training that diverges, told in words before anyone takes its numbers for a result.</summary>
public static class Divergence
{
    /// <summary>A loss that ends beyond this multiple of what it was at the start is no noise of small batches.</summary>
    const double Multiple = 2;

    /// <summary>The same steps, as long as their losses and gradients are finite.</summary>
    /// <param name="steps">The steps of a training.</param>
    /// <param name="what">What is trained, for the message: "the network".</param>
    /// <exception cref="FunctionalLlmException">A loss or a gradient is not finite: what was seen, why, and what to do.</exception>
    public static IEnumerable<TraceStep<P>> OrDiverged<P>(this IEnumerable<TraceStep<P>> steps, string what)
    {
        var (first, last) = (double.NaN, double.NaN);
        foreach (var step in steps)
        {
            if (!Real.IsFinite(step.Loss) || !double.IsFinite(step.GradientNorm))
                throw Diverged(what, step.Step == 1 ? step.Loss : first, step.Step == 1 ? step.Loss : last, step.Step - 1, step.Rate, isFinite: false);
            (first, last) = (step.Step == 1 ? step.Loss : first, step.Loss);
            yield return step;
        }
    }

    /// <summary>The loss after training, unless it is far above the loss before, or not a number.</summary>
    /// <param name="after">The loss after the last update.</param>
    /// <param name="before">The loss of the same data before the first.</param>
    /// <param name="updates">How many updates there were.</param>
    /// <param name="rate">Their learning rate.</param>
    /// <param name="what">What was trained, for the message: "the network".</param>
    /// <exception cref="FunctionalLlmException">Training diverged: what was seen, why, and what to do.</exception>
    public static double OrDiverged(this double after, double before, int updates, double rate, string what) =>
        after <= Multiple * before ? after : throw Diverged(what, before, after, updates, rate, double.IsFinite(after));

    static FunctionalLlmException Diverged(string what, double before, double after, int updates, double rate, bool isFinite) => new(
        $"{what}: training diverges: the loss was {before:G4} before the first update, and after {updates:N0} update{(updates == 1 ? "" : "s")} it "
        + (isFinite ? $"is {after:G4}" : $"is no longer a finite number{(double.IsFinite(after) && updates > 1 ? $" ({after:G4} just before)" : "")}")
        + $". At the rate {rate:G4} every step overshoots the minimum and lands higher on its other side. Try a smaller rate, such as {Smaller(rate):G2}.");

    static double Smaller(double rate) => Math.Min(rate / 10, 0.1);
}
