using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Functional.Llm.Tests;

/// <summary>A text of a picture with the estimated box of its letters.</summary>
internal sealed record Lettered(string Text, Box Box, string Anchor, bool IsTurned);

/// <summary>A picture as its reader sees it: parsed, with all its texts.</summary>
internal sealed partial class Picture
{
    public static readonly XNamespace Space = "http://www.w3.org/2000/svg";

    Picture(string svg)
    {
        Svg = svg;
        Root = XDocument.Parse(svg).Root!;
        Canvas = new Box(0, 0, Number(Root, "width"), Number(Root, "height"));
        Texts = [.. Root.Descendants(Space + "text").Select(Letters)];
    }

    public string Svg { get; }

    public XElement Root { get; }

    public Box Canvas { get; }

    public ImmutableArray<Lettered> Texts { get; }

    public static Picture Of(Chart chart) => new(chart.ToSvg());

    public static Picture Of(Figure figure) => new(figure.ToSvg());

    public IEnumerable<XElement> All(string name) => Root.Descendants(Space + name);

    /// <summary>What a person would complain about: numbers that are none, texts that leave the canvas, touch or are too small.</summary>
    public IEnumerable<string> Complaints()
    {
        foreach (var attribute in Root.DescendantsAndSelf().Attributes().Where(a => !a.Value.StartsWith('#') && NoNumber().IsMatch(a.Value)))
            yield return $"{attribute} is not a number";
        foreach (var text in Texts.Where(t => !Canvas.Holds(t.Box)))
            yield return $"\"{text.Text}\" leaves the canvas: {text.Box}";
        foreach (var (a, b) in Texts.SelectMany((a, i) => Texts.Skip(i + 1).Where(b => b.Box.Overlaps(a.Box)).Select(b => (a, b))))
            yield return $"\"{a.Text}\" touches \"{b.Text}\": {a.Box} {b.Box}";
        foreach (var text in All("text").Where(t => Number(t, "font-size") < 16))
            yield return $"\"{text.Value}\" is too small";
        if (Canvas.Width != 800 || Canvas.Height is < 60 or > 6000)
            yield return $"the canvas is {Canvas}";
    }

    public static double Number(XElement element, string name) =>
        double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    static Lettered Letters(XElement text)
    {
        var (x, y, size) = (Number(text, "x"), Number(text, "y"), Number(text, "font-size"));
        var anchor = text.Attribute("text-anchor")!.Value;
        var width = Lettering.Width(text.Value, size);
        var start = anchor switch { "start" => 0, "middle" => -width / 2, _ => -width };
        var (rise, fall) = (0.74 * size, 0.21 * size);
        return text.Attribute("transform") is null
            ? new(text.Value, new Box(x + start, y - rise, x + start + width, y + fall), anchor, false)
            : new(text.Value, new Box(x - rise, y - start - width, x + fall, y - start), anchor, true);
    }

    [GeneratedRegex("NaN|Infinity|∞|\\d[eE][+-]?\\d", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex NoNumber();
}
