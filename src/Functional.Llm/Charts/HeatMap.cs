using System.Xml.Linq;

namespace Functional.Llm;

/// <summary>A matrix whose cells are coloured by value; row 0 is at the top. Cells that are not finite stay empty.</summary>
internal sealed record HeatMark(string Name, ImmutableArray<ImmutableArray<double>> Cells) : Mark(Name)
{
    public override int Rows => Cells.Length;

    public override int Columns => Cells.IsEmpty ? 0 : Cells[0].Length;

    public override bool IsSeries => false;

    public override IEnumerable<XElement> Draw(Frame frame, Slot slot)
    {
        var plot = frame.Plot;
        var cells = Thinning.Blocks(Cells, (int)plot.Height, (int)plot.Width);
        if (cells.IsEmpty || cells[0].IsEmpty)
            return [];
        var (wide, high) = (plot.Width / cells[0].Length, plot.Height / cells.Length);
        var paths = cells.SelectMany((row, i) => Runs(row, i, slot.Heat)).GroupBy(run => run.Level, run => run.Path).OrderBy(g => g.Key);
        return [Svg.Element("g",
            [
                ("transform", FormattableString.Invariant($"translate({plot.Left:0.###} {plot.Top + (high / 2):0.###}) scale({wide:0.#####} {high:0.#####})")),
                ("shape-rendering", "crispEdges"),
            ],
            paths.SelectMany(g => Svg.Path(string.Concat(g), ("stroke", Palette.Heat(g.Key)))))];
    }

    /// <summary>The values of the cells as texts, where all of them fit.</summary>
    public IEnumerable<XElement> Texts(Frame frame, Scale heat)
    {
        var room = frame.Plot.Width / Math.Max(1, Columns);
        if (room < Lettering.Size || frame.Plot.Height / Math.Max(1, Rows) < Lettering.Line)
            return [];
        var values = Cells.SelectMany((row, i) => row.Select((value, j) => (i, j, value))).Where(c => double.IsFinite(c.value)).ToImmutableArray();
        var largest = values.Select(c => Math.Abs(c.value)).DefaultIfEmpty(0).Max();
        var decimals = values.All(c => double.IsInteger(c.value)) ? 0 : Math.Clamp(2 - (int)Math.Ceiling(Math.Log10(largest)), 0, 9);
        var texts = values.Select(c => (c.i, c.j, Level: Level(c.value, heat), Text: Ticks.Fixed(c.value, decimals))).ToImmutableArray();
        return texts.Any(c => Lettering.Width(c.Text) + 6 > room) ? []
            : texts.Select(c => Svg.Text(c.Text, frame.At(c.j, c.i), colour: c.Level > Palette.Levels * 0.55 ? Palette.Ink : Palette.Paper));
    }

    /// <summary>Cells of one colour in a row, each run a line of the row's height: <c>M column row h length</c>.</summary>
    static IEnumerable<(int Level, string Path)> Runs(ImmutableArray<double> row, int index, Scale heat)
    {
        for (int start = 0, end; start < row.Length; start = end)
        {
            var level = Level(row[start], heat);
            for (end = start + 1; end < row.Length && Level(row[end], heat) == level;)
                end++;
            if (level >= 0)
                yield return (level, $"M{start} {index}h{end - start}");
        }
    }

    static int Level(double value, Scale heat) => double.IsFinite(value) ? (int)Math.Round(Math.Clamp(heat.At(value), 0, 1) * (Palette.Levels - 1)) : -1;
}
