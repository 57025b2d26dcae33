// What does a non-linearity buy? Two layers of one input, y = W₂ φ(W₁x + b₁) + b₂, learn a curve. Its notes: single-input-network.md.
#load "prelude.csx"
#nullable enable
using Functional.Llm;
using LanguageExt;
using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;
using static Functional.Llm.Training;

return Script.Run<Options>(Args, "Fits a curve with a two-layer network of one input, and shows what the non-linearity buys.",
    "dotnet script scripts/single-input-network.csx -- --activation tanh --hidden-units 6", o =>
{
    var keys = new Key(o.Seed).Split(3);
    var (xs, ys) = o.Data is null ? NoisyCurve(keys[0]) : Read(o);                              // (N, 1), (N, 1)
    var (scaleX, scaleY) = (Standardizer.Of(xs), Standardizer.Of(ys));
    var (x, y) = (scaleX.Apply(xs), scaleY.Apply(ys));
    var start = Start(new Network(Init.Linear(keys[1], 1, o.HiddenUnits), Init.Linear(keys[2], o.HiddenUnits, 1)));

    Layer<Network, Tensor, Tensor> TwoLayers(Differentiable<Tensor, Tensor> φ) =>               // y = W₂ φ(W₁x + b₁) + b₂
        Linear.At((Network θ) => θ.Hidden) >> φ >> Linear.At((Network θ) => θ.Output);

    List<State> Train(string name, Differentiable<Tensor, Tensor> φ)
    {
        var loss = TwoLayers(φ).On(x) >> MeanSquaredError(y);
        var updates = Enumerable.Range(0, o.Steps).Trace(start, new Sgd(o.Rate, o.Momentum), _ => loss).OrDiverged(name);
        var states = o.Progress(updates, s => $"{name}: update {s.Step}, loss {s.Loss:F4}").AtMilestones(start)
            .Select(s => new State(s.Step, s.Parameters, loss(s.Parameters).Value)).ToList();
        states[^1].Loss.OrDiverged(states[0].Loss, o.Steps, o.Rate, name);
        return states;
    }

    var φ = Function(o.Activation);
    var line = Train("two layers without an activation", Identity<Tensor>());                   // W₂W₁ x + (W₂b₁ + b₂)
    var network = o.Activation == Activation.None ? line : Train($"the network of {o.HiddenUnits} units", φ);

    double Rmse(State s) => Math.Sqrt(s.Loss) * scaleY.Deviation.Value;                         // in units of y
    var table = line.Zip(network, (l, n) => new Row(l.Updates, Rmse(l), Rmse(n))).ToList();
    o.Table(table.Where(r => r.Updates == o.Steps || PowersOfTen.Contains(r.Updates)),
        ("updates", r => $"{r.Updates}"), ("error of the line", r => $"{r.LineRmse:G4}"), ("error of the network", r => $"{r.Rmse:G4}"));

    var θ = network[^1].Parameters;
    var grid = Tensor.Linspace(xs.Min().Value, xs.Max().Value, 400).Reshape(-1, 1);
    var adds = φ(Linear(θ.Hidden, scaleX.Apply(grid)).Value).Value * θ.Output.Weight * scaleY.Deviation;     // (400, H): what each unit adds to y
    var strongest = Enumerable.Range(0, o.HiddenUnits).OrderByDescending(unit => adds[.., unit].Abs().Max().Value).Take(20).Order().ToList();
    var fit = Chart.Titled($"{o.HiddenUnits} hidden units, activation {Word(o.Activation)}").WithX(o.Feature).WithY(o.Target)
        .Line("without an activation", grid.ToArray(), Predict(line[^1], Identity<Tensor>()).ToArray())
        .Line("the network", grid.ToArray(), Predict(network[^1], φ).ToArray()).Scatter("data", xs.ToArray(), ys.ToArray());
    o.Save("single-input-network.svg", Chart.Grid(1, fit, strongest.Aggregate(
        Chart.Titled($"What each hidden unit adds{(o.HiddenUnits > 20 ? " (the 20 strongest)" : "")}").WithX(o.Feature).WithY($"part of {o.Target}"),
        (chart, unit) => chart.Line("", grid.ToArray(), adds[.., unit].ToArray()))).ToSvg());
    o.Save("single-input-network-loss.svg", Chart.Titled("Error while training").WithX(Axis.Log("update")).WithY(Axis.Log($"root mean squared error of {o.Target}"))
        .Line("without an activation", table.Select(r => r.Updates), table.Select(r => r.LineRmse))
        .Line("the network", table.Select(r => r.Updates), table.Select(r => r.Rmse)).ToSvg());

    Tensor Predict(State s, Differentiable<Tensor, Tensor> f) => scaleY.Invert(TwoLayers(f)(s.Parameters, scaleX.Apply(grid)).Value);
    var (slope, intercept) = Collapse(line[^1].Parameters, scaleX, scaleY);
    var dead = φ(Linear(θ.Hidden, x).Value).Value.Max(0).ToArray().Count(most => most == 0);
    if (dead > 0)
        o.Print($"Dead units: {dead} of {o.HiddenUnits} are 0 at every {o.Feature} of the data, and have a gradient of exactly 0.");
    o.Print(Verdict(o, table[^1], $"{o.Target} = {slope:G4}·{o.Feature} {(intercept < 0 ? '−' : '+')} {Math.Abs(intercept):G4}"));
    return new { network[^1].Loss, table[^1].Rmse, table[^1].LineRmse, slope, intercept, o.Activation, o.HiddenUnits, DeadUnits = dead, table[^1].Updates, table };
});

