// How far does a car go before it stands? One linear neuron, y = wx + b, learns it from fifty cars. Its notes: linear-regression.md.
#load "prelude.csx"
#nullable enable
using System.Collections.Immutable;
using Functional.Llm;
using LanguageExt;
using static Functional.Llm.Layers;
using static Functional.Llm.Training;

return Script.Run<Options>(Args, "Finds the best straight line through points: linear regression by gradient descent.",
    "dotnet script scripts/linear-regression.csx -- --data anscombe.csv --feature x --target y --by dataset --out pictures", o =>
{
    var points = o.Data is null ? Cars : Read(o);                                               // N pairs (x, y)
    var course = Learn(points, o);
    var fit = Fit.Of(points, course[^1]);
    Fit[] each = [.. points.Groups.Select(group => Fit.Of(group, Learn(group, o)[^1]))];
    Show(o, points, fit, each, course);
    return new { fit.Intercept, fit.Slope, fit.RSquared, fit.ResidualError, fit.Correlation, fit.Rows, course[^1].Loss, course[^1].Weight, course[^1].Bias,
        Updates = course[^1].Step, Feature = points.X.Name, Target = points.Y.Name, points.Dropped, groups = each };
});

// Gradient descent on standardised numbers: both variables get mean 0 and deviation 1, so that one learning rate serves all data.
static List<Update> Learn(Points points, Options o)
{
    var (x, t) = (points.X.Standardised(), points.Y.Standardised());                            // (N, 1), (N, 1)
    var loss = Linear.On(x) >> MeanSquaredError(t);                                             // L = 1/N Σ (wx + b − t)²
    var start = Start(new LinearParameters(Weight: Tensor.Zeros((1, 1)), Bias: Tensor.Zeros(1)));
    var course = Enumerable.Range(0, o.Steps).Scan(start, (state, _) => state.Descend(new Sgd(o.Rate), loss))
        .Select(s => new Update(s.Step, loss(s.Parameters).Value, s.Parameters.Weight.Value, s.Parameters.Bias.Value)).ToList();
    return course.Find(u => !(u.Loss <= 1.001 * course[0].Loss + 1e-6)) is not { Step: > 0 } worse ? course : throw new FunctionalLlmException(
        $"training diverged: the loss rose from {course[0].Loss:G3} to {(double.IsFinite(worse.Loss) ? $"{worse.Loss:G3}" : "more than a number can hold")} by update {worse.Step}. " +
        $"On standardised data each update multiplies the distance from the best line by 1 − 2 · rate, here {1 - 2 * o.Rate:G3}: it lands farther off, on the other side. " +
        "Choose a --rate below 1; 0.1 does");
}

record Options : ScriptOptions
{
    [Help("a table with two columns of numbers; fifty cars, and Anscombe's quartet, when left out", "FILE")] public string? Data { get; init; }
    [Help("the column x to predict from; x, or the first column of numbers, when left out", "COLUMN")] public string? Feature { get; init; }
    [Help("the column y to predict; y, or the last column of numbers, when left out", "COLUMN")] public string? Target { get; init; }
    [Help("fit also each group of rows that have the same value in this column", "COLUMN")] public string? By { get; init; }
    [Help("rows that lack a value: stop with an error, or drop them")] public MissingPolicy Missing { get; init; }
    [Help("learning rate; from 1 on it diverges"), Positive] public double Rate { get; init; } = 0.1;
    [Help("updates of gradient descent"), AtLeast(0)] public int Steps { get; init; } = 200;
}

// Training after some updates: w, b and the loss of the standardised line. The loss is the share of the target's variance left unexplained.
record struct Update(int Step, double Loss, double Weight, double Bias);

// One variable in the data's units. Means and deviations are of doubles: only standardised numbers are rounded to the library's Real.
record Variable(string Name, string Unit, ImmutableArray<double> Values)
{
    public double Mean { get; } = Values.Average();
    public double Deviation { get; } = Values.Average() is var mean ? Math.Sqrt(Values.Average(v => (v - mean) * (v - mean))) : 0;
    public Tensor Standardised() => Tensor.From((Values.Length, 1), Values.Select(v => (v - Mean) / (Deviation > 0 ? Deviation : 1)));
}

record Points(string Name, Variable X, Variable Y)
{
    public ImmutableArray<Points> Groups { get; init; } = [];
    public int Dropped { get; init; }
}

