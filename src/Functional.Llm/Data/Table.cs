using System.Collections.Immutable;
using System.Text;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Llm;

/// <summary>An immutable table of text cells in named columns, each of which knows its place in the file it came from.</summary>
/// <remarks>It holds the bytes of the file and where each cell begins in them; a cell becomes text or a number when it is asked for.
/// An error at the file's edge is one line, <c>file:line:column: what was found; what was expected; how to mend it</c>.</remarks>
public sealed partial class Table
{
    readonly SourceFile source;
    readonly ImmutableArray<int> starts;

    /// <summary>A table of the cells that begin at the given places of a file.</summary>
    /// <param name="source">The file.</param>
    /// <param name="columns">The names of the columns, all different.</param>
    /// <param name="starts">Where each cell begins, row after row; it reaches to the next, and all but a row's last end with a separator.</param>
    internal Table(SourceFile source, ImmutableArray<string> columns, ImmutableArray<int> starts) =>
        (this.source, Columns, this.starts) = (source, columns, starts);

    /// <summary>The names of the columns.</summary>
    public ImmutableArray<string> Columns { get; }

    /// <summary>The number of rows, the header not counted.</summary>
    public int Rows => starts.Length / Columns.Length;

    /// <summary>The text of a cell, both indices counted from 0, without its quotes and the white space around it.</summary>
    public string this[int row, int column]
    {
        get
        {
            var cell = Encoding.UTF8.GetString(Cell(row, column));
            return cell.StartsWith('"') ? cell[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : cell;
        }
    }

    /// <summary>Reads a file: CSV with a header line (RFC 4180; comma, semicolon or tab), or UCI's auto-mpg.data as it is.</summary>
    /// <returns>The table, or the first thing that is wrong with the file.</returns>
    public static Either<Error, Table> Read(string path) => SourceFile.Read(path).Bind(Parse);

    /// <summary>Reads text as <see cref="Read"/> reads a file; errors speak of <paramref name="name"/> as of the file.</summary>
    public static Either<Error, Table> FromText(string text, string name) => Parse(new SourceFile(name, Encoding.UTF8.GetBytes(text)));

    /// <summary>The error that a cell's value deserves, at its place in the file.</summary>
    /// <param name="row">The row, counted from 0.</param>
    /// <param name="column">The name of the column.</param>
    /// <param name="expected">What the cell should hold.</param>
    /// <param name="mend">What to do about it.</param>
    /// <returns><c>file:line:column: 'value' in column 'name'; expected …; mend</c>.</returns>
    public Error Unfit(int row, string column, string expected, string mend) => Unfit(row, Columns.IndexOf(column), expected, mend);

    Error Unfit(int row, int column, string expected, string mend, string what = "") => source.At(
        starts[(row * Columns.Length) + column],
        $"{what}{Spelling.Quoted(this[row, column])} in column {Spelling.Quoted(Columns[column])}",
        expected,
        mend);

    static Either<Error, Table> Parse(SourceFile source) =>
        source.Bytes.Span[source.Start..].IndexOfAnyExcept(" \t\r\n"u8) < 0
            ? source.At(source.Start, "an empty file", "a header line that names the columns, then rows", "check that this is the file you mean")
            : AutoMpg.Recognises(source) ? AutoMpg.Parse(source) : Csv.Parse(source);

    /// <summary>A cell as it stands in the file, quotes included, without the white space around it.</summary>
    ReadOnlySpan<byte> Cell(int row, int column)
    {
        var cell = (row * Columns.Length) + column;
        var bytes = source.Bytes.Span[starts[cell]..(cell + 1 < starts.Length ? starts[cell + 1] : source.Bytes.Length)];
        return (column + 1 < Columns.Length ? bytes[..^1] : bytes).Trim(" \t\r\n"u8);
    }
}
