namespace Functional.Llm;

/// <summary>How often a classifier of two classes calls what is so, and what is not so, by its name.</summary>
/// <param name="TruePositive">Rightly called positive.</param>
/// <param name="FalsePositive">Called positive, and negative.</param>
/// <param name="FalseNegative">Called negative, and positive.</param>
/// <param name="TrueNegative">Rightly called negative.</param>
public sealed record Confusion(int TruePositive, int FalsePositive, int FalseNegative, int TrueNegative)
{
    /// <summary>The calls of logits z, positive from z = 0 on, where P = ½.</summary>
    /// <remarks>z (…), t (…) of 0 and 1.</remarks>
    public static Confusion Of(Tensor logits, Tensor targets)
    {
        var pairs = logits.ToArray().Zip(targets.ToArray(), (z, t) => (IsCalled: z >= 0, Is: t > 0)).ToArray();
        return new(Count(true, true), Count(true, false), Count(false, true), Count(false, false));

        int Count(bool isCalled, bool isSo) => pairs.Count(pair => pair == (isCalled, isSo));
    }

    /// <summary>The fraction of right calls; NaN of none.</summary>
    public double Accuracy() => (double)(TruePositive + TrueNegative) / (TruePositive + FalsePositive + FalseNegative + TrueNegative);
}
