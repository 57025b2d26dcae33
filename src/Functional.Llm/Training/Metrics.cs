namespace Functional.Llm;

/// <summary>How far predictions are from what they should be.</summary>
public static class Metrics
{
    /// <summary>√(1/n Σ (y − t)²) over all n elements, in units of the target.</summary>
    /// <remarks>y (…), t (…).</remarks>
    public static double RootMeanSquaredError(Tensor predictions, Tensor targets) => (predictions - targets).Square().Mean().Sqrt().Value;

    /// <summary>1/n Σ |y − t| over all n elements, in units of the target.</summary>
    /// <remarks>y (…), t (…).</remarks>
    public static double MeanAbsoluteError(Tensor predictions, Tensor targets) => (predictions - targets).Abs().Mean().Value;
}
