namespace Functional.Llm;

/// <summary>One entry of a legend: a mark's sample and name, and where the entry begins in its row.</summary>
internal sealed record LegendEntry(Mark Mark, Slot Slot, string Name, double Start)
{
    public const double SampleWidth = 40, Apart = 22;

    public double End => Start + SampleWidth + Lettering.Width(Name);
}

/// <summary>A chart's parts arranged in a box: title, legend, axes with their labels, and the plot in what remains.</summary>
internal sealed record PanelLayout(
    Chart Chart, Box Outer, Frame Frame, Ruler Bottom, Ruler Left,
    ImmutableArray<string> Title, ImmutableArray<ImmutableArray<LegendEntry>> Legend,
    ImmutableArray<string> BottomLabel, ImmutableArray<string> LeftLabel)
{
    public const double Pad = 12, TitleLine = 27, TightPad = 4;

    // A plot with axes is at least so long on both sides; a smaller panel shows its title and its plot only.
    const double Smallest = 70;

    /// <summary>Where a tick of the bottom axis stands.</summary>
    public double Along(Tick tick) => Frame.Plot.Left + (Frame.Bottom.At(tick.Value) * Frame.Plot.Width);

    /// <summary>Where a tick of the left axis stands.</summary>
    public double Up(Tick tick) => Frame.Plot.Bottom - (Frame.Left.At(tick.Value) * Frame.Plot.Height);

    /// <summary>The arrangement in this box.</summary>
    public static PanelLayout Of(Chart chart, Box outer)
    {
        // What the axes need depends on the room that they leave: a few rounds settle it.
        var scales = chart.Scales();
        var full = Enumerable.Range(0, 4)
            .Aggregate(Arrange(chart, scales, outer, new Box(0, 0, 0, 0)), (layout, _) => Arrange(chart, scales, outer, layout.Needed()));
        return full.Frame.Plot is { Width: >= Smallest, Height: >= Smallest } ? full : Bare(chart, scales, outer);
    }

    /// <summary>The height that suits a chart of this width: cells about square, a line for each bar's name, else about half the width.</summary>
    public static double HeightFor(Chart chart, double width)
    {
        var tall = new Box(0, 0, width, (2 * width) + 400);
        var draft = Of(chart, tall);
        var plot = draft.Frame.Plot;
        var usual = (0.5 * width) + 20;
        var wanted = chart.Cells is var (rows, columns) ? plot.Width * Math.Clamp(rows / (double)columns, 0.25, 1.5)
            : draft.Frame.IsSideways ? Math.Clamp(chart.PlacesOnX * (Lettering.Line + 4), usual, 3 * width)
            : usual;
        return tall.Height - plot.Height + wanted;
    }

    static PanelLayout Arrange(Chart chart, (Scale X, Scale Y) scales, Box outer, Box margins)
    {
        var plot = new Box(outer.Left + margins.Left, outer.Top + margins.Top, outer.Right - margins.Right, outer.Bottom - margins.Bottom);
        var isSideways = chart.IsSideways(outer.Width);
        var frame = isSideways ? new Frame(plot, scales.Y, scales.X.Reversed(), IsSideways: true) : new Frame(plot, scales.X, scales.Y);
        var (bottom, left) = isSideways ? (chart.Y, chart.X) : (chart.X, chart.Y);
        var (bottomPlaces, leftPlaces) = isSideways ? (0, chart.PlacesOnX) : (chart.PlacesOnX, chart.PlacesOnY);
        return new PanelLayout(
            chart, outer, frame,
            Ruler.Fit(bottom, frame.Bottom, bottomPlaces, plot.Width, isBottom: true, 0.3 * outer.Width),
            Ruler.Fit(left, frame.Left, leftPlaces, plot.Height, isBottom: false, 0.4 * outer.Width),
            TitleIn(chart, outer.Width), LegendIn(chart, outer.Width - (2 * Pad)),
            Lettering.Wrap(bottom.Label, Math.Max(plot.Width, Smallest), most: 2),
            Lettering.Wrap(left.Label, Math.Max(plot.Height, Smallest), most: 2));
    }

    static PanelLayout Bare(Chart chart, (Scale X, Scale Y) scales, Box outer)
    {
        var title = Lettering.Wrap(chart.Title, outer.Width - (2 * TightPad), most: 3);
        var inside = outer.Grown(-TightPad);
        var plot = inside with { Top = inside.Top + (title.Length * Lettering.Line) };
        return new PanelLayout(chart, outer, new Frame(plot, scales.X, scales.Y), Ruler.None, Ruler.None, title, [], [], []);
    }

    /// <summary>Whether the panel is too small for axes.</summary>
    public bool IsBare => Bottom == Ruler.None;

    /// <summary>The margins that the parts around the plot need.</summary>
    Box Needed() => new(
        Math.Max(Pad + Lines(LeftLabel) + Left.Depth(isBottom: false), Bottom.Overhang + 2),
        Pad + (Title.Length * TitleLine) + (Legend.Length * Lettering.Line) + 8,
        Math.Max(Pad, Bottom.Overhang + 2),
        Pad + Lines(BottomLabel) + Bottom.Depth(isBottom: true));

    static double Lines(ImmutableArray<string> label) => label.IsEmpty ? 0 : (label.Length * Lettering.Line) + 6;

    static ImmutableArray<string> TitleIn(Chart chart, double width) =>
        Lettering.Wrap(chart.Title, width - 6, most: 3, Lettering.TitleSize * Lettering.Bold);

    // Entries flow into rows like words into lines.
    static ImmutableArray<ImmutableArray<LegendEntry>> LegendIn(Chart chart, double width) => chart.Placed(new Scale(0, 1))
        .Where(s => s.Mark.IsSeries && s.Mark.Name.Length > 0)
        .Select(s => new LegendEntry(s.Mark, s.Slot, Lettering.Shorten(s.Mark.Name, width - LegendEntry.SampleWidth), 0))
        .Aggregate(ImmutableList<ImmutableArray<LegendEntry>>.Empty, (rows, entry) =>
            rows is [.., [.., var last] row] && entry with { Start = last.End + LegendEntry.Apart } is var next && next.End <= width
                ? rows.SetItem(rows.Count - 1, row.Add(next))
                : rows.Add([entry]))
        .ToImmutableArray();
}
