using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CsvHelper;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Llm;

/// <summary>Comma-separated values (RFC 4180) under a header line, which may show semicolons or tabs instead of commas.</summary>
internal static class Csv
{
    /// <summary>The table in a file that is not empty, or the first thing that is wrong with it.</summary>
    public static Either<Error, Table> Parse(SourceFile source)
    {
        CsvMalformedRecord? malformed = null;
        using var reader = CsvReader.Create(source.Bytes, new CsvReaderOptions
        {
            HasHeader = false,
            Separator = Separator(source.Bytes.Span[source.Start..]),
            TrimWhitespace = true,
            OnMalformedRecord = record => malformed ??= record,
        });
        var (columns, starts) = (ImmutableArray<string>.Empty, ImmutableArray.CreateBuilder<int>());
        while (reader.Read())
        {
            AddStarts(starts, reader);
            if (malformed is { } record)
                return Malformed(source, record, starts);
            if (!columns.IsEmpty && reader.FieldCount != columns.Length)
                return Ragged(source, reader, columns.Length, starts);
            if (!columns.IsEmpty)
                continue;
            columns = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)];
            if (HeaderFault(source, columns, starts) is { } fault)
                return fault;
            starts.Clear();
        }
        return starts.Count > 0
            ? new Table(source, columns, starts.ToImmutable())
            : source.At(source.Bytes.Length, "no rows under the header", "at least one row", "check that this is the file you mean");
    }

    /// <summary>The separator that stands most often in the header line, outside quotes; a comma when in doubt.</summary>
    static char Separator(ReadOnlySpan<byte> text)
    {
        var fromHeader = text.TrimStart("\r\n"u8);
        var header = fromHeader.IndexOfAny("\r\n"u8) is >= 0 and var end ? fromHeader[..end] : fromHeader;
        var bare = string.Concat(Encoding.UTF8.GetString(header).Split('"').Where((_, part) => part % 2 == 0));
        return ",;\t".MaxBy(separator => bare.Count(c => c == separator));
    }

    /// <summary>Adds where the cells of the current record begin in the file: each lies behind the one before it and a separator.</summary>
    static void AddStarts(ImmutableArray<int>.Builder starts, CsvReader reader)
    {
        var next = (int)reader.ByteOffset;
        for (var i = 0; i < reader.FieldCount; i++)
        {
            starts.Add(next);
            next += reader.GetRawSpan(i).Length + 1;
        }
    }

    static Error? HeaderFault(SourceFile source, ImmutableArray<string> columns, ImmutableArray<int>.Builder starts)
    {
        if (columns.All(name => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
            return source.At(starts[0], "numbers in the first line", "a header line that names the columns", "put one above the rows");
        var seen = new System.Collections.Generic.HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].Length == 0)
                return source.At(starts[i], "a column without a name", "a name for every column", "name it in the header line");
            if (!seen.Add(columns[i]))
                return source.At(starts[i], $"a second column {Spelling.Quoted(columns[i])}", "different names", "rename one of the two");
        }
        return null;
    }

    /// <summary>A row of too many or too few cells, where the first surplus cell begins or the row ends too early.</summary>
    static Error Ragged(SourceFile source, CsvReader reader, int expected, ImmutableArray<int>.Builder starts)
    {
        var (found, end) = (reader.FieldCount, (int)reader.ByteOffset + reader.RawRecord.Length);
        var (at, mend) = found > expected
            ? (starts[^(found - expected)], "remove the surplus cells, or put a cell that holds a separator in quotes")
            : (end, "add the cells that are lacking");
        return source.At(at, $"a row of {found} cells", $"{expected}, as in the header line", mend);
    }

    /// <summary>A quote where none may be, at the beginning of its cell.</summary>
    static Error Malformed(SourceFile source, CsvMalformedRecord record, ImmutableArray<int>.Builder starts)
    {
        var cell = starts.Last(start => start <= record.ByteOffset);
        return record.Reason == CsvMalformedReason.UnterminatedQuote
            ? source.At(cell, "a quote that is never closed", "a closing quote", "close it, or double it (\"\") if it is part of the text")
            : source.At(cell, "a quote inside a cell", "quotes around a whole cell only", "put the cell in quotes, and double (\"\") those inside");
    }
}
