using System.Xml.Linq;

namespace Functional.Llm;

/// <summary>A matrix whose cells are coloured by value; row 0 is at the top. Cells that are not finite stay empty.</summary>
internal sealed record HeatMark(string Name, ImmutableArray<ImmutableArray<double>> Cells) : Mark(Name)
{
    const int MostDecimals = 4;

    public override int Rows => Cells.Length;

    public override int Columns => Cells.IsEmpty ? 0 : Cells[0].Length;

    public override bool IsSeries => false;

    public override IEnumerable<XElement> Draw(Frame frame, Slot slot)
    {
        if (Rows * Columns == 0)
            return [];
        var area = frame.Between((-0.5, -0.5), (Columns - 0.5, Rows - 0.5));
        var cells = Thinning.Blocks(Cells, (int)area.Height, (int)area.Width);
        var (wide, high) = (area.Width / cells[0].Length, area.Height / cells.Length);
        var paths = cells.SelectMany((row, i) => Runs(row, i, slot.Heat)).GroupBy(run => run.Level, run => run.Path).OrderBy(g => g.Key);
        return [Svg.Element("g",
            [
                ("transform", FormattableString.Invariant(
                    $"translate({area.Left:0.###} {area.Top + (high / 2):0.###}) scale({wide:0.#####} {high:0.#####})")),
                ("shape-rendering", "crispEdges"),
            ],
            paths.SelectMany(g => Svg.Path(string.Concat(g), ("stroke", Palette.Heat(g.Key)))))];
    }

    /// <summary>The values of the cells as texts, where all of them fit.</summary>
    public IEnumerable<XElement> Texts(Frame frame, Scale heat)
    {
        var cell = frame.Between((-0.5, -0.5), (0.5, 0.5));
        if (cell.Width < Lettering.Size || cell.Height < Lettering.Line)
            return [];
        var values = Cells.SelectMany((row, i) => row.Select((value, j) => (i, j, value)))
            .Where(c => double.IsFinite(c.value)).ToImmutableArray();
        var largest = values.Select(c => Math.Abs(c.value)).DefaultIfEmpty(0).Max();
        var decimals = values.All(c => double.IsInteger(c.value)) ? 0 : Math.Max(0, 2 - (int)Math.Ceiling(Math.Log10(largest)));
        if (decimals > MostDecimals)
            return [];
        var texts = values.Select(c => (c.i, c.j, Level: Level(c.value, heat), Text: Ticks.Fixed(c.value, decimals))).ToImmutableArray();
        return texts.Any(c => Lettering.Width(c.Text) + 6 > cell.Width) ? []
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

    static int Level(double value, Scale heat) =>
        double.IsFinite(value) ? (int)Math.Round(Math.Clamp(heat.At(value), 0, 1) * (Palette.Levels - 1)) : -1;
}
