// How much fuel does a car take? A two-layer network of many inputs beside a linear model, judged on rows held out. Its notes: multi-input-network.md.
#load "prelude.csx"
#nullable enable
using System.Collections.Immutable;
using Functional.Llm;
using LanguageExt;
using static Functional.Llm.Layers;
using static Functional.Llm.Training;

return Script.Run<Options>(Args, "Predicts a number from several: a vectorised two-layer network beside a linear model, judged on rows held out.",
    "dotnet script scripts/multi-input-network.csx -- --data auto-mpg.data --target mpg --missing drop", o =>
{
    var keys = new Key(o.Seed).Split(4);
    var data = Read(o);                                                                         // x (N, F), y (N, 1)
    var split = Split.Of(data.Rows.Inputs.Shape[0], o.Test, keys[0]);
    var (training, heldOut) = (Take(data.Rows, split.Training), Take(data.Rows, split.HeldOut));
    var (scaleX, scaleY) = (Standardizer.Of(training.Inputs), Standardizer.Of(training.Targets));
    var (x, y, F) = (scaleX.Apply(training.Inputs), scaleY.Apply(training.Targets), data.Features.Length);
    o.Print($"{data.Target} from {string.Join(", ", data.Features)}: {split.Training.Length:N0} rows to learn from, {split.HeldOut.Length:N0} held out.");

    Trained Train<P>(string name, Layer<P, Tensor, Tensor> model, P parameters)
    {
        var start = Start(parameters);
        var batches = Batches.Epochs(x, y, Math.Min(o.Batch, split.Training.Length), keys[3]).Take(o.Steps);
        var updates = batches.Trace(start, new Sgd(o.Rate, o.Momentum), b => model.On(b.Inputs) >> MeanSquaredError(b.Targets)).OrDiverged($"the {name}");
        var states = o.Progress(updates, s => $"{name}: update {s.Step}, loss {s.Loss:F4}").AtMilestones(start).ToList();

        Tensor Predict(P θ, Tensor inputs) => scaleY.Invert(model(θ, scaleX.Apply(inputs)).Value);
        double Rmse(P θ, Batch<Tensor, Tensor> rows) => Math.Sqrt((Predict(θ, rows.Inputs) - rows.Targets).Square().Mean().Value);
        var course = states.Select(s => new Moment(s.Step, Rmse(s.Parameters, training), Rmse(s.Parameters, heldOut))).ToList();
        Math.Pow(course[^1].TrainingRmse, 2).OrDiverged(Math.Pow(course[0].TrainingRmse, 2), o.Steps, o.Rate, $"the {name}");
        var predicted = Predict(states[^1].Parameters, heldOut.Inputs);
        return new(name, (int)Tree.Count(parameters), course, predicted.ToArray(), (predicted - heldOut.Targets).Abs().Mean().Value);
    }

    var linear = Train("linear model", Linear, new LinearParameters(Tensor.Zeros((1, F)), Tensor.Zeros(1)));
    var network = Train("network",
        Linear.At((Network θ) => θ.Hidden)                                                      // (B, F) → (B, H)
            >> Tanh                                                                             //        → (B, H)
            >> Linear.At((Network θ) => θ.Output),                                              //        → (B, 1)
        new Network(Init.Linear(keys[1], F, o.HiddenUnits), Init.Linear(keys[2], o.HiddenUnits, 1)));

    o.Table([linear, network], ("", m => m.Name), ("parameters", m => $"{m.Parameters:N0}"), ("training RMSE", m => Short(m.End.TrainingRmse)),
        ("held-out RMSE", m => Short(m.End.Rmse)), ("held-out mean absolute error", m => Short(m.Mae)));
    o.Save("multi-input-network-loss.svg", new[] { linear, network }.Aggregate(
        Chart.Titled("Error while training").WithX(Axis.Log("update")).WithY(Axis.Log($"root mean squared error of {data.Target}")),
        (chart, m) => chart.Line($"{m.Name}, training", m.Course.Select(c => c.Updates), m.Course.Select(c => c.TrainingRmse))
            .Line($"{m.Name}, held out", m.Course.Select(c => c.Updates), m.Course.Select(c => c.Rmse))).ToSvg());
    var truth = heldOut.Targets.ToArray();
    var all = truth.Concat(linear.Predicted).Concat(network.Predicted).ToArray();
    var margin = 0.03 * (all.Max() - all.Min()) + 1e-6 * (1 + Math.Abs(all.Max()));
    var (low, high) = (all.Min() - margin, all.Max() + margin);
    o.Save("multi-input-network.svg", Chart.Grid(2, new[] { linear, network }.Select(m => Chart.Titled($"Held-out rows, {m.Name}")
        .WithX(Axis.Linear($"{data.Target}, true").Within(low, high)).WithY(Axis.Linear($"{data.Target}, predicted").Within(low, high))
        .Scatter("", truth, m.Predicted).Line("predicted = true", [low, high], [low, high]))).ToSvg());

    var better = 1 - network.End.Rmse / linear.End.Rmse;
    o.Print($"On held-out rows ({truth.Length:N0}) the network is off by {Short(network.End.Rmse)} in {data.Target} (root mean squared error; {Short(network.Mae)} on average), "
        + $"the linear model by {Short(linear.End.Rmse)} ({Short(linear.Mae)}): {(better > 0 ? "the network" : "the linear model")} is better by {Math.Abs(better):P1}.");
    return new
    {
        network = new { network.Parameters, network.End.TrainingRmse, network.End.Rmse, network.Mae },
        linear = new { linear.Parameters, linear.End.TrainingRmse, linear.End.Rmse, linear.Mae },
        betterBy = better, data.Target, data.Features, data.LeftOut, data.Dropped,
        trainingRows = split.Training.Length, heldOutRows = split.HeldOut.Length, o.HiddenUnits, updates = o.Steps,
    };
});

