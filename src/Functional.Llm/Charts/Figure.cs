using System.Xml.Linq;

namespace Functional.Llm;

/// <summary>A picture of several charts in a grid, row by row; all heat maps share one colour scale, shown by a bar at the right.</summary>
public sealed record Figure
{
    const double Width = 800, BarWidth = 18;

    internal Figure(string title, int columns, ImmutableArray<Chart> charts)
    {
        if (columns < 1)
            throw new FunctionalLlmException($"a grid of {charts.Length} charts in {columns} columns: give at least 1 column.");
        (Title, Columns, Charts) = (title, columns, charts);
    }

    /// <summary>What stands above all charts.</summary>
    public string Title { get; private init; }

    /// <summary>The number of charts in a row.</summary>
    public int Columns { get; }

    /// <summary>The charts, row by row.</summary>
    public ImmutableArray<Chart> Charts { get; }

    /// <summary>The picture under another title.</summary>
    public Figure Titled(string title) => this with { Title = title };

    /// <summary>The picture as SVG, 800 units wide: every text is legible at half that size.</summary>
    public string ToSvg()
    {
        var title = Lettering.Wrap(Title, Width - (2 * PanelLayout.Pad), most: 3, Lettering.TitleSize * Lettering.Bold);
        var maps = Charts.SelectMany(c => c.Marks.OfType<HeatMark>()).ToImmutableArray();
        var heat = Scale.Over(maps.SelectMany(m => m.Cells.SelectMany(row => row)), isLogarithmic: false, margin: 0);
        var rows = (Charts.Length + Columns - 1) / Columns;
        var length = Math.Clamp(rows * Width / Columns / 2, 80, 240);
        var name = Lettering.Wrap(maps.Select(m => m.Name).FirstOrDefault(""), length + PanelLayout.Pad, most: 1);
        var legend = maps.IsEmpty ? Ruler.None : Ruler.Fit("", heat, 0, length, isBottom: false, 0);
        var beside = legend.Depth(isBottom: false) + (name.Length * (Lettering.Line + Ruler.Gap));
        var right = Width - (maps.IsEmpty ? 0 : BarWidth + beside + (2 * PanelLayout.Pad));
        var top = title.IsEmpty ? 0 : PanelLayout.Pad + (title.Length * PanelLayout.TitleLine);
        var width = right / Columns;
        var height = Charts.Select(c => PanelLayout.HeightFor(c, width)).DefaultIfEmpty(Width / 2).Max();
        var bottom = top + Math.Max(height * rows, maps.IsEmpty ? 0 : length + (3 * PanelLayout.Pad));
        var (left, middle) = (right + PanelLayout.Pad, (top + bottom) / 2);
        var bar = new Box(left, middle - (length / 2), left + BarWidth, middle + (length / 2));
        var panels = Charts.Select((chart, i) => Panel.Draw(PanelLayout.Of(chart, Cell(i % Columns, i / Columns)), heat));
        return Document(bottom, [
            .. title.Select((line, i) => Svg.Text(
                line, new(Width / 2, PanelLayout.Pad + (PanelLayout.TitleLine * (i + 0.5))), size: Lettering.TitleSize, bold: true)),
            .. panels.SelectMany(p => p),
            .. maps.IsEmpty ? [] : ColourBar(bar, heat, legend, name),
        ]);

        Box Cell(int column, int row) => new(column * width, top + (row * height), (column + 1) * width, top + ((row + 1) * height));
    }

    /// <summary>Writes the picture to a file, whole or not at all, making its folder.</summary>
    /// <exception cref="StorageException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.WriteText(path, ToSvg());

    string Document(double height, IEnumerable<XElement> content) => Svg.Element("svg",
        [
            ("viewBox", $"0 0 {Svg.Number(Width)} {Svg.Number(height)}"), ("width", Width), ("height", height), ("role", "img"),
            ("font-family", "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"),
        ],
        [
            Svg.Element("title", [], Svg.Printable(Title.Length > 0 ? Title : Charts.Select(c => c.Title).FirstOrDefault(""))),
            Svg.Rectangle(new Box(0, 0, Width, height), Palette.Paper),
            .. content,
        ]).ToString().ReplaceLineEndings("\n") + "\n";

    static IEnumerable<XElement> ColourBar(Box bar, Scale heat, Ruler ruler, ImmutableArray<string> name)
    {
        // Each level reaches down to the foot and is covered by the next: no seam shows between two.
        var step = bar.Height / Palette.Levels;
        return
        [
            .. Enumerable.Range(0, Palette.Levels).Reverse().Select(level => Svg.Rectangle(
                bar with { Top = bar.Bottom - ((level + 1) * step) }, Palette.Heat(level))),
            .. ruler.Graduation.SelectMany(t => new[]
            {
                Svg.Line(new(bar.Right, Height(t)), new(bar.Right + Ruler.TickLength, Height(t)), Palette.Ink, 1.2),
                Svg.Text(t.Label, new(bar.Right + Ruler.TickLength + Ruler.Gap, Height(t)), "start"),
            }),
            .. name.Select(line => Svg.Text(
                line, new(Width - PanelLayout.Pad - (Lettering.Line / 2), (bar.Top + bar.Bottom) / 2), turned: true)),
        ];

        double Height(Tick tick) => bar.Bottom - (heat.At(tick.Value) * bar.Height);
    }
}
