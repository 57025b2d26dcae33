namespace Functional.Llm;

/// <summary>x ↦ (x − μ) / σ, column by column: features of mean 0 and deviation 1, for which one learning rate serves all.</summary>
/// <param name="Mean">μ (F).</param>
/// <param name="Deviation">σ (F), of the population: √(1/N Σ (x − μ)²); 1 where a column is constant.</param>
public sealed record Standardizer(Tensor Mean, Tensor Deviation)
{
    /// <summary>The means and deviations of the columns of x (N, F).</summary>
    /// <exception cref="ShapeException">x is not a matrix, or has no rows.</exception>
    /// <exception cref="FunctionalLlmException">The mean or deviation of a column is too large for a <see cref="Real"/>.</exception>
    public static Standardizer Of(Tensor x)
    {
        if (x.Rank != 2 || x.Shape.Sizes[0] == 0)
            throw new ShapeException("standardize", $"shape {x.Shape} is not a matrix with rows", "Pass a matrix of shape [rows, features].");
        var mean = x.Mean(0);
        var deviation = (x - mean).Square().Mean(0).Sqrt().Map(s => s == 0 ? 1 : s);
        for (var column = 0; column < mean.Size; column++)
        {
            if (!Real.IsFinite(mean.At(column)) || !Real.IsFinite(deviation.At(column)))
                throw new FunctionalLlmException($"standardize: the numbers of column {column} are too large: mean {mean.At(column)}, deviation {deviation.At(column)}. Divide them by a power of ten.");
        }

        return new(mean, deviation);
    }

    /// <summary>The map that changes nothing, for <paramref name="features"/> columns.</summary>
    public static Standardizer None(int features) => new(Tensor.Zeros(features), Tensor.Ones(features));

    /// <summary>(x − μ) / σ. x (N, F).</summary>
    public Tensor Apply(Tensor x) => (x - Mean) / Deviation;

    /// <summary>σ z + μ: back in the data's units. z (N, F).</summary>
    public Tensor Invert(Tensor z) => z * Deviation + Mean;
}
