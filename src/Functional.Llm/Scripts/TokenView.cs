using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Unicode;
using Spectre.Console;

namespace Functional.Llm;

/// <summary>A text's tokens as people look at them: coloured in a terminal and on a page, one colour after another.</summary>
public static class TokenView
{
    // Pale, so that black letters are read on them; neighbours differ also in lightness.
    static readonly ImmutableArray<string> Colours = ["#CFE8FF", "#FFD9B3", "#C9F2DE", "#E9D5F5", "#FFF3A8"];

    /// <summary>What a token adds to a text: its characters, or its bytes in hexadecimal where they are only a part of one.</summary>
    public static string Piece(this Tokenizer tokenizer, int id)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var bytes = tokenizer.Bytes(id).Span;
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : $"<{Convert.ToHexString(bytes)}>";
    }

    /// <summary>Writes pieces in colours, or with bars between them where there are none.</summary>
    public static void WritePieces(this ScriptOptions options, IReadOnlyList<string> pieces)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Console.Profile.Capabilities.ColorSystem == ColorSystem.NoColors)
        {
            options.Print(string.Join('|', pieces));
            return;
        }

        var text = new Paragraph();
        foreach (var (place, piece) in pieces.Index())
            text.Append(piece, Style.Parse($"black on {Colours[place % Colours.Length]}"));
        options.Console.Write(text);
        options.Print();
    }

    /// <summary>A page with the pieces in colours; each tells its id when pointed at.</summary>
    public static string Html(string title, IReadOnlyList<string> pieces, IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        ArgumentNullException.ThrowIfNull(ids);
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><title>").Append(WebUtility.HtmlEncode(title)).Append("</title>\n<style>\n")
            .Append("body { font: 18px/2 ui-monospace, monospace; max-width: 60em; margin: 2em auto; padding: 0 1em; background: #FFF; color: #222 }\n")
            .Append("h1 { font-size: 1.2em } p { white-space: pre-wrap; overflow-wrap: anywhere } span { border-radius: 4px; padding: 3px 0 }\n");
        foreach (var (i, colour) in Colours.Index())
            page.Append(CultureInfo.InvariantCulture, $".c{i} {{ background: {colour} }}\n");
        page.Append("</style></head>\n<body><h1>").Append(WebUtility.HtmlEncode(title)).Append("</h1>\n<p>");
        foreach (var (place, piece) in pieces.Index())
            page.Append(CultureInfo.InvariantCulture, $"<span class=\"c{place % Colours.Length}\" title=\"{ids[place]}\">{WebUtility.HtmlEncode(OnPage(piece))}</span>");
        return page.Append("</p></body></html>\n").ToString();
    }

    /// <summary>A token on one line: its spaces and control characters as pictures of themselves.</summary>
    public static string Visible(ReadOnlyMemory<byte> token) =>
        string.Concat(Encoding.UTF8.GetString(token.Span).Select(c => c <= ' ' ? (char)('␀' + c) : c));

    /// <summary>Control characters that a page cannot hold become pictures of themselves; a line feed is shown and kept.</summary>
    static string OnPage(string piece) => string.Concat(piece.Select(c => c == '\n' ? "⏎\n" : c < ' ' && c != '\t' ? ((char)('␀' + c)).ToString() : c.ToString()));
}
