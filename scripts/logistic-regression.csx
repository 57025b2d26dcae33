// Which of two kinds is it? One logistic neuron with several inputs, P(kind) = σ(w·x + b), learns it. Its notes: logistic-regression.md.
#load "prelude.csx"
#nullable enable
using System.Collections.Immutable;
using Functional.Llm;
using LanguageExt;
using static Functional.Llm.Layers;
using static Functional.Llm.Training;

return Script.Run<Options>(Args, "Tells two classes apart: logistic regression, one neuron with several inputs.",
    "dotnet script scripts/logistic-regression.csx -- --data iris.csv --features Petal.Length,Petal.Width --target Species --positive virginica", o =>
{
    var data = o.Data is null ? Irises : Read(o);                                               // x (N, F), t (N, 1)
    var split = Split.Of(data.Rows, o.Test, new Key(o.Seed));
    var (training, heldOut) = (data.Take(split.Training), data.Take(split.HeldOut));
    var scaling = Scale(training);                                                              // by what it may see: the training rows
    var x = scaling.Apply(training.X);

    var loss = (Linear.On(x) >> LogLoss(training.T)).Plus(L2Penalty<Tensor>(o.L2).At((LinearParameters θ) => θ.Weight));
    var start = Start(new LinearParameters(Weight: Tensor.Zeros((1, data.Features.Length)), Bias: Tensor.Zeros(1)));
    var states = Enumerable.Range(0, o.Steps).Scan(start, (state, _) => state.Descend(new Sgd(o.Rate), loss));
    var course = o.Progress(states, s => $"update {s.Step}, loss {s.Loss:F4}").Where(s => s.Step == o.Steps || IsShown(s.Step)).Select(s =>
        new Moment(s.Step, loss(s.Parameters).Value, s.Parameters, Verdict.Of(s.Parameters, training, scaling), Verdict.Of(s.Parameters, heldOut, scaling))).ToList();

    var (end, neuron) = (course[^1], Neuron.Of(course[^1].Parameters, scaling));
    RefuseDivergence(course, o, data.Features.Length);
    Show(o, data, course, neuron);
    return new { end.Loss, end.Training.Accuracy, HeldOutLoss = end.HeldOut.Loss, HeldOutAccuracy = end.HeldOut.Accuracy,
        Weights = end.Parameters.Weight.ToArray(), Bias = end.Parameters.Bias.Value, WeightsPerUnit = neuron.Weights, BiasInUnits = neuron.Bias, Updates = end.Step,
        data.Features, data.Positive, data.Negative, training.Rows, HeldOutRows = heldOut.Rows, data.Dropped, Confusion = end.Training.Calls, HeldOutConfusion = end.HeldOut.Calls };
});

record Options : ScriptOptions
{
    [Help("a table; 100 iris flowers when left out", "FILE")] public string? Data { get; init; }
    [Help("the columns to learn from; all columns of numbers when left out", "COLUMNS")] public ImmutableArray<string> Features { get; init; } = [];
    [Help("the column that holds the class; the last when left out", "COLUMN")] public string? Target { get; init; }
    [Help("the class to find; of two classes the last by alphabet, such as 1 or yes, when left out", "VALUE")] public string? Positive { get; init; }
    [Help("rows that lack a value: stop with an error, or drop them")] public MissingPolicy Missing { get; init; }
    [Help("the fraction of rows held out, drawn by the seed"), Between(0, 0.9)] public double Test { get; init; } = 0.2;
    [Help("learning rate"), Positive] public double Rate { get; init; } = 0.5;
    [Help("updates of gradient descent"), AtLeast(0)] public int Steps { get; init; } = 2_000;
    [Help("strength λ of the penalty λ/2·|w|², which keeps w finite"), AtLeast(0)] public double L2 { get; init; }
}

// Rows of features with their class, t = 1 for the positive one.
record Samples(ImmutableArray<string> Features, string Positive, string Negative, Tensor X, Tensor T, int Dropped = 0)
{
    public int Rows => T.Size;
    public Samples Take(ImmutableArray<int> rows) => this with { X = X.Take(rows.AsSpan()), T = T.Take(rows.AsSpan()) };
}

