namespace Functional.Llm;

/// <summary>Rows divided by chance into those that a model learns from and those held out to judge it.</summary>
/// <remarks>Both keep the order of the data, so that without held-out rows the training rows are the data as it is.</remarks>
/// <param name="Training">The indices of the rows to learn from, ascending; one at least.</param>
/// <param name="HeldOut">The indices of the other rows, ascending.</param>
public sealed record Split(ImmutableArray<int> Training, ImmutableArray<int> HeldOut)
{
    /// <summary>Holds out a fraction of N rows, rounded to whole ones; a fraction above 0 holds out one row at least and leaves one at least.</summary>
    /// <remarks>The key draws an order of the rows, of which the first are held out: with the same key a larger fraction only adds to them.</remarks>
    /// <exception cref="FunctionalLlmException">There are no rows to learn from, or the fraction does not lie in [0, 1).</exception>
    public static Split Of(int rows, double fraction, Key key)
    {
        if (fraction is not (>= 0 and < 1))
            throw new FunctionalLlmException($"split: {fraction} is no fraction of rows to hold out. Pass a number from 0 to below 1.");
        var least = fraction > 0 ? 1 : 0;
        if (rows <= least)
            throw new FunctionalLlmException($"split: {rows} rows cannot be divided. Pass {least + 1} or more{(least > 0 ? ", or hold out none" : "")}.");
        var count = Math.Clamp((int)Math.Round(fraction * rows), least, rows - 1);
        var order = key.Permutation(rows);
        return new([.. order[count..].Order()], [.. order[..count].Order()]);
    }
}
