using System.Text;

namespace Functional.Llm;

/// <summary>A rectangle of the picture in pixels; y grows downwards.</summary>
internal readonly record struct Box(double Left, double Top, double Right, double Bottom)
{
    public double Width => Right - Left;

    public double Height => Bottom - Top;

    public bool Overlaps(Box other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;

    public bool Holds(Box other) => Left <= other.Left && other.Right <= Right && Top <= other.Top && other.Bottom <= Bottom;

    public Box Grown(double margin) => new(Left - margin, Top - margin, Right + margin, Bottom + margin);
}

/// <summary>Sizes of text, estimated without a font: a viewer's sans-serif is not known, so the widths are those of a wide one.</summary>
internal static class Lettering
{
    /// <summary>Font size of numbers and labels in pixels of the 800 pixel wide canvas: still 8.5 at half size.</summary>
    public const double Size = 17;

    /// <summary>Font size of titles in pixels.</summary>
    public const double TitleSize = 20;

    /// <summary>How much wider bold text is.</summary>
    public const double Bold = 1.12;

    /// <summary>Distance between base lines in pixels.</summary>
    public const double Line = 22;

    /// <summary>Estimated width in pixels.</summary>
    public static double Width(string text, double size = Size) => size * text.EnumerateRunes().Sum(Advance);

    /// <summary>The text itself, or as much of its beginning as fits, with an ellipsis.</summary>
    public static string Shorten(string text, double width, double size = Size)
    {
        if (Width(text, size) <= width)
            return text;
        var kept = new StringBuilder();
        var used = Width("…", size);
        foreach (var rune in text.EnumerateRunes())
        {
            used += size * Advance(rune);
            if (used > width)
                break;
            kept.Append(rune.ToString());
        }

        return kept.ToString().TrimEnd() + "…";
    }

    /// <summary>Words filled into lines of a width, at most so many; what remains is shortened into the last one.</summary>
    public static ImmutableArray<string> Wrap(string text, double width, int most, double size = Size)
    {
        var lines = new List<string>();
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines.Count > 0 && (lines.Count == most || Width($"{lines[^1]} {word}", size) <= width))
                lines[^1] += $" {word}";
            else
                lines.Add(word);
        }

        return [.. lines.Select(line => Shorten(line, width, size))];
    }

    // Classes of DejaVu Sans, in em: the widest of the fonts that browsers choose for sans-serif.
    static double Advance(Rune rune) => rune.Value switch
    {
        >= 0x300 and < 0x370 => 0,
        'm' or 'w' or 'M' or 'W' or '@' or '%' or '—' or '…' => 1,
        'i' or 'j' or 'l' or 'I' or '.' or ',' or ':' or ';' or '\'' or '|' or '!' or ' ' => 0.34,
        'f' or 't' or 'r' or '(' or ')' or '[' or ']' or '-' or '/' or '"' => 0.43,
        '×' or '−' or '+' or '=' or '<' or '>' or '&' or '#' or '~' => 0.84,
        (>= '⁰' and <= '₎') or '²' or '³' or '¹' => 0.45,
        (>= 'A' and <= 'Z') or (>= 0x370 and < 0x530) => 0.76,
        < 0x1100 => 0.64,
        < 0x2E80 => 0.9,
        _ => 1.3,
    };
}