// The line in the data's units, y = slope · x + intercept, and how well it fits; all in double.
record Fit(string Group, int Rows, double Intercept, double Slope, double RSquared, double ResidualError, double Correlation)
{
    public static Fit Of(Points points, Update end)
    {
        var (x, y, n) = (points.X, points.Y, points.X.Values.Length);
        var slope = end.Weight * y.Deviation / x.Deviation;
        var intercept = y.Mean + end.Bias * y.Deviation - slope * x.Mean;
        var squares = x.Values.Zip(y.Values, (a, b) => Math.Pow(b - (slope * a + intercept), 2)).Sum();
        var products = x.Values.Zip(y.Values, (a, b) => (a - x.Mean) / x.Deviation * (b - y.Mean)).Average();
        return new(points.Name, n, intercept, slope, 1 - squares / (n * y.Deviation * y.Deviation), Math.Sqrt(squares / (n - 2)), products / y.Deviation);
    }

    public string Equation(string x, string digits = "G4") =>
        $"{Slope.ToString(digits)} · {x} {(Intercept < 0 ? "−" : "+")} {Math.Abs(Intercept).ToString(digits)}";
}

static void Show(Options o, Points points, Fit fit, Fit[] each, List<Update> course)
{
    var (x, y, end) = (points.X, points.Y, course[^1]);
    o.Table(course.Where(u => u.Step is 0 or 1 or 10 or 100 or 1_000 or 10_000 or 100_000 || u == end).Select(u => (u, Line: Fit.Of(points, u))), ("updates", r => $"{r.u.Step}"),
        ("loss", r => $"{r.u.Loss:F6}"), ("w", r => $"{r.u.Weight:F6}"), ("b", r => $"{Math.Round(r.u.Bias, 6) + 0.0:F6}"), ("slope", r => $"{r.Line.Slope:G6}"), ("intercept", r => $"{r.Line.Intercept:G6}"));
    if (each.Length > 0)
    {
        o.Print(o.Data is null ? "Anscombe's quartet: four tables, one line. See what they look like with --out FOLDER." : $"The same for each {o.By}:");
        o.Table(each, ("group", f => f.Group), ("rows", f => $"{f.Rows}"), ("slope", f => $"{f.Slope:G4}"), ("intercept", f => $"{f.Intercept:G4}"),
            ("correlation", f => double.IsNaN(f.Correlation) ? "" : $"{f.Correlation:F3}"), ("residual error", f => double.IsNaN(f.ResidualError) ? "" : $"{f.ResidualError:G4}"));
        o.Save(o.Data is null ? "anscombe.svg" : "linear-regression-groups.svg", Panels(o, points.Groups, each).ToSvg());
    }

    o.Save("linear-regression.svg", Picture(points, fit).WithX(x.Name + Bracketed(x.Unit)).WithY(y.Name + Bracketed(y.Unit)).ToSvg());
    o.Save("linear-regression-loss.svg", Chart.Titled("Loss while training").WithX(Axis.Log("update")).WithY("loss (share of the variance left)")
        .Line("", course.Skip(1).Select(u => u.Step), course.Skip(1).Select(u => u.Loss)).ToSvg());
    if (points.Dropped > 0)
        o.Print($"Rows dropped because they lack a value: {points.Dropped}.");
    if (Math.Abs(end.Weight - fit.Correlation) > 1e-4)
        o.Print($"Training is not at its end: w is {end.Weight:G4} and the best line's is {fit.Correlation:G4}. Give more --steps, or a --rate nearer to 0.5.");
    o.Print($"One{x.Unit} more of {x.Name} goes with {Math.Abs(fit.Slope):G4}{y.Unit} {(fit.Slope < 0 ? "less" : "more")} of {y.Name}: {y.Name} ≈ {fit.Equation(x.Name)}"
        + (double.IsFinite(fit.ResidualError) ? $", give or take {fit.ResidualError:G3}{y.Unit}." : "."));
}

static string Bracketed(string unit) => unit.Length > 0 ? $" ({unit.Trim()})" : "";

static Chart Picture(Points points, Fit fit)
{
    double[] ends = [points.X.Values.Min(), points.X.Values.Max()];
    return Chart.Titled(points.Name).Scatter("", points.X.Values, points.Y.Values).Line($"y = {fit.Equation("x")}", ends, ends.Select(x => fit.Slope * x + fit.Intercept));
}

