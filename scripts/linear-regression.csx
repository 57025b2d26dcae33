// How far does a car go before it stands? One linear neuron, y = wx + b, learns it from fifty cars. Its notes: linear-regression.md.
#load "prelude.csx"
#nullable enable
using System.Collections.Immutable;
using Functional.Llm;
using static Functional.Llm.Layers;

return Script.Run<Options>(Args, "Finds the best straight line through points: linear regression by gradient descent.",
    "dotnet script scripts/linear-regression.csx -- --data anscombe.csv --feature x --target y --by dataset --out pictures", o =>
{
    var points = Points.Of(o, o.Read(Script.Beside("data/cars.csv")));                          // N pairs (x, y)
    var isQuartet = o.Data is null && o.By is null;
    var groups = (isQuartet ? Points.Of(new() { By = "dataset" }, Table.Read(Script.Beside("data/anscombe.csv")).OrFail()) : points).Groups;

    // On standardised numbers, with mean 0 and deviation 1, one learning rate serves all data.
    ImmutableArray<Milestone<LinearParameters>> Learn(Points p)
    {
        var (x, t) = (Tensor.From((p.N, 1), p.X.Standardized()), Tensor.From((p.N, 1), p.Y.Standardized()));
        var loss = Linear.On(x) >> MeanSquaredError(t);                                         // L = 1/N Σ (wx + b − t)²
        return o.Train("the line", new(Weight: Tensor.Zeros((1, 1)), Bias: Tensor.Zeros(1)), new Sgd(o.Rate), o.Steps, loss);
    }

    var course = Learn(points).Select(m => (m.Updates, m.Loss, W: m.Parameters.Weight.Value, B: m.Parameters.Bias.Value, Line: Fit.Of(points, m)))
        .ToList();
    var each = groups.Select(group => Fit.Of(group, Learn(group)[^1])).ToList();
    var (x, y, end, fit) = (points.X, points.Y, course[^1], course[^1].Line);

    o.Table(course.AtPowersOfTen(u => u.Updates), ("updates", u => $"{u.Updates}"), ("loss", u => $"{u.Loss:F6}"), ("w", u => $"{u.W:F6}"),
        ("b", u => $"{Math.Round(u.B, 6) + 0.0:F6}"), ("slope", u => $"{u.Line.Slope:G6}"), ("intercept", u => $"{u.Line.Intercept:G6}"));
    if (each.Count > 0)
    {
        o.Print(isQuartet ? "Anscombe's quartet: four tables, one line. See what they look like with --out FOLDER." : $"The same for each {o.By}:");
        o.Table(each, ("group", f => f.Group), ("rows", f => $"{f.Rows}"), ("slope", f => $"{f.Slope:G4}"), ("intercept", f => $"{f.Intercept:G4}"),
            ("correlation", f => Finite(f.Correlation, "F3")), ("residual error", f => Finite(f.ResidualError, "G4")));
        o.Save(isQuartet ? "anscombe.svg" : "linear-regression-groups.svg", Chart.Grid(2, groups.Zip(each, (g, f) => Picture(g, f, groups)).Take(12))
            .Titled(isQuartet ? "Four tables, one line: why one looks" : $"{y.Name} by {x.Name}, for each {o.By}"));
    }

    o.Save("linear-regression.svg", Picture(points, fit, [points]));
    o.Save("linear-regression-loss.svg", Chart.Titled("Loss while training").WithX(Axis.Log("update")).WithY("loss (share of the variance left)")
        .Line("", course.Skip(1).Select(u => u.Updates), course.Skip(1).Select(u => u.Loss)));
    o.PrintDropped(points.Rows);
    if (Math.Abs(end.W - fit.Correlation) > 1e-4)
        o.Print($"Training is not at its end: w is {end.W:G4} and the best line's is {fit.Correlation:G4}. "
            + "Give more --steps, or a --rate nearer to 0.5.");
    string Unit(Variable v) => v.Unit.Length > 0 ? $" {v.Unit}" : "";
    o.Print($"One{Unit(x)} more of {x.Name} goes with {Math.Abs(fit.Slope):G4}{Unit(y)} {(fit.Slope < 0 ? "less" : "more")} of {y.Name}: "
        + $"{y.Name} ≈ {fit.Equation(x.Name)}{(double.IsFinite(fit.ResidualError) ? $", give or take {fit.ResidualError:G3}{Unit(y)}" : "")}.");
    return new { fit.Intercept, fit.Slope, fit.RSquared, fit.ResidualError, fit.Correlation, fit.Rows, end.Loss, Weight = end.W, Bias = end.B,
        end.Updates, Feature = x.Name, Target = y.Name, points.Rows.Dropped, groups = each };
});

