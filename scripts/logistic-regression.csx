// Which of two kinds is it? One logistic neuron with several inputs, P(kind) = σ(w·x + b), learns it. Its notes: logistic-regression.md.
#load "prelude.csx"
#nullable enable
using System.Collections.Immutable;
using Functional.Llm;
using static Functional.Llm.Layers;

return Script.Run<Options>(Args, "Tells two classes apart: logistic regression, one neuron with several inputs.",
    "dotnet script scripts/logistic-regression.csx -- --data iris.csv --features Petal.Length,Petal.Width --target Species --positive virginica", o =>
{
    var table = o.Read(Script.Beside("data/iris.csv"));
    var (features, target) = TableOptions.Roles(table, o.Features, o.Target ?? table.Columns.LastOrDefault(c => !o.Features.Contains(c)));
    var (rows, F) = (o.Numbers(table, features, target), features.Length);
    var classes = TwoClasses.Of(rows, target, o.Positive).OrFail();
    var t = Tensor.From((rows.Rows, 1), rows.Labels(target).Select(label => label == classes.Positive ? 1.0 : 0));
    var all = new Batch<Tensor, Tensor>(rows.Matrix(), t);                                      // (N, F), (N, 1)
    var split = Split.Of(rows.Rows, o.Test, new Key(o.Seed));
    var (training, heldOut) = (all.Take(split.Training), all.Take(split.HeldOut));
    if (training.Targets.Mean().Value is 0 or 1)
        throw new FunctionalLlmException($"all {split.Training.Length} training rows are of one class; expected both; try another --test or --seed");
    var scaling = Standardizer.Of(training.Inputs);                                             // by what it may see: the training rows

    var loss = (Linear.On(scaling.Apply(training.Inputs)) >> LogLoss(training.Targets))
        .Plus(L2Penalty<Tensor>(o.L2).At((LinearParameters θ) => θ.Weight));
    var states = o.Train("the neuron", new LinearParameters(Tensor.Zeros((1, F)), Tensor.Zeros(1)), new Sgd(o.Rate), o.Steps, loss);
    Verdict Judge(LinearParameters θ, Batch<Tensor, Tensor> some)
    {
        var logits = Linear(θ, scaling.Apply(some.Inputs)).Value;
        var calls = Confusion.Of(logits, some.Targets);
        return new(LogLoss(some.Targets)(logits).Value, calls.Accuracy(), calls);
    }

    var course = states.Select(s => new Moment(s.Updates, s.Loss, Judge(s.Parameters, training), Judge(s.Parameters, heldOut))).ToList();

    var (end, θ) = (course[^1], states[^1].Parameters);
    var perUnit = θ.Weight / scaling.Deviation;                                                 // P = σ(Σ perUnit · feature + bias)
    var weights = features.Select((name, i) => new Weight(name, θ.Weight.At(0, i), perUnit.At(0, i))).ToList();
    var bias = new Weight("(bias)", θ.Bias.Value, (θ.Bias - (perUnit * scaling.Mean).Sum()).Value);
    Show(o, classes, course, [.. weights, bias]);
    o.Save(F == 2 ? "logistic-regression.svg" : "logistic-regression-weights.svg",
        F == 2 ? Plane(all, classes, weights[0], weights[1], bias.InUnits) : Bars(classes, weights));
    o.PrintDropped(rows);
    if (end.Training.Accuracy == 1 && o.L2 == 0)
        o.Print("No training row is on the wrong side: steeper is always better, and the weights grow for ever; --l2 0.01 would give them an end.");
    if (course.Count > 1 && end.Loss > 1.0001 * course[^2].Loss)
        o.Print("Training does not settle: the loss rose at the end. A smaller --rate would calm it.");
    var judged = o.Test > 0 ? end.HeldOut : end.Training;
    o.Print($"Of the rows {(o.Test > 0 ? "held out" : "it learned from")} the neuron calls {judged.Accuracy:P0} right: "
        + $"{classes.Positive} where {Rule(weights, bias.InUnits)}.");
    return new { end.Loss, end.Training.Accuracy, HeldOutLoss = end.HeldOut.Loss, HeldOutAccuracy = end.HeldOut.Accuracy,
        Weights = weights.Select(w => w.Scaled), Bias = bias.Scaled, WeightsPerUnit = weights.Select(w => w.InUnits), BiasInUnits = bias.InUnits,
        end.Updates, features,
        classes.Positive, classes.Negative, Rows = split.Training.Length, HeldOutRows = split.HeldOut.Length, rows.Dropped,
        Confusion = end.Training.Calls, HeldOutConfusion = end.HeldOut.Calls };
});

record Options : TableOptions
{
    [Help("the columns to learn from; all of numbers when left out", "COLUMNS")] public ImmutableArray<string> Features { get; init; } = [];
    [Help("the column that holds the class; the last when left out", "COLUMN")] public string? Target { get; init; }
    [Help("the class to find; of two the last by alphabet, such as 1 or yes, when left out", "VALUE")] public string? Positive { get; init; }
    [Help("the fraction of rows held out, drawn by the seed"), Between(0, 0.9)] public double Test { get; init; } = 0.2;
    [Help("learning rate"), Positive] public double Rate { get; init; } = 0.5;
    [Help("updates of gradient descent"), AtLeast(0)] public int Steps { get; init; } = 2_000;
    [Help("strength λ of the penalty λ/2·|w|², which keeps w finite"), AtLeast(0)] public double L2 { get; init; }
}

