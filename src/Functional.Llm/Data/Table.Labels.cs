using System.Collections.Immutable;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Llm;

// Cells as labels, that is classes and groups; and which columns are not labels.
public sealed partial class Table
{
    /// <summary>The texts of one column, row by row; null where the value is missing and rows that lack one are to be dropped.</summary>
    /// <param name="column">The name of the column.</param>
    /// <param name="missing">What to do with a missing value: an empty cell, <c>?</c>, <c>NA</c>, <c>NaN</c> or <c>null</c>, in any case.</param>
    /// <returns>The texts, or the first error: an unknown column, or a missing value.</returns>
    public Either<Error, ImmutableArray<string?>> Labels(string column, MissingPolicy missing = MissingPolicy.Error)
    {
        var index = Columns.IndexOf(column);
        if (index < 0)
            return UnknownColumn(column);
        var labels = ImmutableArray.CreateBuilder<string?>(Rows);
        for (var row = 0; row < Rows; row++)
        {
            var isMissing = IsMissing(row, index);
            if (isMissing && missing == MissingPolicy.Error)
                return Unfit(row, index, "a label", HowToMendMissing, "the missing value ");
            labels.Add(isMissing ? null : this[row, index]);
        }
        return labels.MoveToImmutable();
    }

    /// <summary>The names of the columns that seem to measure something: at least half of their cells hold numbers.</summary>
    /// <remarks>A first column that only counts the rows, as 0, 1, 2, … or 1, 2, 3, …, measures nothing. A word among the numbers does not take
    /// its column away: <see cref="Numbers"/> then says where it stands, instead of a result from other columns that says nothing.</remarks>
    public ImmutableArray<string> MeasuredColumns() =>
        [.. Columns.Where((_, column) => 2 * Enumerable.Range(0, Rows).Count(row => Number(row, column) is not null) >= Rows && !CountsRows(column))];

    bool CountsRows(int column) =>
        column == 0 && Rows > 1 && Number(0, 0) is 0.0 or 1.0 && Enumerable.Range(1, Rows - 1).All(row => Number(row, 0) == Number(0, 0) + row);
}
