// How much fuel does a car take? A two-layer network beside a linear model, judged on rows held out. Its notes: multi-input-network.md.
#load "prelude.csx"
#nullable enable
using System.Collections.Immutable;
using Functional.Llm;
using static Functional.Llm.Layers;
using static Functional.Llm.Metrics;

return Script.Run<Options>(Args, "Predicts a number from several: a vectorised two-layer network beside a linear model, judged on rows held out.",
    "dotnet script scripts/multi-input-network.csx -- --data auto-mpg.data --target mpg --missing drop", o =>
{
    var keys = new Key(o.Seed).Split(4);
    var rows = o.Read(Script.Beside("data/auto-mpg.csv"), o.Features, o.Target, usual: "mpg");
    var (features, target) = (rows.Columns[..^1], rows.WhereVary(rows.Columns[^1]).OrFail().Columns[^1]);
    var (all, F) = (new Batch<Tensor, Tensor>(rows.Matrix(features), rows.Matrix(target)), features.Length);  // (N, F), (N, 1)
    var split = Split.Of(rows.Rows, o.Test, keys[0]);
    var (training, heldOut) = (all.Take(split.Training), all.Take(split.HeldOut));
    var (scaleX, scaleY) = (Standardizer.Of(training.Inputs), Standardizer.Of(training.Targets));
    var (x, y) = (scaleX.Apply(training.Inputs), scaleY.Apply(training.Targets));

    Trained Train<P>(string name, Layer<P, Tensor, Tensor> model, P start)
    {
        Tensor Predict(P θ, Batch<Tensor, Tensor> rows) => scaleY.Invert(model(θ, scaleX.Apply(rows.Inputs)).Value);
        double Error(P θ, Batch<Tensor, Tensor> rows) => RootMeanSquaredError(Predict(θ, rows), rows.Targets);
        var batches = Batches.Epochs(x, y, Math.Min(o.Batch, split.Training.Length), keys[3]).Take(o.Steps);
        var states = o.Train($"the {name}", start, new Sgd(o.Rate, o.Momentum), batches,
            b => model.On(b.Inputs) >> MeanSquaredError(b.Targets), θ => Math.Pow(Error(θ, training), 2));
        var course = states.Select(s => new Moment(s.Updates, Error(s.Parameters, training), Error(s.Parameters, heldOut))).ToList();
        var predicted = Predict(states[^1].Parameters, heldOut);
        return new(name, (int)Tree.Count(start), course, predicted.ToArray(), MeanAbsoluteError(predicted, heldOut.Targets));
    }

    var linear = Train("linear model", Linear, new LinearParameters(Tensor.Zeros((1, F)), Tensor.Zeros(1)));
    var network = Train("network",
        Linear.At((Network θ) => θ.Hidden)                                                      // (B, F) → (B, H)
            >> Tanh                                                                             //        → (B, H)
            >> Linear.At((Network θ) => θ.Output),                                              //        → (B, 1)
        new Network(Init.Linear(keys[1], F, o.HiddenUnits), Init.Linear(keys[2], o.HiddenUnits, 1)));
    Trained[] models = [linear, network];

    var leftOut = o.Features.IsEmpty ? rows.Source.Columns.RemoveRange(rows.Columns) : [];
    if (!leftOut.IsEmpty)
        o.Print($"Left out, because it measures nothing: {string.Join(", ", leftOut)}.");
    o.PrintDropped(rows);
    o.Print($"{target} from {string.Join(", ", features)}: {split.Training.Length:N0} rows to learn from, {split.HeldOut.Length:N0} held out.");
    o.Table(models, ("", m => m.Name), ("parameters", m => $"{m.Parameters:N0}"), ("training RMSE", m => Short(m.End.TrainingRmse)),
        ("held-out RMSE", m => Short(m.End.Rmse)), ("held-out mean absolute error", m => Short(m.Mae)));
    o.Save("multi-input-network-loss.svg", Courses(models, target));
    o.Save("multi-input-network.svg", Beside(models, target, heldOut.Targets.ToArray()));

    var better = 1 - network.End.Rmse / linear.End.Rmse;
    o.Print($"On held-out rows ({split.HeldOut.Length:N0}) the network is off by {Short(network.End.Rmse)} in {target} (root mean squared error; "
        + $"{Short(network.Mae)} on average), the linear model by {Short(linear.End.Rmse)} ({Short(linear.Mae)}): "
        + $"{(better > 0 ? "the network" : "the linear model")} is better by {Math.Abs(better):P1}.");
    return new { network = network.Result(), linear = linear.Result(), betterBy = better, target, features, leftOut, rows.Dropped,
        trainingRows = split.Training.Length, heldOutRows = split.HeldOut.Length, o.HiddenUnits, updates = o.Steps };
});

record Options : TableOptions
{
    [Help("the columns to predict from; all of numbers when left out", "LIST")] public ImmutableArray<string> Features { get; init; } = [];
    [Help("the column to predict; mpg, or the last of numbers, when left out", "NAME")] public string? Target { get; init; }
    [Help("fraction of the rows to hold out"), Between(0.01, 0.9)] public double Test { get; init; } = 0.2;
    [Help("width of the hidden layer"), Between(1, 10_000)] public int HiddenUnits { get; init; } = 16;
    [Help("learning rate"), Positive] public double Rate { get; init; } = 0.005;
    [Help("share of its velocity that a parameter keeps from update to update"), Between(0, 0.999)] public double Momentum { get; init; } = 0.9;
    [Help("updates of gradient descent"), AtLeast(0)] public int Steps { get; init; } = 2_000;
    [Help("rows in a batch"), AtLeast(1)] public int Batch { get; init; } = 64;
}

record Network(LinearParameters Hidden, LinearParameters Output);

record Moment(int Updates, double TrainingRmse, double Rmse);

record Trained(string Name, int Parameters, List<Moment> Course, float[] Predicted, double Mae)
{
    public Moment End => Course[^1];
    public object Result() => new { Parameters, End.TrainingRmse, End.Rmse, Mae };
}

static string Short(double value) => Math.Abs(value) >= 1000 ? $"{value:N0}" : $"{value:G4}";

static Chart Courses(Trained[] models, string target) => models.Aggregate(
    Chart.Titled("Error while training").WithX(Axis.Log("update")).WithY(Axis.Log($"root mean squared error of {target}")),
    (chart, m) => chart.Line($"{m.Name}, training", m.Course.Select(c => c.Updates), m.Course.Select(c => c.TrainingRmse))
        .Line($"{m.Name}, held out", m.Course.Select(c => c.Updates), m.Course.Select(c => c.Rmse)));

static Figure Beside(Trained[] models, string target, float[] truth)
{
    var (low, high) = Variable.Range(models.SelectMany(m => m.Predicted).Concat(truth).Select(v => (double)v));
    return Chart.Grid(2, models.Select(m => Chart.Titled($"Held-out rows, {m.Name}")
        .WithX(Axis.Linear($"{target}, true").Within(low, high)).WithY(Axis.Linear($"{target}, predicted").Within(low, high))
        .Scatter("", truth, m.Predicted).Line("predicted = true", [low, high], [low, high])));
}