record Network(LinearParameters Hidden, LinearParameters Output);

record Moment(int Updates, double TrainingRmse, double Rmse);

record Trained(string Name, int Parameters, List<Moment> Course, float[] Predicted, double Mae)
{
    public Moment End => Course[^1];
}

record Options : ScriptOptions
{
    [Help("a table; 56 cars when left out", "FILE")] public string? Data { get; init; }
    [Help("the columns to predict from; all of numbers when left out", "LIST")] public ImmutableArray<string> Features { get; init; }
    [Help("the column to predict; mpg, or else the last one of numbers, when left out", "NAME")] public string? Target { get; init; }
    [Help("refuse a row that lacks a value, or leave it out")] public MissingPolicy Missing { get; init; }
    [Help("fraction of the rows to hold out"), Between(0.01, 0.9)] public double Test { get; init; } = 0.2;
    [Help("width of the hidden layer"), Between(1, 10_000)] public int HiddenUnits { get; init; } = 16;
    [Help("learning rate"), Positive] public double Rate { get; init; } = 0.005;
    [Help("share of its velocity that a parameter keeps from update to update"), Between(0, 0.999)] public double Momentum { get; init; } = 0.9;
    [Help("updates of gradient descent"), AtLeast(0)] public int Steps { get; init; } = 2_000;
    [Help("rows in a batch"), AtLeast(1)] public int Batch { get; init; } = 64;
}

record Data(Batch<Tensor, Tensor> Rows, ImmutableArray<string> Features, string Target, ImmutableArray<string> LeftOut, int Dropped);

