using System.Collections.Immutable;

namespace Functional.Llm;

/// <summary>Numbers from a table: N rows of the columns that were asked for, in the order of asking.</summary>
/// <param name="Columns">The names of the C columns.</param>
/// <param name="Values">The N · C numbers, row after row; all are finite.</param>
/// <param name="SourceRows">For each of the N rows, its index in the table it came from.</param>
/// <param name="Dropped">How many rows were left out because a value was missing.</param>
public sealed record NumberTable(
    ImmutableArray<string> Columns, ImmutableArray<double> Values, ImmutableArray<int> SourceRows, int Dropped)
{
    /// <summary>N, the number of rows.</summary>
    public int Rows => SourceRows.Length;

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
}
