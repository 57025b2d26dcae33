using System.Xml.Linq;

namespace Functional.Llm;

/// <summary>A mark's number among the series and among the bars of its chart, and the scale of the picture's heat maps.</summary>
internal sealed record Slot(int Series, int Bar, int Bars, Scale Heat);

/// <summary>Something drawn over the data's scales. Its name, if any, goes into the legend.</summary>
internal abstract record Mark(string Name)
{
    /// <summary>The values that the x axis has to show.</summary>
    public virtual IEnumerable<double> Xs => [];

    /// <summary>The values that the y axis has to show.</summary>
    public virtual IEnumerable<double> Ys => [];

    /// <summary>How many places the mark takes on the x axis, if it has places rather than values there.</summary>
    public virtual int Columns => 0;

    /// <summary>How many places it takes on the y axis.</summary>
    public virtual int Rows => 0;

    public virtual bool IsSeries => true;

    public abstract IEnumerable<XElement> Draw(Frame frame, Slot slot);

    /// <summary>The sample in the legend, about a point.</summary>
    public virtual IEnumerable<XElement> Sample(Point at, Slot slot) => [];

    /// <summary>The lines along which the mark lies, which texts avoid.</summary>
    public virtual IEnumerable<ImmutableArray<Point>> Traces(Frame frame, Slot slot) => [];
}

/// <summary>Points (xᵢ, yᵢ), joined by lines or each with a marker.</summary>
internal abstract record Points(string Name, ImmutableArray<double> At, ImmutableArray<double> Values) : Mark(Name)
{
    public override IEnumerable<double> Xs => At.Where((x, i) => double.IsFinite(x) && double.IsFinite(Values[i]));

    public override IEnumerable<double> Ys => Values.Where((y, i) => double.IsFinite(y) && double.IsFinite(At[i]));

    protected IEnumerable<Point> Places(Frame frame) => At.Zip(Values, frame.At);
}

/// <summary>A line through points in their order; a point that is not finite makes a gap, a point between gaps is a dot.</summary>
internal sealed record LineMark(string Name, ImmutableArray<double> At, ImmutableArray<double> Values) : Points(Name, At, Values)
{
    public override IEnumerable<ImmutableArray<Point>> Traces(Frame frame, Slot slot) =>
        Thinning.Stretches(Places(frame)).Select(Thinning.Columns);

    public override IEnumerable<XElement> Draw(Frame frame, Slot slot) => Stroke(Traces(frame, slot), slot);

    public override IEnumerable<XElement> Sample(Point at, Slot slot) =>
        Stroke([[at with { X = at.X - 14 }, at with { X = at.X + 14 }]], slot);

    static IEnumerable<XElement> Stroke(IEnumerable<ImmutableArray<Point>> traces, Slot slot)
    {
        var all = traces.ToLookup(trace => trace.Length == 1);
        var lines = string.Concat(all[false].Select(trace => $"M{string.Join(' ', trace.Select(Svg.Point))}"));
        var colour = Palette.ColourOf(slot.Series);
        return
        [
            .. Svg.Path(
                lines, ("fill", "none"), ("stroke", colour), ("stroke-width", 2.5), ("stroke-linejoin", "round"), ("stroke-linecap", "round"),
                ("stroke-dasharray", Palette.DashOf(slot.Series))),
            .. Svg.Dots(all[true].Select(trace => trace[0]), 6, colour),
        ];
    }
}

/// <summary>A marker at each point.</summary>
internal sealed record ScatterMark(string Name, ImmutableArray<double> At, ImmutableArray<double> Values) : Points(Name, At, Values)
{
    // More markers than this would hide each other, so that they shrink to dots.
    const int Crowd = 1500;

    public override IEnumerable<ImmutableArray<Point>> Traces(Frame frame, Slot slot) =>
        Thinning.Squares(Places(frame), 4).Select(p => ImmutableArray.Create(p));

    public override IEnumerable<XElement> Draw(Frame frame, Slot slot) =>
        Thinning.Squares(Places(frame), 2) is { Length: <= Crowd } few ? Markers(few, slot)
        : Svg.Dots(Thinning.Squares(Places(frame), 3), 4.5, Palette.ColourOf(slot.Series));