// How a neuron does on some rows; NaN where there are none. It calls a row positive from P = ½ on, where its logit is 0.
record Verdict(double Loss, double Accuracy, Calls Calls)
{
    public static Verdict Of(LinearParameters parameters, Samples samples, Standardizer scaling)
    {
        if (samples.Rows == 0)
            return new(double.NaN, double.NaN, new(0, 0, 0, 0));
        var logits = Linear(parameters, scaling.Apply(samples.X)).Value;
        var pairs = logits.ToArray().Zip(samples.T.ToArray(), (z, t) => (IsCalled: z >= 0, IsSo: t == 1)).ToArray();
        int Count(bool isCalled, bool isSo) => pairs.Count(p => p == (isCalled, isSo));
        return new(LogLoss(samples.T)(logits).Value, pairs.Average(p => p.IsCalled == p.IsSo ? 1.0 : 0.0),
            new(Count(true, true), Count(true, false), Count(false, true), Count(false, false)));
    }
}

record Calls(int TruePositive, int FalsePositive, int FalseNegative, int TrueNegative);

record Moment(int Step, double Loss, LinearParameters Parameters, Verdict Training, Verdict HeldOut);

// The neuron in the data's units: P = σ(Σ weight · feature + bias).
record Neuron(double[] Weights, double Bias)
{
    public static Neuron Of(LinearParameters p, Standardizer scaling)
    {
        double[] weights = [.. p.Weight.ToArray().Zip(scaling.Deviation.ToArray(), (w, s) => (double)w / s)];
        return new(weights, p.Bias.Value - weights.Zip(scaling.Mean.ToArray(), (w, m) => w * m).Sum());
    }

    // Where P is above one half; of many features only the two that weigh most.
    public string Rule(ImmutableArray<string> features, float[] scaled)
    {
        var all = features.Select((name, i) => (Name: name, Weight: Weights[i], Scaled: scaled[i])).ToArray();
        if (all.Length <= 3)
            return string.Concat(all.Select((f, i) => $"{(f.Weight < 0 ? "− " : i == 0 ? "" : "+ ")}{Math.Abs(f.Weight):G4} · {f.Name} ")) + $"> {0 - Bias:G4}";
        var top = all.OrderByDescending(f => Math.Abs(f.Scaled)).ToArray();
        return $"the sum of {all.Length} weighted features is positive, most of all {top[0].Name} ({top[0].Scaled:F2}) and {top[1].Name} ({top[1].Scaled:F2})";
    }
}

static bool IsShown(int step) => step < 100 || step % (int)Math.Pow(10, Math.Floor(Math.Log10(step)) - 1) == 0;

static Standardizer Scale(Samples training)
{
    if (training.T.Mean().Value is 0 or 1)
        throw new FunctionalLlmException($"all {training.Rows} training rows are of one class; expected both; hold out fewer rows with --test, or others with --seed");
    var wild = Array.FindIndex(training.X.Square().Mean(0).ToArray(), s => !float.IsFinite(s));
    return wild < 0 ? Standardizer.Of(training.X) : throw new FunctionalLlmException(
        $"the numbers in column '{training.Features[wild]}' are too large for single precision; expected numbers below 1e18; give them in a larger unit");
}

static void RefuseDivergence(List<Moment> course, Options o, int features)
{
    var (first, last) = (course[0].Loss, course[^1].Loss);
    if (!(last <= first * 1.0001))
    {
        throw new FunctionalLlmException(
            $"training diverged: the loss rose from {first:F4} to {(double.IsFinite(last) ? $"{last:G3}" : "more than a number can hold")} in {o.Steps} updates. Its curvature on standardised features " +
            $"is at most (features + 1)/4 + l2, so that steps are sure to be stable up to the rate 2 / {(features + 1) / 4.0 + o.L2:G3} = {2 / ((features + 1) / 4.0 + o.L2):G3}; " +
            $"this run's {o.Rate:G3} overshoots. Choose a smaller --rate");
    }
}

