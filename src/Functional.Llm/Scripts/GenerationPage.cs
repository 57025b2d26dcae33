using System.Globalization;
using System.Net;
using System.Text;

namespace Functional.Llm;

/// <summary>A page of generated texts: each token by how surprising it is, and the likeliest tokens behind the prompt.</summary>
public static class GenerationPage
{
    // One shade for each, in nats: the probability halves about three times from one to the next.
    const int Shades = 6;
    const double NatsAShade = 2;

    const string Style = """
        :root { color-scheme: light dark; --paper: #FFF; --ink: #222; --faint: #DDD; --far: #767676; --model: #0072B2; --drawn: #D55E00; --shade: 213 94 0 }
        @media (prefers-color-scheme: dark) { :root { --paper: #1B1B1B; --ink: #EEE; --faint: #444; --far: #8C8C8C; --model: #56B4E9; --drawn: #E69F00 } }
        body { font: 16px/1.6 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; background: var(--paper); color: var(--ink) }
        h1 { font-size: 1.3em } h2 { font-size: 1.1em; margin-top: 2em }
        .text { font: 17px/2 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
        .text span, .key span { padding: 3px 0; border-bottom: 0 solid var(--ink) } .key span { padding: 3px 6px; white-space: nowrap }
        .given { font-weight: bold } .far { color: var(--far) }
        table { border-collapse: collapse; width: 100% } caption { text-align: left; padding-bottom: .4em }
        th, td { padding: 2px 8px; border-bottom: 1px solid var(--faint); text-align: right; font-variant-numeric: tabular-nums }
        th:first-child { text-align: left } th[scope=row] { font-family: ui-monospace, monospace; white-space: pre } th:last-child, td:last-child { width: 55%; text-align: left }
        .bar { height: 8px; margin: 1px 0 } .model { background: var(--model) } .drawn { background: var(--drawn) }

        """;

    /// <summary>The page.</summary>
    /// <param name="title">What stands above.</param>
    /// <param name="texts">The texts.</param>
    public static string Html(string title, params IEnumerable<GeneratedText> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width\"/>")
            .Append(CultureInfo.InvariantCulture, $"<title>{Encoded(title)}</title>\n<style>\n{Style}");
        for (var shade = 1; shade < Shades; shade++)
            page.Append(CultureInfo.InvariantCulture, $"span.s{shade} {{ background: rgb(var(--shade) / {shade * 0.11:F2}); border-bottom-width: {(shade + 1) / 2}px }}\n");
        page.Append(CultureInfo.InvariantCulture, $"</style></head>\n<body><h1>{Encoded(title)}</h1>\n<p class=\"key\">The given text is bold, and grey what nothing stands before, or too far back for the model. How surprising a token is, −ln P in nats: ");
        for (var shade = 0; shade < Shades; shade++)
            page.Append(CultureInfo.InvariantCulture, $"<span class=\"s{shade}\">{(shade == Shades - 1 ? $"{shade * NatsAShade} and more" : $"{shade * NatsAShade} to {(shade + 1) * NatsAShade}")}</span> ");
        page.Append("</p>\n");
        foreach (var text in texts)
            Append(page, text);
        return page.Append("</body></html>\n").ToString();
    }

    static void Append(StringBuilder page, GeneratedText text)
    {
        if (text.Title.Length > 0)
            page.Append(CultureInfo.InvariantCulture, $"<h2>{Encoded(text.Title)}</h2>\n");
        page.Append("<p class=\"text\">");
        foreach (var (place, token) in text.Tokens.Index())
        {
            var told = token.Surprise is { } nats ? FormattableString.Invariant($"{token.Id}: {nats:F2} nats, {Math.Exp(-nats):P2}") : $"{token.Id}";
            page.Append(CultureInfo.InvariantCulture, $"<span class=\"{(token.Surprise is { } surprise ? $"s{Shade(surprise)}" : "far")}{(place < text.Prompt ? " given" : "")}\" title=\"{told}\">{Encoded(TokenView.Shown(token.Piece))}</span>");
        }

        page.Append("</p>\n<table><caption>The likeliest tokens behind the given text: as the model has them, and as they are drawn</caption>\n")
            .Append("<thead><tr><th scope=\"col\">token</th><th scope=\"col\">id</th><th scope=\"col\">model</th><th scope=\"col\">drawn</th><th scope=\"col\">model above, drawn below</th></tr></thead><tbody>\n");
        foreach (var next in text.Next)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Encoded(next.Piece)}</th><td>{next.Id}</td><td>{next.Model:P2}</td><td>{(next.Drawn > 0 ? next.Drawn.ToString("P2", CultureInfo.InvariantCulture) : "–")}</td><td>")
                .Append(CultureInfo.InvariantCulture, $"<div class=\"bar model\" style=\"width:{next.Model * 100:F2}%\"></div><div class=\"bar drawn\" style=\"width:{next.Drawn * 100:F2}%\"></div></td></tr>\n");
        }

        page.Append("</tbody></table>\n");
    }

    static int Shade(double surprise) => (int)Math.Clamp(surprise / NatsAShade, 0, Shades - 1);

    static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
