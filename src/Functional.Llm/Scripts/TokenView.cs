using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Unicode;
using Spectre.Console;

namespace Functional.Llm;

/// <summary>A text's tokens as people look at them: coloured in a terminal and on a page, one colour after another.</summary>
public static class TokenView
{
    // Pale, so that black letters are read on them; each is one of the 256 that most terminals have.
    static readonly ImmutableArray<string> Colours = ["#AFD7FF", "#FFD7AF", "#D7FFD7", "#FFD7FF", "#FFFFAF"];

    /// <summary>What a token adds to a text: its characters, or its bytes in hexadecimal where they are only a part of one.</summary>
    public static string Piece(this Tokenizer tokenizer, int id)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Written(tokenizer.Bytes(id).Span);
    }

    /// <summary>Writes pieces in colours, or with bars between them where there are none.</summary>
    /// <param name="options">Where to write.</param>
    /// <param name="pieces">What each token adds to the text.</param>
    /// <param name="between">What stands between coloured pieces: nothing, or a space for words, which have none of their own.</param>
    public static void WritePieces(this ScriptOptions options, IReadOnlyList<string> pieces, string between = "")
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Console.Profile.Capabilities is not { Ansi: true, ColorSystem: not ColorSystem.NoColors })
        {
            options.Print(string.Join('|', pieces.Select(Shown)));
            return;
        }

        var text = new Paragraph();
        foreach (var (place, piece) in pieces.Index())
            text.Append(Shown(piece), Style.Parse($"black on {Colours[place % Colours.Length]}")).Append(between);
        options.Console.Write(text);
        options.Print();
    }

    /// <summary>A page with the pieces in colours; each tells its id when pointed at.</summary>
    /// <param name="title">What stands above.</param>
    /// <param name="pieces">What each token adds to the text.</param>
    /// <param name="ids">The id of each.</param>
    /// <param name="between">What stands between the pieces: nothing, or a space for words, which have none of their own.</param>
    public static string Html(string title, IReadOnlyList<string> pieces, IReadOnlyList<int> ids, string between = "")
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
            page.Append(CultureInfo.InvariantCulture, $"<span class=\"c{place % Colours.Length}\" title=\"{ids[place]}\">{WebUtility.HtmlEncode(Shown(piece))}</span>{between}");
        return page.Append("</p></body></html>\n").ToString();
    }

    /// <summary>A token on one line: its spaces and control characters as pictures of themselves.</summary>
    public static string Visible(ReadOnlyMemory<byte> token) => Spelling.OneLine(Written(token.Span)).Replace(' ', '␠');

    static string Written(ReadOnlySpan<byte> token) => Utf8.IsValid(token) ? Encoding.UTF8.GetString(token) : $"<{Convert.ToHexString(token)}>";

    /// <summary>Control characters become pictures of themselves; a line feed is shown and kept.</summary>
    internal static string Shown(string piece) => string.Join("⏎\n", piece.Split('\n').Select(Spelling.OneLine));
}
