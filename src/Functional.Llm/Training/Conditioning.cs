namespace Functional.Llm;

/// <summary>How differently a linear model of one feature curves its loss in different directions of (w, b).</summary>
/// <remarks>
/// The squared error's Hessian is 2 M and the log-loss's at most M/4, where M = 1/N Σ (x, 1)(x, 1)ᵀ is the second-moment matrix of the
/// feature and the constant. Gradient descent is stable only for η &lt; 2 / (largest curvature), and then needs about
/// <see cref="Ratio"/> updates in the flattest direction (Nesterov 2004, section 2.1).
/// </remarks>
/// <param name="Steepest">The larger eigenvalue of M, in squared units of the feature.</param>
/// <param name="Flattest">The smaller one.</param>
public readonly record struct Conditioning(double Steepest, double Flattest)
{
    /// <summary>The conditioning of one feature, x (N, 1).</summary>
    public static Conditioning Of(Tensor x)
    {
        var (mean, square) = ((double)x.Mean().Value, (double)x.Square().Mean().Value);
        // Eigenvalues of [[square, mean], [mean, 1]]; the smaller by the determinant, which loses no digits.
        var half = (square + 1) / 2;
        var steepest = half + Math.Sqrt(Math.Pow((square - 1) / 2, 2) + mean * mean);
        var variance = (double)(x - mean).Square().Mean().Value;
        return new(steepest, variance / steepest);
    }

    /// <summary>κ, the condition number: 1 when the feature is standardised.</summary>
    public double Ratio => Steepest / Flattest;

    /// <summary>The learning rate beyond which the log-loss may diverge: 2 / (Steepest / 4).</summary>
    public double LargestRate => 8 / Steepest;

    /// <summary>What became of gradient descent on the log-loss of such a feature, why, and what to do.</summary>
    /// <param name="feature">What the feature is called, in the plural: "scores".</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="losses">The loss before the first update and after each.</param>
    /// <param name="accuracy">The fraction that is right at the end.</param>
    public string Diagnosis(string feature, double rate, ImmutableArray<double> losses, double accuracy)
    {
        var seen = losses.Max() > 2 * losses[0]
            ? $"the loss rose from {losses[0]:F4} to {losses.Max():F2} and ended at {losses[^1]:F2}: every step overshoots the minimum and lands higher on the other side, so training diverges"
            : $"the loss went from {losses[0]:F4} to {losses[^1]:F4} in {losses.Length - 1} updates, with {accuracy:P0} right: training is stable, but it crawls";
        return $"""
            What was seen: {seen}.
            Why: unscaled {feature} curve the loss {Ratio:0.0e0} times as much in one direction of (w, b) as in the other. Steps are sure to be stable only below
            the rate 2/curvature = {LargestRate:0.00e0} (this run: {rate:0.00e0}), and at that rate the flat direction needs about {Ratio:0.0e0} updates.
            What to do: standardise the {feature}; the ratio is then 1, and the rate 0.1 does.
            """;
    }
}