// Every group on the same axes, twelve at most; each line runs over the whole width.
static Figure Panels(Options o, ImmutableArray<Points> groups, Fit[] each)
{
    var (x, y) = (Span(groups.Select(g => g.X)), Span(groups.Select(g => g.Y)));
    return Chart.Grid(2, groups.Zip(each, (g, fit) => Chart.Titled(g.Name).WithX(x.Axis).WithY(y.Axis).Scatter("", g.X.Values, g.Y.Values)
        .Line($"y = {fit.Equation("x", "G3")}, r = {fit.Correlation:F3}", x.Ends, x.Ends.Select(a => fit.Slope * a + fit.Intercept))).Take(12))
        .Titled(o.Data is null ? "Four tables, one line: why one looks" : $"{groups[0].Y.Name} by {groups[0].X.Name}, for each {o.By}");

    static (Axis Axis, double[] Ends) Span(IEnumerable<Variable> variables)
    {
        var (low, high) = (variables.Min(v => v.Values.Min()), variables.Max(v => v.Values.Max()));
        var margin = high > low ? 0.08 * (high - low) : 1;
        double[] ends = [low - margin, high + margin];
        return (Axis.Linear(variables.First().Name).Within(ends[0], ends[1]), ends);
    }
}

static Points Read(Options o)
{
    var table = Table.Read(o.Data!).OrFail();
    var (feature, target) = Columns(table, o);
    var groups = o.By is null ? [] : table.Labels(o.By, o.Missing).OrFail();
    var numbers = table.Numbers([feature, target], o.Missing).OrFail();
    var rows = Enumerable.Range(0, numbers.Rows).Where(i => o.By is null || groups[numbers.SourceRows[i]] is not null).ToArray();
    return Of($"{target} by {feature}", "the table", rows) with
    {
        Groups = o.By is null ? [] : [.. rows.GroupBy(i => groups[numbers.SourceRows[i]]!).Select(g => Of(g.Key, $"group '{g.Key}'", [.. g]))],
        Dropped = table.Rows - rows.Length,
    };

    Points Of(string name, string place, int[] rows)
    {
        var points = new Points(name, new(feature, "", [.. rows.Select(i => numbers[i, 0])]), new(target, "", [.. rows.Select(i => numbers[i, 1])]));
        return points.X.Deviation > 0 && double.IsFinite(points.X.Deviation + points.Y.Deviation) ? points
            : throw new FunctionalLlmException(table.Unfit(numbers.SourceRows[rows[^1]], feature, $"two different values, neither huge, in {place}", "a line needs them: choose other columns").Message);
    }
}

static (string Feature, string Target) Columns(Table table, Options o)
{
    var columns = table.MeasuredColumns() is { Length: > 1 } measured ? measured : table.Columns;
    var target = o.Target ?? Choose("y", columns.Reverse(), o.Feature);
    var feature = o.Feature ?? Choose("x", columns, target);
    return feature != target ? (feature, target) : throw new UsageException($"--feature and --target are both '{feature}'; expected two columns");

    string Choose(string name, IEnumerable<string> from, string? other) =>
        from.Where(c => c != o.By && c != other).OrderByDescending(c => c == name).FirstOrDefault() ?? throw new FunctionalLlmException(
            $"{o.Data}:1:1: too few columns; expected one to predict from and one to predict, in numbers; check that this is the file you mean");
}

// Speed in miles an hour and stopping distance in feet of cars of the 1920s (Ezekiel 1930); beside them Anscombe's quartet (1973).
static readonly Points Cars = new("Stopping distance by speed",
    new("speed", " mph", [4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15,
        15, 16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25]),
    new("distance", " ft", [2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20, 26,
        54, 32, 40, 32, 40, 50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85]))
{
    Groups =
    [
        Anscombe("I", [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5], [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]),
        Anscombe("II", [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5], [9.14, 8.14, 8.74, 8.77, 9.26, 8.1, 6.13, 3.1, 9.13, 7.26, 4.74]),
        Anscombe("III", [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5], [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73]),
        Anscombe("IV", [8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8], [6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.5, 5.56, 7.91, 6.89]),
    ],
};

static Points Anscombe(string name, ImmutableArray<double> x, ImmutableArray<double> y) => new(name, new("x", "", x), new("y", "", y));