record Network(LinearParameters Hidden, LinearParameters Output);

record State(int Updates, Network Parameters, double Loss);

record Row(int Updates, double LineRmse, double Rmse);

enum Activation { None, Relu, LeakyRelu, Tanh, Sigmoid, Softplus, Silu, Gelu }

record Options : ScriptOptions
{
    [Help("a table; a noisy curve, drawn by the seed, when left out", "FILE")] public string? Data { get; init; }
    [Help("the column to predict from", "NAME")] public string Feature { get; init; } = "x";
    [Help("the column to predict", "NAME")] public string Target { get; init; } = "y";
    [Help("refuse a row that lacks a value, or leave it out")] public MissingPolicy Missing { get; init; }
    [Help("width of the hidden layer"), Between(1, 10_000)] public int HiddenUnits { get; init; } = 16;
    [Help("φ, the non-linearity between the layers")] public Activation Activation { get; init; } = Activation.Relu;
    [Help("learning rate"), Positive] public double Rate { get; init; } = 0.01;
    [Help("share of its velocity that a parameter keeps from update to update"), Between(0, 0.999)] public double Momentum { get; init; } = 0.9;
    [Help("updates of gradient descent"), AtLeast(0)] public int Steps { get; init; } = 5_000;
}

static Differentiable<Tensor, Tensor> Function(Activation activation) => activation switch
{
    Activation.Relu => Relu,
    Activation.LeakyRelu => LeakyRelu(),
    Activation.Tanh => Tanh,
    Activation.Sigmoid => Sigmoid,
    Activation.Softplus => Softplus,
    Activation.Silu => Silu,
    Activation.Gelu => Gelu,
    _ => Identity<Tensor>(),
};

static string Word(Activation activation) => activation == Activation.LeakyRelu ? "leaky-relu" : $"{activation}".ToLowerInvariant();

static readonly int[] PowersOfTen = [0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

// Without an activation, two layers are one: y = W₂(W₁x + b₁) + b₂ = (W₂W₁) x + (W₂b₁ + b₂), here in the data's units.
static (double Slope, double Intercept) Collapse(Network θ, Standardizer x, Standardizer y)
{
    var (w, b) = (θ.Output.Weight.MatMul(θ.Hidden.Weight).Value, Linear(θ.Output, θ.Hidden.Bias).Value.Value);
    var slope = (double)y.Deviation.Value * w / x.Deviation.Value;
    return (slope, y.Deviation.Value * b + y.Mean.Value - slope * x.Mean.Value);
}

static string Verdict(Options o, Row end, string line) =>
    o.Activation == Activation.None ? $"Without an activation the two layers are one line, {line}, which is off by {end.LineRmse:G3} in {o.Target} (root mean squared error)."
    : $"The network is off by {end.Rmse:G3} in {o.Target} (root mean squared error), the line {line} by {end.LineRmse:G3}: "
    + (end.Rmse < end.LineRmse ? $"the non-linearity takes away {1 - end.Rmse / end.LineRmse:P0} of the error." : "the non-linearity has bought nothing yet; try more --steps, or another --rate.");

static (Tensor X, Tensor Y) NoisyCurve(Key key)
{
    var (places, noise) = key.Split();
    var x = places.Uniform((80, 1), 0, 10);
    return (x, x.Sin() + 0.2 * x + noise.Normal((80, 1), 0.1));
}

static (Tensor X, Tensor Y) Read(Options o)
{
    var numbers = Functional.Llm.Table.Read(o.Data!).Bind(table => table.Numbers([o.Feature, o.Target], o.Missing)).OrFail();
    if (numbers.Dropped > 0)
        o.Print($"Left out, because a value is missing: {numbers.Dropped:N0} of {numbers.Dropped + numbers.Rows:N0} rows.");
    foreach (var column in numbers.Columns.Where(column => numbers.Column(column).Distinct().Count() == 1))
        throw new FunctionalLlmException($"{o.Data}: '{column}' is {numbers.Column(column)[0]} in every row; expected a column that varies; choose another one with --feature and --target");
    return (Tensor.From((numbers.Rows, 1), numbers.Column(o.Feature)), Tensor.From((numbers.Rows, 1), numbers.Column(o.Target)));
}