static Data Read(Options o)
{
    var table = (o.Data is null ? Table.FromText(Cars, "the table in multi-input-network.csx") : Table.Read(o.Data)).OrFail();
    var numeric = table.NumericColumns();
    var usable = table.Columns.RemoveAll(column => !numeric.Contains(column) && !HoldsNumbers(table, column));
    var target = o.Target ?? (usable.Contains("mpg") ? "mpg" : usable.LastOrDefault(table.Columns[^1]));
    var features = o.Features.IsDefault ? usable.Remove(target) : o.Features;
    if (features.Contains(target) || features.Distinct().Count() < features.Length)
        throw new UsageException($"--features: {(features.Contains(target) ? $"'{target}' is the target" : "a column is named twice")}; expected columns to predict '{target}' from, each once");
    if (features.IsEmpty)
        throw new FunctionalLlmException($"{o.Data}: no column of numbers beside '{target}'; expected at least one to predict it from; choose another table");
    var numbers = table.Numbers([.. features, target], o.Missing).OrFail();
    if (numbers.Column(target).Distinct().Count() == 1)
        throw new FunctionalLlmException($"{o.Data}: '{target}' is {numbers[0, features.Length]} in every row; expected a column that varies; choose another --target");
    var leftOut = o.Features.IsDefault ? table.Columns.RemoveRange([.. usable, target]) : [];
    if (!leftOut.IsEmpty)
        o.Print($"Left out, because it is text: {string.Join(", ", leftOut)}.");
    if (numbers.Dropped > 0)
        o.Print($"Left out, because a value is missing: {numbers.Dropped:N0} of {table.Rows:N0} rows.");
    var all = Tensor.From((numbers.Rows, features.Length + 1), numbers.Values);
    return new(new(all[.., ..^1], all[.., ^1..]), features, target, leftOut, numbers.Dropped);
}

// A column of text holds no number at all; one with a word among its numbers is no text, and is refused where the word stands.
static bool HoldsNumbers(Table table, string column) => Enumerable.Range(0, table.Rows)
    .Any(row => double.TryParse(table[row, table.Columns.IndexOf(column)], out var number) && double.IsFinite(number));

static Batch<Tensor, Tensor> Take(Batch<Tensor, Tensor> rows, ImmutableArray<int> places) => new(rows.Inputs.Take(places.AsSpan()), rows.Targets.Take(places.AsSpan()));

static string Short(double value) => Math.Abs(value) >= 1000 ? $"{value:N0}" : $"{value:G4}";

// Every seventh of the 392 complete rows of UCI's Auto MPG data (Quinlan 1993; CC BY 4.0): miles per gallon, horsepower, weight in pounds, model year.
const string Cars = """
    mpg,horsepower,weight,year
    14,220,4354,70
    14,225,3086,70
    25,87,2672,70
    11,210,4382,70
    17,100,3329,71
    12,180,4955,71
    23,86,2220,71
    26,70,1955,71
    14,175,4385,72
    13,190,4422,72
    22,76,2511,72
    27,88,2100,72
    13,150,4464,73
    16,100,3278,73
    13,170,4654,73
    19,85,2310,73
    20,91,2582,73
    19,100,2901,74
    16,110,3632,74
    29,83,2219,74
    26,75,2246,74
    15,72,3158,75
    15,110,3730,75
    20,100,2914,75
    19,90,3211,75
    25,81,2220,76
    14.5,152,4215,76
    29,70,1937,76
    32,70,1990,76
    16.5,120,3820,76
    36,58,1825,77
    17.5,110,3520,77
    16,149,4335,77
    30,67,1985,77
    32.8,52,1985,78
    20.5,95,3155,78
    18.6,110,3620,78
    27.5,95,2560,78
    20.3,103,2830,78
    19.8,85,2990,79
    18.2,135,3830,79
    35.7,80,1915,79
    34.5,70,2150,79
    41.5,76,2144,80
    19.1,90,3381,80
    27.9,105,2800,80
    33.8,67,2145,80
    26.6,84,2635,81
    32.3,67,2065,81
    33,74,2190,81
    25.4,116,2900,81
    27,88,2640,82
    37,68,2025,82
    38,67,1965,82
    32,96,2665,82
    31,82,2720,82
    """;
