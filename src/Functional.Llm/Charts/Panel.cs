using System.Xml.Linq;

namespace Functional.Llm;

/// <summary>Draws one chart, back to front: grid, marks in their order, axes, title and legend, texts.</summary>
internal static class Panel
{
    // Markers on the end of an axis are drawn whole.
    const double Bleed = 6;

    public static IEnumerable<XElement> Draw(PanelLayout layout, Scale heat)
    {
        var (chart, frame) = (layout.Chart, layout.Frame);
        var placed = chart.Placed(heat);
        var free = Placement.Around(frame.Plot, placed.SelectMany(p => p.Mark.Traces(frame, p.Slot)));
        return
        [
            .. Grid(layout),
            Svg.Clip(frame.Plot.Grown(Bleed), placed.SelectMany(p => p.Mark.Draw(frame, p.Slot))),
            .. chart.Marks.OfType<HeatMark>().SelectMany(map => map.Texts(frame, heat)),
            .. BottomAxis(layout),
            .. LeftAxis(layout),
            .. Heading(layout),
            .. Captions.Draw(chart.Marks, frame, free),
        ];
    }

    static IEnumerable<XElement> Grid(PanelLayout layout)
    {
        var (plot, bottom, left) = (layout.Frame.Plot, layout.Bottom, layout.Left);
        return
        [
            .. bottom.Graduation.Where(t => bottom.HasGrid && t.IsMajor)
                .Select(t => Svg.Line(new(layout.Along(t), plot.Top), new(layout.Along(t), plot.Bottom), Palette.Faint, 1)),
            .. left.Graduation.Where(t => left.HasGrid && t.IsMajor)
                .Select(t => Svg.Line(new(plot.Left, layout.Up(t)), new(plot.Right, layout.Up(t)), Palette.Faint, 1)),
        ];
    }

    static IEnumerable<XElement> BottomAxis(PanelLayout layout)
    {
        var (plot, ruler) = (layout.Frame.Plot, layout.Bottom);
        var start = plot.Bottom + Ruler.TickLength + Ruler.Gap;
        return
        [
            .. Edge(layout.Chart, new(plot.Left, plot.Bottom), new(plot.Right, plot.Bottom)),
            .. ruler.Graduation.Select(t => Svg.Line(
                new(layout.Along(t), plot.Bottom), new(layout.Along(t), plot.Bottom + Length(t)), Palette.Ink, 1.2)),
            .. ruler.Graduation.Where(t => t.IsMajor).Select(t => ruler.IsTurned
                ? Svg.Text(t.Label, new(layout.Along(t), start), "end", turned: true)
                : Svg.Text(t.Label, new(layout.Along(t), start + (Lettering.Size / 2)))),
            .. layout.BottomLabel.Reverse().Select((line, i) => Svg.Text(
                line, new((plot.Left + plot.Right) / 2, layout.Outer.Bottom - PanelLayout.Pad - (Lettering.Line * (i + 0.5))))),
        ];
    }

    static IEnumerable<XElement> LeftAxis(PanelLayout layout)
    {
        var (plot, ruler) = (layout.Frame.Plot, layout.Left);
        return
        [
            .. Edge(layout.Chart, new(plot.Left, plot.Top), new(plot.Left, plot.Bottom)),
            .. ruler.Graduation.Select(t => Svg.Line(
                new(plot.Left - Length(t), layout.Up(t)), new(plot.Left, layout.Up(t)), Palette.Ink, 1.2)),
            .. ruler.Graduation.Where(t => t.IsMajor)
                .Select(t => Svg.Text(t.Label, new(plot.Left - Ruler.TickLength - Ruler.Gap, layout.Up(t)), "end")),
            .. layout.LeftLabel.Select((line, i) => Svg.Text(
                line, new(layout.Outer.Left + PanelLayout.Pad + (Lettering.Line * (i + 0.5)), (plot.Top + plot.Bottom) / 2), turned: true)),
        ];
    }

    static IEnumerable<XElement> Heading(PanelLayout layout)
    {
        var middle = (layout.Outer.Left + layout.Outer.Right) / 2;
        var top = layout.Outer.Top + PanelLayout.Pad;
        var under = top + (layout.Title.Length * PanelLayout.TitleLine);
        return
        [
            .. layout.Title.Select((line, i) => layout.IsBare
                ? Svg.Text(line, new(middle, layout.Outer.Top + PanelLayout.TightPad + (Lettering.Line * (i + 0.5))))
                : Svg.Text(line, new(middle, top + (PanelLayout.TitleLine * (i + 0.5))), size: Lettering.TitleSize, bold: true)),
            .. layout.Legend.SelectMany((row, i) => row.SelectMany(entry =>
            {
                var start = new Point(middle - (row[^1].End / 2) + entry.Start, under + (Lettering.Line * (i + 0.5)));
                return entry.Mark.Sample(start with { X = start.X + 16 }, entry.Slot)
                    .Append(Svg.Text(entry.Name, start with { X = start.X + LegendEntry.SampleWidth }, "start"));
            })),
        ];
    }

    // The cells of a heat map show its edges themselves.
    static IEnumerable<XElement> Edge(Chart chart, Point start, Point end) =>
        chart.Cells is null ? [Svg.Line(start, end, Palette.Ink, 1.2)] : [];

    static double Length(Tick tick) => tick.IsMajor ? Ruler.TickLength : Ruler.TickLength / 2;
}
