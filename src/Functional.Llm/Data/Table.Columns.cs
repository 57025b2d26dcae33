using System.Collections.Immutable;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Llm;

// Which columns to learn from, where nobody says.
public sealed partial class Table
{
    /// <summary>The names of the columns that seem to measure something: at least half of the values in them are numbers.</summary>
    /// <remarks>A first column that only counts the rows, as 0, 1, 2, … or 1, 2, 3, …, measures nothing. A word among the numbers does not take
    /// its column away: <see cref="Numbers"/> then says where it stands, instead of a result from other columns that says nothing.</remarks>
    public ImmutableArray<string> MeasuredColumns() => [.. Columns.Where((_, column) => Measures(column) && !CountsRows(column))];

    /// <summary>The column to predict, and those to predict it from: as asked for, or else from the columns that measure something.</summary>
    /// <param name="features">The columns to predict from; where there are none, all that measure something but the target.</param>
    /// <param name="target">The column to predict; null for the usual one, or else for the last that measures something and is no feature.</param>
    /// <param name="usual">The usual name of the target.</param>
    /// <param name="except">A column that has another part to play, if there is one.</param>
    /// <returns>The names, or an error where no column is left for one of the two parts. Whether the table has those asked for is not said.</returns>
    public Either<Error, (ImmutableArray<string> Features, string Target)> Roles(
        ImmutableArray<string> features, string? target, string usual = "y", string? except = null)
    {
        // Where nothing else is left, a column that counts the rows will do.
        foreach (var candidates in new[] { MeasuredColumns(), [.. Columns.Where((_, column) => Measures(column))] })
        {
            var free = candidates.RemoveAll(name => name == except || name == target || (!features.IsDefault && features.Contains(name)));
            var chosen = target ?? (free.Contains(usual) ? usual : free.LastOrDefault());
            var others = features.IsDefaultOrEmpty ? free.RemoveAll(name => name == chosen) : features;
            if (chosen is not null && !others.IsEmpty)
                return (others, chosen);
        }
        return source.At(
            source.Start, $"no column of numbers beside {Spelling.List([.. features.IsDefault ? [] : features, target ?? Columns[^1]])}",
            "one to predict and one to predict it from", "check that this is the file you mean");
    }

    bool Measures(int column)
    {
        var present = Enumerable.Range(0, Rows).Where(row => !IsMissing(row, column)).ToArray();
        return present.Length > 0 && 2 * present.Count(row => Number(row, column) is not null) >= present.Length;
    }

    bool CountsRows(int column) =>
        column == 0 && Rows > 1 && Number(0, 0) is 0.0 or 1.0 && Enumerable.Range(1, Rows - 1).All(row => Number(row, 0) == Number(0, 0) + row);
}