record Moment(int Updates, double Loss, Verdict Training, Verdict HeldOut);

// How the neuron does on some rows; NaN where there are none.
record Verdict(double Loss, double Accuracy, Confusion Calls);

// A weight on the standardised feature, and on the feature in the data's units.
record Weight(string Feature, float Scaled, float InUnits);

// Where P is above one half; of many features only the two that weigh most.
static string Rule(List<Weight> weights, double bias) => weights.Count <= 3
    ? string.Concat(weights.Select((w, i) => $"{(w.InUnits < 0 ? "− " : i == 0 ? "" : "+ ")}{Math.Abs(w.InUnits):G4} · {w.Feature} "))
        + $"> {0 - bias:G4}"
    : $"the sum of {weights.Count} weighted features is positive, most of all "
        + string.Join(" and ", weights.OrderByDescending(w => Math.Abs(w.Scaled)).Take(2).Select(w => $"{w.Feature} ({w.Scaled:F2})"));

static void Show(Options o, TwoClasses c, List<Moment> course, List<Weight> weights)
{
    var end = course[^1];
    string Judged(double number, string format) => o.Test > 0 ? number.ToString(format) : "";
    o.Table(course.AtPowersOfTen(m => m.Updates),
        ("updates", m => $"{m.Updates}"), ("loss", m => $"{m.Loss:F6}"), ("accuracy", m => $"{m.Training.Accuracy:P0}"),
        ("held-out loss", m => Judged(m.HeldOut.Loss, "F6")), ("held-out accuracy", m => Judged(m.HeldOut.Accuracy, "P0")));
    o.Table(new[] { (Rows: "training", end.Training.Calls), (Rows: "held out", end.HeldOut.Calls) }.Take(o.Test > 0 ? 2 : 1)
        .SelectMany(k => new[] { (k.Rows, Is: c.Negative, No: k.Calls.TrueNegative, Yes: k.Calls.FalsePositive),
            (k.Rows, Is: c.Positive, No: k.Calls.FalseNegative, Yes: k.Calls.TruePositive) }),
        ("rows", k => k.Rows), ("that are", k => k.Is), ($"called {c.Negative}", k => $"{k.No}"), ($"called {c.Positive}", k => $"{k.Yes}"));
    o.Table(weights,
        ("feature", w => w.Feature), ("weight, standardised", w => $"{w.Scaled:F4}"), ("weight, in the data's units", w => $"{w.InUnits:G5}"));
    o.Save("logistic-regression-loss.svg", Chart.Titled("Loss while training").WithX(Axis.Log("update")).WithY("log-loss (nats)")
        .Line("training", course.Select(m => m.Updates), course.Select(m => m.Training.Loss))
        .Line(o.Test > 0 ? "held out" : "", course.Select(m => m.Updates), course.Select(m => m.HeldOut.Loss)));
}

static Chart Bars(TwoClasses classes, List<Weight> weights) => Chart.Titled($"What speaks for {classes.Positive}")
    .WithX(Axis.Categories("", weights.Select(w => w.Feature))).WithY("weight, standardised").Bars("", weights.Select(w => w.Scaled));

// The two classes over the plane of two features, and the straight lines along which P is 0.1, 0.5 and 0.9.
static Chart Plane(Batch<Tensor, Tensor> all, TwoClasses classes, Weight first, Weight second, double bias)
{
    var (x, y, t, v, w) = (all.Inputs[.., 0].ToArray(), all.Inputs[.., 1].ToArray(), all.Targets.ToArray(), first.InUnits, second.InUnits);
    var ((left, right), (low, high)) = (Variable.Range(x.Select(a => (double)a)), Variable.Range(y.Select(b => (double)b)));
    Chart Points(Chart c, string name, float kind) => c.Scatter(name, x.Where((_, i) => t[i] == kind), y.Where((_, i) => t[i] == kind));
    var chart = Chart.Titled($"{classes.Positive} or {classes.Negative}")
        .WithX(Axis.Linear(first.Feature).Within(left, right)).WithY(Axis.Linear(second.Feature).Within(low, high));
    return new[] { 0.1, 0.5, 0.9 }.Aggregate(Points(Points(chart, classes.Negative, 0), classes.Positive, 1), (c, p) =>
    {
        var level = Math.Log(p / (1 - p)) - bias;                                               // v x + w y = level
        return Math.Abs(w * (high - low)) >= Math.Abs(v * (right - left))
            ? c.Line($"P = {p}", [left, right], [(level - v * left) / w, (level - v * right) / w])
            : c.Line($"P = {p}", [(level - w * low) / v, (level - w * high) / v], [low, high]);
    });
}
