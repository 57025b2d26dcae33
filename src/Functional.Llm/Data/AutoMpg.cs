using System.Collections.Immutable;
using System.Globalization;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Llm;

/// <summary>The format of UCI's auto-mpg.data: no header, eight numbers or <c>?</c> in columns, and a car's name in quotes.</summary>
internal static class AutoMpg
{
    static readonly ImmutableArray<string> Columns =
        ["mpg", "cylinders", "displacement", "horsepower", "weight", "acceleration", "year", "origin", "name"];

    /// <summary>Whether the first line has this format.</summary>
    public static bool Recognises(SourceFile source)
    {
        var text = source.Bytes.Span;
        var starts = Starts(text, source.Start, LineEnd(text, source.Start));
        return starts.Length == Columns.Length
            && text[starts[^1]] == '"'
            && starts[..^1].All(start => IsNumberOrUnknown(source.Bytes.Span[start..]));
    }

    /// <summary>The table in a file of this format, or the first line that has another.</summary>
    public static Either<Error, Table> Parse(SourceFile source)
    {
        var text = source.Bytes.Span;
        var cells = ImmutableArray.CreateBuilder<int>();
        for (var start = source.Start; start < text.Length; start = LineEnd(text, start) + 1)
        {
            var end = LineEnd(text, start);
            var starts = Starts(text, start, end);
            if (starts.Length != 0 && starts.Length != Columns.Length)
                return source.At(
                    starts.Length > Columns.Length ? starts[Columns.Length] : end,
                    $"a row of {starts.Length} cells",
                    $"{Columns.Length}: {string.Join(", ", Columns)}",
                    "put the name in quotes, and ? where a value is unknown");
            if (starts.Length != 0 && text[starts[^1]] == '"' && !text[(starts[^1] + 1)..end].TrimEnd(" \t"u8).EndsWith("\""u8))
                return source.At(starts[^1], "a quote that is never closed", "a closing quote", "close it");
            cells.AddRange(starts);
        }
        return new Table(source, Columns, cells.ToImmutable());
    }

    /// <summary>Where the cells of the line [start, end) begin: runs of visible characters, or text in quotes.</summary>
    static int[] Starts(ReadOnlySpan<byte> text, int start, int end)
    {
        var starts = new List<int>();
        for (var at = NextCell(text, start, end); at < end; at = NextCell(text, at, end))
        {
            starts.Add(at);
            var close = text[at] == '"' ? text[(at + 1)..end].IndexOf((byte)'"') : 0;
            at = close < 0 ? end : at + 1 + close + Until(text[(at + 1 + close)..end], " \t"u8);
        }
        return [.. starts];
    }

    static int NextCell(ReadOnlySpan<byte> text, int at, int end) =>
        text[at..end].IndexOfAnyExcept(" \t"u8) is >= 0 and var space ? at + space : end;

    static int LineEnd(ReadOnlySpan<byte> text, int start) => start + Until(text[start..], "\r\n"u8);

    static int Until(ReadOnlySpan<byte> text, ReadOnlySpan<byte> stops) =>
        text.IndexOfAny(stops) is >= 0 and var length ? length : text.Length;

    static bool IsNumberOrUnknown(ReadOnlySpan<byte> rest)
    {
        var cell = rest[..Until(rest, " \t"u8)];
        return cell.SequenceEqual("?"u8) || double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
    }
}
