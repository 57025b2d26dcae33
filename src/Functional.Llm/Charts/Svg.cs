using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Functional.Llm;

/// <summary>The few SVG elements that a picture is made of. Numbers are written with one decimal in the invariant culture.</summary>
internal static class Svg
{
    static readonly XNamespace Space = "http://www.w3.org/2000/svg";
    static readonly ImmutableArray<(string Name, object Value)> None = [];

    public static XElement Element(string name, IEnumerable<(string Name, object Value)> attributes, params IEnumerable<object> content) =>
        new(Space + name, attributes.Select(a => new XAttribute(a.Name, a.Value is double number ? Number(number) : a.Value)), content);

    /// <summary>At most one decimal, and no negative zero.</summary>
    public static string Number(double value) => (Math.Round(value, 1) + 0.0).ToString("0.#", CultureInfo.InvariantCulture);

    public static string Point(Point p) => $"{Number(p.X)} {Number(p.Y)}";

    public static XElement Line(Point from, Point to, string colour, double width, string dashes = "none") => Element("line",
        [
            ("x1", from.X), ("y1", from.Y), ("x2", to.X), ("y2", to.Y),
            ("stroke", colour), ("stroke-width", width), ("stroke-dasharray", dashes),
        ]);

    public static XElement Rectangle(Box box, string fill) => Element("rect",
        [("x", box.Left), ("y", box.Top), ("width", box.Width), ("height", box.Height), ("fill", fill)]);

    /// <summary>A path, or nothing where there are no data.</summary>
    public static IEnumerable<XElement> Path(string data, params IEnumerable<(string Name, object Value)> style) =>
        data.Length == 0 ? [] : [Element("path", [("d", data), .. style])];

    /// <summary>Discs of one diameter: round caps make them of the shortest line.</summary>
    public static IEnumerable<XElement> Dots(IEnumerable<Point> places, double diameter, string colour) => Path(
        string.Concat(places.Select(p => $"M{Point(p)}h.01")),
        ("fill", "none"), ("stroke", colour), ("stroke-width", diameter), ("stroke-linecap", "round"));

    /// <summary>One line of text, centred in height on the point; anchored at its start, middle or end, upright or turned by −90°.</summary>
    public static XElement Text(
        string text, Point at, string anchor = "middle", bool turned = false,
        double size = Lettering.Size, string colour = Palette.Ink, bool bold = false, bool halo = false)
    {
        var drop = 0.35 * size;
        var (x, y) = turned ? (at.X + drop, at.Y) : (at.X, at.Y + drop);
        return Element("text",
            [
                ("x", x), ("y", y), ("text-anchor", anchor), ("font-size", size), ("fill", colour),
                .. bold ? [("font-weight", "bold")] : None,
                .. halo ? [("stroke", Palette.Paper), ("stroke-width", 5), ("stroke-linejoin", "round"), ("paint-order", "stroke")] : None,
                .. turned ? [("transform", $"rotate(-90 {Number(x)} {Number(y)})")] : None,
            ],
            Printable(text));
    }

    /// <summary>Cuts off whatever content leaves the box. A nested picture clips without an id, which could clash on a page.</summary>
    public static XElement Clip(Box box, IEnumerable<XElement> content) => Element("svg",
        [
            ("x", box.Left), ("y", box.Top), ("width", box.Width), ("height", box.Height), ("overflow", "hidden"),
            ("viewBox", $"{Number(box.Left)} {Number(box.Top)} {Number(box.Width)} {Number(box.Height)}"),
        ],
        content);

    /// <summary>The characters that XML may hold; in place of any other stands U+FFFD.</summary>
    public static string Printable(string text) => string.Concat(text.EnumerateRunes().Select(rune =>
        rune.Value > char.MaxValue || XmlConvert.IsXmlChar((char)rune.Value) ? rune.ToString() : Rune.ReplacementChar.ToString()));
}

/// <summary>A place in the picture in pixels; not a number where there is none.</summary>
internal readonly record struct Point(double X, double Y)
{
    public bool IsPlace => double.IsFinite(X) && double.IsFinite(Y);
}