record Options : TableOptions
{
    [Help("the column x to predict from; x, or the first of numbers, when left out", "COLUMN")] public string? Feature { get; init; }
    [Help("the column y to predict; y, or the last of numbers, when left out", "COLUMN")] public string? Target { get; init; }
    [Help("fit also each group of rows that have the same value in this column", "COLUMN")] public string? By { get; init; }
    [Help("learning rate; from 1 on it diverges"), Positive] public double Rate { get; init; } = 0.1;
    [Help("updates of gradient descent"), AtLeast(0)] public int Steps { get; init; } = 200;
}

// Pairs of numbers in the data's units, and in doubles: only standardised numbers are rounded to the library's Real.
record Points(string Name, NumberTable Rows, string? By)
{
    public int N => Rows.Rows;
    public Variable X { get; } = new(Rows.Columns[0], Rows.Column(Rows.Columns[0]));
    public Variable Y { get; } = new(Rows.Columns[1], Rows.Column(Rows.Columns[1]));
    public IReadOnlyList<Points> Groups => By is null ? [] : [.. Rows.GroupBy(By).Select(g => Of(g.Label, g.Rows))];

    public static Points Of(Options o, Table table)
    {
        var (feature, target) = TableOptions.Pair(table, o.Feature, o.Target, o.By);
        return Of($"{target} by {feature}", o.Numbers(table, [feature, target], o.By)) with { By = o.By };
    }

    static Points Of(string name, NumberTable rows) => new(name, rows.WhereVary(rows.Columns[0]).OrFail(), null);
}

// The line in the data's units, y = slope · x + intercept, and how well it fits.
record Fit(string Group, int Rows, double Intercept, double Slope, double RSquared, double ResidualError, double Correlation)
{
    public static Fit Of(Points points, Milestone<LinearParameters> end)
    {
        var (x, y, n) = (points.X, points.Y, points.N);
        var slope = end.Parameters.Weight.Value * y.Deviation / x.Deviation;
        var intercept = y.Mean + end.Parameters.Bias.Value * y.Deviation - slope * x.Mean;
        var squares = x.Values.Zip(y.Values, (a, b) => Math.Pow(b - (slope * a + intercept), 2)).Sum();
        var products = x.Standardized().Zip(y.Values, (a, b) => a * (b - y.Mean)).Average();
        var (variance, error) = (y.Deviation * y.Deviation, Math.Sqrt(squares / (n - 2)));
        return new(points.Name, n, intercept, slope, 1 - squares / (n * variance), error, products / y.Deviation);
    }

    public double At(double x) => Slope * x + Intercept;

    public string Equation(string x, string digits = "G4") =>
        $"{Slope.ToString(digits)} · {x} {(Intercept < 0 ? "−" : "+")} {Math.Abs(Intercept).ToString(digits)}";
}

static string Finite(double number, string format) => double.IsFinite(number) ? number.ToString(format) : "";

// The points and their line, on axes that have a place for all the points of all groups.
static Chart Picture(Points points, Fit fit, IReadOnlyList<Points> all)
{
    var ((left, right), (low, high)) = (Variable.Range(all.SelectMany(p => p.X.Values)), Variable.Range(all.SelectMany(p => p.Y.Values)));
    return Chart.Titled(points.Name).Scatter("", points.X.Values, points.Y.Values)
        .WithX(Axis.Linear(points.X.Header).Within(left, right)).WithY(Axis.Linear(points.Y.Header).Within(low, high))
        .Line($"y = {fit.Equation("x", "G3")}, r = {fit.Correlation:F3}", [left, right], [fit.At(left), fit.At(right)]);
}
