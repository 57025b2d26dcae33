using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Llm;

// Cells as numbers: what is missing, what is a number, and what is neither.
public sealed partial class Table
{
    const string HowToMendMissing = "fill it in, or leave out the rows that lack a value with --missing drop";
    const string HowToWriteNumbers = "correct the cell, with a decimal point and no thousands separators (1234.5), or choose other columns";
    static readonly ImmutableArray<string> MissingWords = ["", "?", "NA", "NaN", "null"];

    /// <summary>The numbers in the columns named, in the order of naming.</summary>
    /// <param name="columns">The names of one or more columns.</param>
    /// <param name="missing">What to do with a missing value: an empty cell, <c>?</c>, <c>NA</c>, <c>NaN</c> or <c>null</c>, in any case.</param>
    /// <param name="labels">Further columns, of any text, that a row must have a value in; null for none.</param>
    /// <returns>The numbers, or the first error: an unknown column, a missing value, a word, a number out of range, no complete row.</returns>
    /// <remarks>Numbers are written as 1234.5 or 1.2345e3. Separators of thousands are refused: to some, 1,234 is little more than 1.</remarks>
    public Either<Error, NumberTable> Numbers(
        ImmutableArray<string> columns, MissingPolicy missing = MissingPolicy.Error, params IEnumerable<string?> labels)
    {
        string[] labelled = [.. labels.OfType<string>()];
        if (columns.Concat(labelled).FirstOrDefault(name => !Columns.Contains(name, StringComparer.Ordinal)) is { } unknown)
            return UnknownColumn(unknown);
        var indices = columns.Select(name => Columns.IndexOf(name)).ToArray();
        var texts = labelled.Select(name => Columns.IndexOf(name)).ToArray();
        var (values, rows) = (ImmutableArray.CreateBuilder<double>(Rows * indices.Length), ImmutableArray.CreateBuilder<int>(Rows));
        for (var row = 0; row < Rows; row++)
        {
            var complete = true;
            foreach (var column in indices)
            {
                if (IsMissing(row, column) && missing == MissingPolicy.Error)
                    return Unfit(row, column, "a number", HowToMendMissing, "the missing value ");
                else if (IsMissing(row, column))
                    complete = false;
                else if (Number(row, column) is not { } value)
                    return Unfit(row, column, "a number", HowToWriteNumbers);
                else if (!double.IsFinite(value))
                    return Unfit(row, column, "a number between -1.8e308 and 1.8e308", "correct the cell", "the number ");
                else
                    values.Add(value);
            }
            foreach (var column in texts.Where(column => IsMissing(row, column)))
            {
                if (missing == MissingPolicy.Error)
                    return Unfit(row, column, "a label", HowToMendMissing, "the missing value ");
                complete = false;
            }
            if (complete)
                rows.Add(row);
            else
                values.Count = rows.Count * indices.Length;
        }
        return rows.Count > 0
            ? new NumberTable(this, columns, values.ToImmutable(), rows.ToImmutable())
            : source.At(starts[0], "every row lacks a value", $"a complete row in {Spelling.List([.. columns, .. labelled])}", "choose other columns");
    }

    bool IsMissing(int row, int column)
    {
        var cell = Unquoted(row, column);
        return cell.Length <= 4 && MissingWords.Contains(Encoding.UTF8.GetString(cell), StringComparer.OrdinalIgnoreCase);
    }

    double? Number(int row, int column) =>
        double.TryParse(Unquoted(row, column), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>A cell's bytes without its quotes; the doubled quotes inside, which no number has, stay.</summary>
    ReadOnlySpan<byte> Unquoted(int row, int column)
    {
        var cell = Cell(row, column);
        return cell.StartsWith("\""u8) ? cell[1..^1].Trim(" \t\r\n"u8) : cell;
    }

    Error UnknownColumn(string name) => source.At(
        source.Start,
        $"no column {Spelling.Quoted(name)}",
        $"one of {Spelling.List(Columns)}",
        Spelling.Nearest(name, Columns) is { } nearest ? $"did you mean {Spelling.Quoted(nearest)}?" : "choose one of them");
}
