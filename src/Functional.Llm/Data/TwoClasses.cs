using LanguageExt;
using LanguageExt.Common;

namespace Functional.Llm;

/// <summary>The two classes that a column of labels is to be told into.</summary>
/// <param name="Positive">The class to find.</param>
/// <param name="Negative">The other class, or all others together.</param>
public sealed record TwoClasses(string Positive, string Negative)
{
    /// <summary>The classes of a column. More than two are one against the rest, if somebody says which one.</summary>
    /// <param name="rows">The rows to look at.</param>
    /// <param name="column">A column of their table.</param>
    /// <param name="positive">The class to find; null for the last of two by alphabet, such as 1 or yes.</param>
    /// <returns>The classes, or the first label that is one too many, or of a single class, at its place.</returns>
    public static Either<Error, TwoClasses> Of(NumberTable rows, string column, string? positive)
    {
        var labels = rows.Labels(column);
        string[] seen = [.. labels.Distinct()];
        if (seen.Length < 2)
            return Unfit(rows.Rows - 1, "two classes", "choose another --target, or a table with both");
        if (positive is not null && !seen.Contains(positive))
            return Unfit(0, $"{Spelling.Quoted(positive)} somewhere in the column", $"choose --positive from {Spelling.List([.. seen.Order(StringComparer.Ordinal)])}");
        if (positive is null && seen.Length > 2)
            return Unfit(labels.IndexOf(seen[2]), $"only {seen[0]} or {seen[1]}", $"say which class to tell from all others with --positive {seen[0]}");
        var chosen = positive ?? seen.Max(StringComparer.Ordinal)!;
        return new TwoClasses(chosen, seen.Length > 2 ? $"not {chosen}" : seen.Single(label => label != chosen));

        Error Unfit(int row, string expected, string mend) => rows.Source.Unfit(rows.SourceRows[row], column, expected, mend);
    }
}
