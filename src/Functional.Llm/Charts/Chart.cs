using System.Numerics;

namespace Functional.Llm;

/// <summary>A chart: marks drawn over one another on the scales of two axes. Each method returns the chart with one mark more.</summary>
/// <remarks>
/// Values that are not finite, or not positive on a logarithmic axis, have no place and are left out; a line has a gap there. A named line,
/// scatter or bar series has an entry in the legend above the plot, where it covers nothing. The same chart gives the same bytes.
/// <code>
/// Chart.Titled("Admission by SAT score").WithX("SAT score (points)").WithY("P(admitted)")
///     .Scatter("students", scores, admitted).Line("σ(wx + b)", grid, probabilities).VerticalRule(1203, "boundary 1203")
///     .Save("out/sat.svg");
/// </code>
/// </remarks>
public sealed record Chart
{
    Chart(string title) => Title = title;

    /// <summary>What stands above the chart.</summary>
    public string Title { get; }

    /// <summary>The horizontal axis; bars whose names are too long to stand side by side are drawn sideways, and it is then vertical.</summary>
    public Axis X { get; private init; } = "";

    /// <summary>The vertical axis.</summary>
    public Axis Y { get; private init; } = "";

    internal ImmutableArray<Mark> Marks { get; private init; } = [];

    /// <summary>A chart without marks, on linear axes without labels.</summary>
    public static Chart Titled(string title) => new(title);

    /// <summary>Several charts in one picture, row by row.</summary>
    /// <exception cref="FunctionalLlmException">There is less than one column.</exception>
    public static Figure Grid(int columns, params IEnumerable<Chart> charts) => new("", columns, [.. charts]);

    /// <summary>The chart on another horizontal axis.</summary>
    public Chart WithX(Axis axis) => this with { X = axis };

    /// <summary>The chart on another vertical axis.</summary>
    public Chart WithY(Axis axis) => this with { Y = axis };

    /// <summary>A line through the points (xᵢ, yᵢ) in their order; a name, if any, for the legend.</summary>
    /// <exception cref="FunctionalLlmException">There are not as many x as y.</exception>
    public Chart Line<S, T>(string name, IEnumerable<S> xs, IEnumerable<T> ys) where S : INumberBase<S> where T : INumberBase<T> =>
        Paired("line", name, Doubles(xs), Doubles(ys), (x, y) => new LineMark(name, x, y));

    /// <summary>A marker at each point (xᵢ, yᵢ).</summary>
    /// <exception cref="FunctionalLlmException">There are not as many x as y.</exception>
    public Chart Scatter<S, T>(string name, IEnumerable<S> xs, IEnumerable<T> ys) where S : INumberBase<S> where T : INumberBase<T> =>
        Paired("scatter", name, Doubles(xs), Doubles(ys), (x, y) => new ScatterMark(name, x, y));

    /// <summary>A bar from zero to each value, at the places 0, 1, … of <see cref="Axis.Categories"/>; several series stand side by side.</summary>
    /// <remarks>On a logarithmic axis, which has no zero, bars begin at its low end.</remarks>
    public Chart Bars<T>(string name, IEnumerable<T> values) where T : INumberBase<T> => With(new BarsMark(name, Doubles(values)));

    /// <summary>A matrix as colours from dark (low) to light (high), row 0 at the top; the name stands beside the colour bar.</summary>
    /// <remarks>All heat maps of one picture share one colour scale. Where the cells are large enough they show their values.</remarks>
    public Chart HeatMap<T>(string name, int rows, int columns, Func<int, int, T> value) where T : INumberBase<T> =>
        With(new HeatMark(
            name, [.. Enumerable.Range(0, rows).Select(i => Doubles(Enumerable.Range(0, columns).Select(j => value(i, j))))]));

    /// <summary>A dashed line at one value of x, with a label beside it.</summary>
    public Chart VerticalRule(double x, string label = "") => With(new RuleMark(IsVertical: true, x, label));

    /// <summary>A dashed line at one value of y, with a label beside it.</summary>
    public Chart HorizontalRule(double y, string label = "") => With(new RuleMark(IsVertical: false, y, label));

    /// <summary>A text about the point (x, y), placed nearby where it covers least, with an arrow to the point unless it shall have none.</summary>
    public Chart Annotate(double x, double y, string text, bool arrow = true) => With(new NoteMark(x, y, text, arrow));

    /// <summary>The picture as SVG, 800 units wide.</summary>
    public string ToSvg() => Grid(1, this).ToSvg();

    /// <summary>Writes the picture to a file, whole or not at all, making its folder.</summary>
    /// <exception cref="StorageException">The file cannot be written.</exception>
    public void Save(string path) => Grid(1, this).Save(path);

    /// <summary>The number of places on the x axis, 0 if it is one of numbers.</summary>
    internal int PlacesOnX => X.PlacesFor(Marks.Select(m => m.Columns).DefaultIfEmpty(0).Max());

    /// <summary>The number of places on the y axis, 0 if it is one of numbers.</summary>
    internal int PlacesOnY => Y.PlacesFor(Marks.Select(m => m.Rows).DefaultIfEmpty(0).Max());

    /// <summary>The size of the heat maps, where there is one with cells.</summary>
    internal (int Rows, int Columns)? Cells => Marks.OfType<HeatMark>().Any(m => m.Rows * m.Columns > 0) ? (PlacesOnY, PlacesOnX) : null;

    /// <summary>The two scales; rows of a heat map run down.</summary>
    internal (Scale X, Scale Y) Scales()
    {
        var y = Y.ScaleOver(Marks.SelectMany(m => m.Ys), PlacesOnY, fromZero: Marks.Any(m => m is BarsMark));
        return (X.ScaleOver(Marks.SelectMany(m => m.Xs), PlacesOnX, fromZero: false), Cells is null ? y : y.Reversed());
    }

    /// <summary>The marks in their order, each with its place among the others.</summary>
    internal ImmutableArray<(Mark Mark, Slot Slot)> Placed(Scale heat)
    {
        var bars = Marks.Count(m => m is BarsMark);
        return [.. Marks.Select((mark, i) => (mark, new Slot(
            Marks.Take(i).Count(m => m.IsSeries), Marks.Take(i).Count(m => m is BarsMark), bars, heat)))];
    }

    /// <summary>Whether bars lie on their side in a panel of this width: their names would not stand side by side.</summary>
    internal bool IsSideways(double width) =>
        X.HasNames && Cells is null && Marks.Any(m => m is BarsMark)
        && X.Names.Select(name => Lettering.Width(name)).DefaultIfEmpty(0).Max() + 8 > (width - 110) / PlacesOnX;

    Chart With(Mark mark) => this with { Marks = Marks.Add(mark) };

    Chart Paired(
        string kind, string name, ImmutableArray<double> xs, ImmutableArray<double> ys,
        Func<ImmutableArray<double>, ImmutableArray<double>, Mark> mark) =>
        xs.Length == ys.Length ? With(mark(xs, ys)) : throw new FunctionalLlmException(
            $"{kind} \"{name}\" of chart \"{Title}\": {xs.Length} values of x beside {ys.Length} of y. Give one y for each x.");

    static ImmutableArray<double> Doubles<T>(IEnumerable<T> values) where T : INumberBase<T> => [.. values.Select(double.CreateSaturating)];
}
