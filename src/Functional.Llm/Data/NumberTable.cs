using System.Collections.Immutable;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Llm;

/// <summary>Numbers from a table: N rows of the columns that were asked for, in the order of asking.</summary>
/// <param name="Source">The table that they come from.</param>
/// <param name="Columns">The names of the C columns.</param>
/// <param name="Values">The N · C numbers, row after row; all are finite.</param>
/// <param name="SourceRows">For each of the N rows, its index in the table.</param>
public sealed record NumberTable(
    Table Source, ImmutableArray<string> Columns, ImmutableArray<double> Values, ImmutableArray<int> SourceRows)
{
    const double Largest = 1e18;

    /// <summary>N, the number of rows.</summary>
    public int Rows => SourceRows.Length;

    /// <summary>How many rows of the table were left out because a value was missing.</summary>
    public int Dropped => Source.Rows - Rows;

    /// <summary>The number in a row and a column, both counted from 0.</summary>
    public double this[int row, int column] => Values[(row * Columns.Length) + column];

    /// <summary>The N numbers of one column.</summary>
    /// <exception cref="FunctionalLlmException">There is no such column.</exception>
    public ImmutableArray<double> Column(string name)
    {
        var column = Columns.IndexOf(name);
        return column >= 0
            ? [.. Enumerable.Range(0, Rows).Select(row => this[row, column])]
            : throw new FunctionalLlmException($"no column of numbers {Spelling.Quoted(name)}; expected one of {Spelling.List(Columns)}");
    }

    /// <summary>The N texts that stand in one column of the table, for classes and groups.</summary>
    /// <exception cref="FunctionalLlmException">The table has no such column.</exception>
    public ImmutableArray<string> Labels(string name)
    {
        var column = Source.Columns.IndexOf(name);
        return column >= 0
            ? [.. SourceRows.Select(row => Source[row, column])]
            : throw new FunctionalLlmException($"no column {Spelling.Quoted(name)}; expected one of {Spelling.List(Source.Columns)}");
    }

    /// <summary>The same numbers, where those of one column are as they should be; otherwise the first that is not, at its place in the file.</summary>
    /// <param name="name">The column.</param>
    /// <param name="isFit">Whether a number is as it should be.</param>
    /// <param name="expected">What the number should be.</param>
    /// <param name="mend">What to do about it.</param>
    public Either<Error, NumberTable> Where(string name, Func<double, bool> isFit, string expected, string mend)
    {
        var numbers = Column(name);
        var wrong = Enumerable.Range(0, Rows).FirstOrDefault(row => !isFit(numbers[row]), -1);
        return wrong < 0 ? this : Source.Unfit(SourceRows[wrong], name, expected, mend);
    }

    /// <summary>The same numbers, where each of these columns, or of all, has two different ones at least, as a line through them needs.</summary>
    public Either<Error, NumberTable> WhereVary(params ImmutableArray<string> names)
    {
        var constant = (names.IsDefaultOrEmpty ? Columns : names).FirstOrDefault(name => Column(name) is var numbers && numbers.All(number => number == numbers[0]));
        return constant is null ? this
            : Source.Unfit(SourceRows[^1], constant, $"two different numbers in {Rows} row{(Rows == 1 ? "" : "s")}", "choose other columns");
    }

    /// <summary>The same numbers, where all of these columns, or of all, fit into single precision with their squares, as a variance needs them.</summary>
    public Either<Error, NumberTable> WhereSingle(params ImmutableArray<string> names) =>
        (names.IsDefaultOrEmpty ? Columns : names).Aggregate((Either<Error, NumberTable>)this, (numbers, name) => numbers.Bind(n => n.Where(
            name, value => Math.Abs(value) <= Largest, "a number of at most 1e18, for single precision", "give the column in a larger unit")));

    /// <summary>The rows of each label in a column of the table, in the order in which the labels come.</summary>
    /// <exception cref="FunctionalLlmException">The table has no such column.</exception>
    public ImmutableArray<(string Label, NumberTable Rows)> GroupBy(string name) =>
        [.. Labels(name).Select((label, row) => (label, row)).GroupBy(pair => pair.label, pair => pair.row).Select(group => (group.Key, Take(group)))];

    /// <summary>Some of the rows, in the order of naming.</summary>
    public NumberTable Take(IEnumerable<int> rows)
    {
        ImmutableArray<int> places = [.. rows];
        return this with
        {
            Values = [.. places.SelectMany(row => Enumerable.Range(0, Columns.Length).Select(column => this[row, column]))],
            SourceRows = [.. places.Select(row => SourceRows[row])],
        };
    }
}
