// What does a non-linearity buy? Two layers of one input, y = W₂ φ(W₁x + b₁) + b₂, learn a curve. Its notes: single-input-network.md.
#load "prelude.csx"
#nullable enable
using System.Collections.Immutable;
using Functional.Llm;
using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

return Script.Run<Options>(Args, "Fits a curve with a two-layer network of one input, and shows what the non-linearity buys.",
    "dotnet script scripts/single-input-network.csx -- --activation tanh --hidden-units 6", o =>
{
    var keys = new Key(o.Seed).Split(3);
    var (feature, target, xs, ys, rows) = o.Data is null ? NoisyCurve(keys[0]) : Points(o);     // xs (N, 1), ys (N, 1)
    var (scaleX, scaleY) = (Standardizer.Of(xs), Standardizer.Of(ys));
    var (x, y) = (scaleX.Apply(xs), scaleY.Apply(ys));
    var start = new Network(Init.Linear(keys[1], 1, o.HiddenUnits), Init.Linear(keys[2], o.HiddenUnits, 1));

    Layer<Network, Tensor, Tensor> TwoLayers(Differentiable<Tensor, Tensor> φ) =>               // y = W₂ φ(W₁x + b₁) + b₂
        Linear.At((Network θ) => θ.Hidden) >> φ >> Linear.At((Network θ) => θ.Output);
    Tensor Predict(Network θ, Differentiable<Tensor, Tensor> φ, Tensor at) => scaleY.Invert(TwoLayers(φ)(θ, scaleX.Apply(at)).Value);

    ImmutableArray<Milestone<Network>> Train(string name, Differentiable<Tensor, Tensor> φ) =>
        o.Train(name, start, new Sgd(o.Rate, o.Momentum), o.Steps, TwoLayers(φ).On(x) >> MeanSquaredError(y));

    var (φ, identity) = (o.Activation.Function(), Identity<Tensor>());
    var line = Train("two layers without an activation", identity);                             // W₂W₁ x + (W₂b₁ + b₂)
    var network = o.Activation == Activation.None ? line : Train($"the network of {o.HiddenUnits} units", φ);
    double Error(Milestone<Network> m) => Math.Sqrt(m.Loss) * scaleY.Deviation.Value;           // root mean squared, in units of y
    var table = line.Zip(network, (l, n) => new Row(l.Updates, Error(l), Error(n))).ToList();
    o.Table(table.AtPowersOfTen(r => r.Updates),
        ("updates", r => $"{r.Updates}"), ("error of the line", r => $"{r.LineRmse:G4}"), ("error of the network", r => $"{r.Rmse:G4}"));

    var (θ, bare) = (network[^1].Parameters, line[^1].Parameters);
    var grid = Tensor.Linspace(xs.Min().Value, xs.Max().Value, 400).Reshape(-1, 1);
    var adds = φ(Linear(θ.Hidden, scaleX.Apply(grid)).Value).Value * θ.Output.Weight * scaleY.Deviation;     // (400, H): what each unit adds to y
    var strongest = Enumerable.Range(0, o.HiddenUnits).OrderByDescending(unit => adds[.., unit].Abs().Max().Value).Take(20).Order();
    var name = System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName($"{o.Activation}");
    var fit = Chart.Titled($"{o.HiddenUnits} hidden units, activation {name}").WithX(feature).WithY(target)
        .Line("without an activation", grid.ToArray(), Predict(bare, identity, grid).ToArray())
        .Line("the network", grid.ToArray(), Predict(θ, φ, grid).ToArray()).Scatter("data", xs.ToArray(), ys.ToArray());
    o.Save("single-input-network.svg", Chart.Grid(1, fit, strongest.Aggregate(
        Chart.Titled($"What each hidden unit adds{(o.HiddenUnits > 20 ? " (the 20 strongest)" : "")}").WithX(feature).WithY($"part of {target}"),
        (chart, unit) => chart.Line("", grid.ToArray(), adds[.., unit].ToArray()))));
    o.Save("single-input-network-loss.svg", Chart.Titled("Error while training")
        .WithX(Axis.Log("update")).WithY(Axis.Log($"root mean squared error of {target}"))
        .Line("without an activation", table.Select(r => r.Updates), table.Select(r => r.LineRmse))
        .Line("the network", table.Select(r => r.Updates), table.Select(r => r.Rmse)));

    // Without an activation, two layers are one: y = W₂(W₁x + b₁) + b₂ = (W₂W₁) x + (W₂b₁ + b₂), here in the data's units.
    var slope = scaleY.Deviation.Value / scaleX.Deviation.Value * bare.Output.Weight.MatMul(bare.Hidden.Weight).Value;
    var intercept = Predict(bare, identity, Tensor.Zeros((1, 1))).Value;
    var dead = φ(Linear(θ.Hidden, x).Value).Value.Max(0).ToArray().Count(most => most == 0);
    o.PrintDropped(rows);
    if (dead > 0)
        o.Print($"Dead units: {dead} of {o.HiddenUnits} are 0 at every {feature} of the data, and have a gradient of exactly 0.");
    o.Print(Verdict(o.Activation, table[^1], target, $"{target} = {slope:G4}·{feature} {(intercept < 0 ? '−' : '+')} {Math.Abs(intercept):G4}"));
    return new { network[^1].Loss, table[^1].Rmse, table[^1].LineRmse, slope, intercept,
        o.Activation, o.HiddenUnits, DeadUnits = dead, table[^1].Updates, table };
});

record Options : TableOptions
{
    [Help("the column to predict from; x, or the first of numbers, when left out", "NAME")] public string? Feature { get; init; }
    [Help("the column to predict; y, or the last of numbers, when left out", "NAME")] public string? Target { get; init; }
    [Help("width of the hidden layer"), Between(1, 10_000)] public int HiddenUnits { get; init; } = 16;
    [Help("φ, the non-linearity between the layers")] public Activation Activation { get; init; } = Activation.Relu;
    [Help("learning rate"), Positive] public double Rate { get; init; } = 0.01;
    [Help("share of its velocity that a parameter keeps from update to update"), Between(0, 0.999)] public double Momentum { get; init; } = 0.9;
    [Help("updates of gradient descent"), AtLeast(0)] public int Steps { get; init; } = 5_000;
}

record Network(LinearParameters Hidden, LinearParameters Output);

record Row(int Updates, double LineRmse, double Rmse);

static (string, string, Tensor, Tensor, NumberTable?) NoisyCurve(Key key)
{
    var (places, noise) = key.Split();
    var x = places.Uniform((80, 1), 0, 10);
    return ("x", "y", x, x.Sin() + 0.2 * x + noise.Normal((80, 1), 0.1), null);
}

static (string, string, Tensor, Tensor, NumberTable?) Points(Options o)
{
    var table = o.Read(o.Data!);
    var (feature, target) = TableOptions.Pair(table, o.Feature, o.Target);
    var rows = o.Numbers(table, [feature, target]).WhereVary(feature, target).OrFail();
    return (feature, target, rows.Matrix(feature), rows.Matrix(target), rows);
}

static string Verdict(Activation activation, Row end, string target, string line) => activation == Activation.None
    ? $"Without an activation the two layers are one line, {line}, which is off by {end.LineRmse:G3} in {target} (root mean squared error)."
    : $"The network is off by {end.Rmse:G3} in {target} (root mean squared error), the line {line} by {end.LineRmse:G3}: "
        + (end.Rmse < end.LineRmse ? $"the non-linearity takes away {1 - end.Rmse / end.LineRmse:P0} of the error."
        : "the non-linearity has bought nothing yet; try more --steps, or another --rate.");