static void Show(Options o, Samples data, List<Moment> course, Neuron neuron)
{
    var (end, isJudged) = (course[^1], double.IsFinite(course[^1].HeldOut.Loss));
    o.Table(course.Where(m => m.Step == end.Step || m.Step is 0 or 1 or 10 or 100 or 1_000 or 10_000 or 100_000), ("updates", m => $"{m.Step}"), ("loss", m => $"{m.Loss:F6}"),
        ("accuracy", m => $"{m.Training.Accuracy:P0}"), ("held-out loss", m => isJudged ? $"{m.HeldOut.Loss:F6}" : ""), ("held-out accuracy", m => isJudged ? $"{m.HeldOut.Accuracy:P0}" : ""));
    var calls = new[] { (Name: "training", end.Training.Calls), (Name: "held out", end.HeldOut.Calls) }.Take(isJudged ? 2 : 1);
    o.Table(calls.SelectMany(rows => new[] { (rows.Name, data.Negative, rows.Calls.TrueNegative, rows.Calls.FalsePositive), (rows.Name, data.Positive, rows.Calls.FalseNegative, rows.Calls.TruePositive) }),
        ("rows", c => c.Item1), ("that are", c => c.Item2), ($"called {data.Negative}", c => $"{c.Item3}"), ($"called {data.Positive}", c => $"{c.Item4}"));
    o.Table(data.Features.Select((name, i) => (name, (double)end.Parameters.Weight.At(0, i), neuron.Weights[i])).Append(("(bias)", end.Parameters.Bias.Value, neuron.Bias)),
        ("feature", w => w.Item1), ("weight, standardised", w => $"{w.Item2:F4}"), ("weight, in the data's units", w => $"{w.Item3:G5}"));

    if (data.Features.Length == 2)
        o.Save("logistic-regression.svg", Plane(data, neuron).ToSvg());
    else
        o.Save("logistic-regression-weights.svg", Chart.Titled($"What speaks for {data.Positive}").WithX(Axis.Categories("", data.Features)).WithY("weight, standardised").Bars("", end.Parameters.Weight.ToArray()).ToSvg());
    var curve = Chart.Titled("Loss while training").WithX(Axis.Log("update")).WithY("log-loss (nats)").Line("training", course.Select(m => m.Step), course.Select(m => m.Training.Loss));
    o.Save("logistic-regression-loss.svg", (isJudged ? curve.Line("held out", course.Select(m => m.Step), course.Select(m => m.HeldOut.Loss)) : curve).ToSvg());

    if (data.Dropped > 0)
        o.Print($"Rows dropped because they lack a value: {data.Dropped}.");
    if (end.Training.Accuracy == 1 && o.L2 == 0)
        o.Print("No training row is on the wrong side, so that steeper is always better and the weights grow for ever; --l2 0.01 would give them an end.");
    if (course.Count > 1 && end.Loss > 1.0001 * course[^2].Loss)
        o.Print("Training does not settle: the loss rose at the end. A smaller --rate would calm it.");
    var judged = isJudged ? end.HeldOut : end.Training;
    o.Print($"Of the rows {(isJudged ? "held out" : "it learned from")} the neuron calls {judged.Accuracy:P0} right: {data.Positive} where {neuron.Rule(data.Features, end.Parameters.Weight.ToArray())}.");
}

// The two classes over the plane of two features, and the straight lines along which P is 0.1, 0.5 and 0.9.
static Chart Plane(Samples data, Neuron neuron)
{
    var (x, y, t) = (data.X[.., 0].ToArray(), data.X[.., 1].ToArray(), data.T.ToArray());
    var ((left, right), (low, high)) = (Span(x), Span(y));
    var chart = Chart.Titled($"{data.Positive} or {data.Negative}").WithX(Axis.Linear(data.Features[0]).Within(left, right)).WithY(Axis.Linear(data.Features[1]).Within(low, high))
        .Scatter(data.Negative, x.Where((_, i) => t[i] == 0), y.Where((_, i) => t[i] == 0)).Scatter(data.Positive, x.Where((_, i) => t[i] == 1), y.Where((_, i) => t[i] == 1));
    return new[] { 0.1, 0.5, 0.9 }.Aggregate(chart, (c, p) => Line(c, $"P = {p}", Math.Log(p / (1 - p)) - neuron.Bias));

    // w₁x + w₂y = level, followed along the feature in which it is the longer.
    Chart Line(Chart c, string name, double level)
    {
        var (v, w) = (neuron.Weights[0], neuron.Weights[1]);
        var along = Tensor.Linspace(0, 1, 500).ToArray();
        var points = Math.Abs(w * (high - low)) >= Math.Abs(v * (right - left))
            ? along.Select(s => left + s * (right - left)).Select(a => (X: a, Y: (level - v * a) / w))
            : along.Select(s => low + s * (high - low)).Select(b => (X: (level - w * b) / v, Y: b));
        var inside = points.Where(q => q.X >= left && q.X <= right && q.Y >= low && q.Y <= high).ToArray();
        return inside.Length == 0 ? c : c.Line(name, inside.Select(q => q.X), inside.Select(q => q.Y));
    }

    static (double, double) Span(float[] values) =>
        values.Max() - values.Min() is var width and > 0 ? (values.Min() - 0.06 * width, values.Max() + 0.06 * width) : (values.Min() - 1, values.Max() + 1);
}