    public override IEnumerable<XElement> Sample(Point at, Slot slot) => Markers([at], slot);

    static IEnumerable<XElement> Markers(ImmutableArray<Point> places, Slot slot) => Svg.Path(
        string.Concat(places.Select(p => $"M{Svg.Point(p)}{Palette.MarkerOf(slot.Series)}")),
        ("fill", Palette.ColourOf(slot.Series)), ("stroke", Palette.Paper), ("stroke-width", 0.8));
}

/// <summary>A bar from zero to the value at each place 0, 1, …; the bars of several marks stand side by side.</summary>
internal sealed record BarsMark(string Name, ImmutableArray<double> Values) : Mark(Name)
{
    const double Filled = 0.8;

    public override IEnumerable<double> Ys => Values;

    public override int Columns => Values.Length;

    public override IEnumerable<ImmutableArray<Point>> Traces(Frame frame, Slot slot) => Boxes(frame, slot).SelectMany(box =>
        Enumerable.Range(0, (int)(box.Height / 6) + 1)
            .Select(i => ImmutableArray.Create(new Point(box.Left, box.Top + (6 * i)), new Point(box.Right, box.Top + (6 * i)))));

    public override IEnumerable<XElement> Draw(Frame frame, Slot slot) =>
        Boxes(frame, slot).Select(box => Svg.Rectangle(box, Palette.ColourOf(slot.Series)));

    public override IEnumerable<XElement> Sample(Point at, Slot slot) =>
        [Svg.Rectangle(new Box(at.X - 8, at.Y - 8, at.X + 8, at.Y + 8), Palette.ColourOf(slot.Series))];

    IEnumerable<Box> Boxes(Frame frame, Slot slot)
    {
        var width = Filled / slot.Bars;
        var ground = frame.Y.IsLogarithmic ? frame.Y.Low : frame.Y.Inverse(Math.Clamp(frame.Y.At(0), 0, 1));
        return Values
            .Select((value, i) => (Value: value, Left: i - (Filled / 2) + (slot.Bar * width)))
            .Where(bar => double.IsFinite(frame.Y.At(bar.Value)))
            .Select(bar => frame.Between((bar.Left, ground), (bar.Left + width, bar.Value)));
    }
}

/// <summary>A line across the chart at one value of x (vertical) or of y, with a label beside it.</summary>
internal sealed record RuleMark(bool IsVertical, double At, string Label) : Mark("")
{
    public override bool IsSeries => false;

    public override IEnumerable<double> Xs => IsVertical ? [At] : [];

    public override IEnumerable<double> Ys => IsVertical ? [] : [At];

    public override IEnumerable<ImmutableArray<Point>> Traces(Frame frame, Slot slot) =>
        Span(frame) is var (from, to) ? [[from, to]] : [];

    public override IEnumerable<XElement> Draw(Frame frame, Slot slot) =>
        Span(frame) is var (from, to) ? [Svg.Line(from, to, Palette.Ink, 1.5, "7 5")] : [];

    /// <summary>The ends of the line, where its value is on the axis.</summary>
    public (Point From, Point To)? Span(Frame frame) =>
        !(IsVertical ? frame.X : frame.Y).Covers(At) ? null
        : IsVertical ? (frame.At(At, frame.Y.Low), frame.At(At, frame.Y.High))
        : (frame.At(frame.X.Low, At), frame.At(frame.X.High, At));
}

/// <summary>A text about one point, with an arrow to it if wanted.</summary>
internal sealed record NoteMark(double X, double Y, string Text, bool HasArrow) : Mark("")
{
    public override bool IsSeries => false;

    public override IEnumerable<double> Xs => double.IsFinite(Y) ? [X] : [];

    public override IEnumerable<double> Ys => double.IsFinite(X) ? [Y] : [];

    public override IEnumerable<XElement> Draw(Frame frame, Slot slot) => [];

    /// <summary>The point, where it is inside the plot.</summary>
    public Point? Target(Frame frame) => frame.X.Covers(X) && frame.Y.Covers(Y) ? frame.At(X, Y) : null;
}
