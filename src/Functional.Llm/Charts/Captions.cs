using System.Xml.Linq;

namespace Functional.Llm;

/// <summary>The texts inside a plot: labels of rules and notes with their arrows.</summary>
internal static class Captions
{
    // Distances of a text from its line or point, and of one with an arrow, in the order of preference.
    static readonly ImmutableArray<double> Near = [8, 16, 28];
    static readonly ImmutableArray<double> Far = [34, 56, 84, 120, 170];

    // Where a text stands about its point: above, right of it, below, left of it, then towards the corners.
    static readonly ImmutableArray<(double Right, double Up)> Sides =
    [
        (0, 1), (1, 0), (0, -1), (-1, 0), (0.6, 1), (-0.6, 1), (0.6, -1), (-0.6, -1),
        (1, 1), (-1, 1), (1, -1), (-1, -1), (1, 0.6), (-1, 0.6), (1, -0.6), (-1, -0.6),
    ];

    /// <summary>All texts of the marks, each placed with regard to the drawing, to every note's point and to the texts before it.</summary>
    public static IEnumerable<XElement> Draw(ImmutableArray<Mark> marks, Frame frame, Placement empty)
    {
        var points = marks.OfType<NoteMark>().Select(note => note.Target(frame)).OfType<Point>();
        var free = empty with { Taken = [.. points.Select(p => Centred(p, (10, 10)))] };
        return marks.Aggregate((Free: free, Drawn: ImmutableList<XElement>.Empty), (state, mark) => mark switch
        {
            RuleMark rule when rule.Span(frame) is var (start, end) => Put(
                state, rule.Label, frame, size => Beside(start, end, size), start.X == end.X ? start : default(Point?), hasArrow: false),
            NoteMark note when note.Target(frame) is { } point =>
                Put(state, note.Text, frame, size => Around(point, size, note.HasArrow ? Far : Near), point, note.HasArrow),
            _ => state,
        }).Drawn;
    }

    static (Placement Free, ImmutableList<XElement> Drawn) Put(
        (Placement Free, ImmutableList<XElement> Drawn) state, string text, Frame frame,
        Func<(double Width, double Height), IEnumerable<Box>> candidates, Point? about, bool hasArrow)
    {
        var lines = Lettering.Wrap(text, 0.6 * frame.Plot.Width, most: 3);
        if (lines.IsEmpty)
            return state;
        var size = (lines.Max(line => Lettering.Width(line)), lines.Length * Lettering.Line);
        var spot = state.Free.Best(candidates(size).Select(state.Free.Inside)
            .Select(box => new Spot(box, hasArrow && about is { } point ? Way(box, point) : [])));
        var (x, anchor) = about?.X <= spot.Box.Left ? (spot.Box.Left, "start")
            : about?.X >= spot.Box.Right ? (spot.Box.Right, "end")
            : ((spot.Box.Left + spot.Box.Right) / 2, "middle");
        var texts = lines.Select((line, i) => Svg.Text(line, new(x, spot.Box.Top + (Lettering.Line * (i + 0.5))), anchor, halo: true));
        return (state.Free.With(spot), state.Drawn.AddRange(Arrow(spot.Arrow)).AddRange(texts));
    }

    static IEnumerable<Box> Beside(Point start, Point end, (double Width, double Height) size)
    {
        var isVertical = start.X == end.X;
        return
            from share in Enumerable.Range(0, 21).Select(i => 1 - (i / 20.0))
            from side in new[] { 1, -1 }
            select Centred(
                new(
                    start.X + ((end.X - start.X) * share) + (isVertical ? side * (Near[0] + (size.Width / 2)) : 0),
                    start.Y + ((end.Y - start.Y) * share) - (isVertical ? 0 : side * (3 + (size.Height / 2)))),
                size);
    }

    static IEnumerable<Box> Around(Point point, (double Width, double Height) size, ImmutableArray<double> distances) =>
        from distance in distances
        from side in Sides
        select Centred(new(point.X + Offset(side.Right, distance, size.Width), point.Y - Offset(side.Up, distance, size.Height)), size);

    // A box of this extent stands clear by the distance on a full side (±1), and is moved by a share of itself otherwise.
    static double Offset(double side, double distance, double extent) =>
        Math.Abs(side) == 1 ? side * (distance + (extent / 2)) : side * extent / 2;

    static Box Centred(Point p, (double Width, double Height) size) =>
        new(p.X - (size.Width / 2), p.Y - (size.Height / 2), p.X + (size.Width / 2), p.Y + (size.Height / 2));

    // From the nearest place beside the text to just before the point; nothing where there is no room for an arrow.
    static ImmutableArray<Point> Way(Box text, Point point)
    {
        var box = text.Grown(3);
        var tail = new Point(Math.Clamp(point.X, box.Left, box.Right), Math.Clamp(point.Y, box.Top, box.Bottom));
        var length = Math.Sqrt(((point.X - tail.X) * (point.X - tail.X)) + ((point.Y - tail.Y) * (point.Y - tail.Y)));
        return length < 20 ? [] : [tail, new(point.X - ((point.X - tail.X) * 7 / length), point.Y - ((point.Y - tail.Y) * 7 / length))];
    }

    static IEnumerable<XElement> Arrow(ImmutableArray<Point> way)
    {
        if (way is not [var tail, var tip])
            return [];
        var length = Math.Sqrt(((tip.X - tail.X) * (tip.X - tail.X)) + ((tip.Y - tail.Y) * (tip.Y - tail.Y)));
        var (x, y) = ((tip.X - tail.X) / length, (tip.Y - tail.Y) / length);
        return
        [
            Svg.Line(tail, Back(8, 0), Palette.Ink, 1.5),
            .. Svg.Path($"M{Svg.Point(tip)}L{Svg.Point(Back(10, 4.5))}L{Svg.Point(Back(10, -4.5))}z", ("fill", Palette.Ink)),
        ];

        Point Back(double along, double aside) => new(tip.X - (x * along) - (y * aside), tip.Y - (y * along) + (x * aside));
    }
}