static Samples Read(Options o)
{
    var table = Table.Read(o.Data!).OrFail();
    var target = o.Target ?? table.Columns.Last(c => !o.Features.Contains(c) || o.Features.Length == table.Columns.Length);
    var features = o.Features.IsEmpty ? [.. table.MeasuredColumns().Where(c => c != target)] : o.Features;
    if (features.Contains(target))
        throw new UsageException($"--features has the target '{target}'; expected other columns to predict it from");
    if (features.IsEmpty)
        throw new FunctionalLlmException($"{o.Data}:1:1: no column of numbers beside '{target}'; expected one or more to predict it from; name them with --features");
    var labels = table.Labels(target, o.Missing).OrFail();
    var numbers = table.Numbers(features, o.Missing).OrFail();
    int[] rows = [.. Enumerable.Range(0, numbers.Rows).Where(i => labels[numbers.SourceRows[i]] is not null)];
    var (positive, negative) = Classes([.. rows.Select(i => labels[numbers.SourceRows[i]]!)], o.Positive,
        (i, expected, mend) => new FunctionalLlmException(table.Unfit(numbers.SourceRows[rows[i]], target, expected, mend).Message));
    return new(features, positive, negative, Tensor.From((rows.Length, features.Length), rows.SelectMany(i => features.Select((_, j) => numbers[i, j]))),
        Tensor.From((rows.Length, 1), rows.Select(i => labels[numbers.SourceRows[i]] == positive ? 1.0 : 0)), table.Rows - rows.Length);
}

// Which class is 1 and which 0. More than two classes are one against the rest, if somebody says which one.
static (string Positive, string Negative) Classes(ImmutableArray<string> labels, string? asked, Func<int, string, string, Exception> fault)
{
    string[] classes = [.. labels.Distinct().Order(StringComparer.Ordinal)];
    if (classes.Length < 2)
        throw fault(labels.Length - 1, "two classes", "choose another --target, or a table with both");
    if (asked is not null && !classes.Contains(asked))
        throw fault(0, $"{asked} somewhere in the column", $"choose --positive from {string.Join(", ", classes.Take(12))}");
    if (asked is null && classes.Length > 2)
        throw fault(labels.IndexOf(labels.Distinct().ElementAt(2)), $"only {labels[0]} or {labels.Distinct().ElementAt(1)}", $"say which class to tell from all others with --positive {labels[0]}");
    var positive = asked ?? classes[^1];
    return (positive, classes.Length > 2 ? $"not {positive}" : classes.Single(c => c != positive));
}

// Fifty flowers each of Iris versicolor and Iris virginica, their petals in tenths of a centimetre (Anderson 1935, Fisher 1936).
static readonly Samples Irises = Flowers(
    [47, 45, 49, 40, 46, 45, 47, 33, 46, 39, 35, 42, 40, 47, 36, 44, 45, 41, 45, 39, 48, 40, 49, 47, 43, 44, 48, 50, 45, 35, 38, 37, 39, 51, 45, 45, 47, 44, 41, 40, 44, 46, 40, 33, 42, 42, 42, 43, 30, 41,
     60, 51, 59, 56, 58, 66, 45, 63, 58, 61, 51, 53, 55, 50, 51, 53, 55, 67, 69, 50, 57, 49, 67, 49, 57, 60, 48, 49, 56, 58, 61, 64, 56, 51, 56, 61, 56, 55, 48, 54, 56, 51, 51, 59, 57, 52, 50, 52, 54, 51],
    [14, 15, 15, 13, 15, 13, 16, 10, 13, 14, 10, 15, 10, 14, 13, 14, 15, 10, 15, 11, 18, 13, 15, 12, 13, 14, 14, 17, 15, 10, 11, 10, 12, 16, 15, 16, 15, 13, 13, 13, 12, 14, 12, 10, 13, 12, 13, 13, 11, 13,
     25, 19, 21, 18, 22, 21, 17, 18, 18, 25, 20, 19, 21, 20, 24, 23, 18, 22, 23, 15, 23, 20, 20, 18, 21, 18, 18, 18, 21, 16, 19, 20, 22, 15, 14, 23, 24, 18, 18, 21, 24, 23, 19, 23, 25, 23, 19, 20, 23, 18]);

static Samples Flowers(int[] lengths, int[] widths) => new(["petal length (cm)", "petal width (cm)"], "virginica", "versicolor",
    Tensor.From((100, 2), lengths.Zip(widths, (l, w) => new[] { l / 10.0, w / 10.0 }).SelectMany(pair => pair)), Tensor.From((100, 1), Enumerable.Range(0, 100).Select(i => i < 50 ? 0.0 : 1)));
