// Is a gradient right? Pullbacks beside differences, entry by entry; and why the gradients of a value used twice add. Its notes: gradient-check.md.
#load "prelude.csx"
#nullable enable
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Functional.Llm;
using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;
using Values = System.Collections.Immutable.ImmutableArray<Functional.Llm.Tensor>;

return Script.Run<Options>(Args, "Checks the gradient of a network against differences, entry by entry.",
    "dotnet script scripts/gradient-check.csx -- --widths 3,4,4,2 --activation gelu", o =>
{
    var (widths, x, t) = o.Data is null ? Drawn(o) : Read(o);                                       // x (N, inputs), t (N, outputs)
    var (key, last, activation) = (new Key(o.Seed), widths.Length - 2, o.Function);

    var network = Stack<LinearParameters, Tensor>(i => i < last ? Linear >> activation : Linear);   // Linear >> f >> Linear >> f >> … >> Linear
    var loss = network.On(x) >> MeanSquaredError(t);                                                // ℓ(θ)
    var θ = Enumerable.Range(0, last + 1).Select(i => Init.Linear(key.Fold(i), widths[i], widths[i + 1])).ToImmutableArray();

    var (value, analytic) = loss.ValueAndGradient(θ);                                               // the pullback of 1: all entries at once
    var numeric = loss.NumericGradient(θ, o.Spacing);                                               // four losses an entry
    var halved = loss.NumericGradient(θ, o.Spacing / 2);                                            // what the numeric one says of itself
    if (Differences.Between(θ, numeric, halved).Any(e => !double.IsFinite(e.Relative)) || !float.IsFinite(value))
        throw new FunctionalLlmException($"the loss is {value} here, and not finite everywhere within {2 * o.Spacing} of each parameter: there is nothing to compare; choose a smaller --spacing");
    var entries = Differences.Between(θ, analytic, numeric).Zip(Differences.Between(θ, numeric, halved), (e, self) =>
        new Row(e.Path, string.Join(", ", e.Index), e.First, e.Second, (double)self.Second - self.First, e.Relative, self.Relative, Beside(o, self, value))).ToArray();

    o.Print($"{string.Join(" → ", widths)} units, {o.Activation}, {x.Shape[0]} examples: loss {value:G6}, {entries.Length} parameters, h = {o.Spacing}");
    o.Table(entries.Take(Shown), ("parameter", e => e.Path), ("index", e => e.Index), ("analytic", e => $"{e.Analytic:0.000000e0}"), ("numeric", e => $"{e.Numeric:0.000000e0}"),
        ("difference", e => $"{e.Numeric - e.Analytic:0.0e0}"), ("by halving h", e => $"{e.ByHalving:0.0e0}"), ("within ±2h", e => e.IsBesideKink ? "a kink" : "smooth"));
    if (entries.Length > Shown)
        o.Print($"… and {entries.Length - Shown} more, all of them with --json.");

    var (a, b, c, d, e, f, g) = (new Variable("a", 0), new Variable("b", 1), new Variable("c", 2), new Variable("d", 3), new Variable("e", 4), new Variable("f", 5), new Variable("g", 6));
    Statement[] program =
    [
        Let(c, a + b),
        Let(d, a * b + b.Pow(3)),
        Let(c, c + (c + 1)),
        Let(c, c + (1 + c + -a)),
        Let(d, d + (d * 2 + (b + a).Relu())),
        Let(d, d + (3 * d + (b - a).Relu())),
        Let(e, c - d),
        Let(f, e.Pow(2)),
        Let(g, f / 2),
        Let(g, g + 10 / f),
    ];
    var (start, seed) = (Variable.None.SetItem(0, Tensor.Scalar(-4)).SetItem(1, Tensor.Scalar(2)), Variable.None.SetItem(6, Tensor.Scalar(1)));
    o.Print("\na = −4, b = 2. Each row: a statement, its value, and how g answers to the variables as they stand before it. Every use of one adds to its gradient.");
    o.Table(Run(program, start, seed), ("statement", r => r.Text), ("value", r => $"{r.Value:0.###}"), ("∂g/∂a", r => r.Gradient(0)), ("∂g/∂b", r => r.Gradient(1)),
        ("∂g/∂c", r => r.Gradient(2)), ("∂g/∂d", r => r.Gradient(3)), ("∂g/∂e", r => r.Gradient(4)), ("∂g/∂f", r => r.Gradient(5)), ("∂g/∂g", r => r.Gradient(6)));
    var (end, pull) = program.Select(s => s.Of).Aggregate((first, then) => first >> then)(start);   // the program as one function
    var (G, Dgda, Dgdb) = pull(seed) is var gradient ? (end[6].Value, gradient[0].Value, gradient[1].Value) : default;
    o.Print($"g = {G:F4}, ∂g/∂a = {Dgda:F4}, ∂g/∂b = {Dgdb:F4}\n");

    if (o.Out is not null)
        o.Save("gradient-check.svg", Sweep(loss, θ, analytic, value, o.Spacing));
    var smooth = entries.Where(e => !e.IsBesideKink).ToArray();
    var (worst, own, kinks) = (smooth.Select(e => e.Relative).DefaultIfEmpty(0).Max(), smooth.Select(e => e.RelativeByHalving).DefaultIfEmpty(0).Max(), entries.Length - smooth.Length);
    o.Print($"The largest relative difference is {worst:0.0e0}{(kinks > 0 ? $", {kinks} entries beside a kink left out" : "")}; halving h moves the differences themselves by {own:0.0e0}: "
        + (worst <= 4 * own ? "nothing speaks against the pullbacks." : $"that does not explain it, so h = {o.Spacing} does not suit this loss (try --spacing 0.03125) or a pullback is wrong."));
    return new { Loss = value, LargestRelativeDifference = worst, ByHalving = own, Kinks = kinks, o.Spacing, Widths = widths, Entries = entries, Micrograd = new { G, Dgda, Dgdb } };
});

enum Activation { Tanh, Relu, LeakyRelu, Sigmoid, Softplus, Silu, Gelu, GeluErf, Softmax, LogSoftmax }

record Options : ScriptOptions
{
    [Help("units from the inputs to the outputs; --data sets the first and the last")] public ImmutableArray<int> Widths { get; init; } = [2, 3, 1];
    [Help("what stands between the linear layers")] public Activation Activation { get; init; } = Activation.Tanh;
    [Help("examples to draw where --data gives none"), Between(1, 10_000)] public int Batch { get; init; } = 4;
    [Help("h, the spacing of the differences"), Positive] public double Spacing { get; init; } = 1.0 / 32;
    [Help("a table to check the gradient on; examples are drawn when left out", "FILE")] public string? Data { get; init; }
    [Help("the columns to use, the last of them as the target; all when left out")] public ImmutableArray<string> Features { get; init; } = [];
    [Help("what to do with a row that lacks a value")] public MissingPolicy Missing { get; init; }

    internal Differentiable<Tensor, Tensor> Function =>
        new[] { Tanh, Relu, LeakyRelu(), Sigmoid, Softplus, Silu, Gelu, GeluErf, Softmax, LogSoftmax }[(int)Activation];
}

const int Shown = 60, MostParameters = 10_000;

// What rounding of the loss alone may do to a four-point difference: 3/2 · ε|ℓ|/h.
static double Rounding(double loss, double spacing) => 1.5 * Math.Pow(2, -24) * Math.Abs(loss) / spacing;

// Without a kink between θ − 2h and θ + 2h a network of ReLUs, a polynomial in each parameter, gives the same with half of h but for rounding.
static bool Beside(Options o, ComparedEntry self, double loss) =>
    o.Activation is Activation.Relu or Activation.LeakyRelu && Math.Abs((double)self.First - self.Second) > 12 * Rounding(loss, o.Spacing);

// A parameter's derivative by the pullback and by differences, and how the second moves with h/2.
record Row(string Path, string Index, double Analytic, double Numeric, double ByHalving, double Relative, double RelativeByHalving, bool IsBesideKink);

// A function of the variables so far, written with the usual signs.
record Term(Differentiable<Values, Tensor> Of)
{
    static readonly Differentiable<(Tensor, Tensor), Tensor> Sum = x => (x.Item1 + x.Item2, dy => (dy, dy));
    static readonly Differentiable<(Tensor, Tensor), Tensor> Product = x => (x.Item1 * x.Item2, dy => (dy * x.Item2, dy * x.Item1));

    public static implicit operator Term(double constant) => new(_ => (Tensor.Scalar(constant), _ => default));
    public static Term operator +(Term f, Term g) => new(Parallel(f.Of, g.Of) >> Sum);
    public static Term operator *(Term f, Term g) => new(Parallel(f.Of, g.Of) >> Product);
    public static Term operator -(Term f) => -1 * f;
    public static Term operator -(Term f, Term g) => f + -g;
    public static Term operator /(Term f, Term g) => f * g.Pow(-1);
    public Term Pow(double n) => new(Of >> (Differentiable<Tensor, Tensor>)(x => (x.Pow(n), dy => dy * (n * x.Pow(n - 1)))));
    public Term Relu() => new(Of >> Layers.Relu);
}

// Reading a variable: its gradient is that of all variables, with only this one set.
record Variable(string Name, int Place) : Term(v => (v[Place], dy => None.SetItem(Place, dy)))
{
    public static readonly Values None = [.. new Tensor[7]];
}

record Statement(string Text, Variable Target, Differentiable<Values, Values> Of);

// target = term: a function from the variables before to those after. What the target was before is forgotten, so its gradient is what the term reads of it.
static Statement Let(Variable target, Term term, [CallerArgumentExpression(nameof(term))] string code = "") => new($"{target.Name} = {code}", target, v =>
{
    var (y, pull) = term.Of(v);
    return (v.SetItem(target.Place, y), d => Tree.Add(d.SetItem(target.Place, default), pull(d[target.Place])));
});

// A statement as it ran, and the gradient of the variables before it.
record Ran(string Text, double Value, Values Before)
{
    public string Gradient(int place) => Before[place].IsZero ? "" : $"{Before[place].Value:0.000}";
}

// Forward on the way in, backward on the way out.
static ImmutableStack<Ran> Run(Statement[] program, Values v, Values seed)
{
    if (program is not [var first, .. var rest])
        return [];
    var (next, pull) = first.Of(v);
    var later = Run(rest, next, seed);
    return later.Push(new(first.Text, next[first.Target.Place].Value, pull(later.IsEmpty ? seed : later.Peek().Before)));
}

// How the error depends on h: rounding errors grow as 1/h, what the differences leave out shrinks as h⁴.
static string Sweep<P>(Differentiable<P, float> loss, P θ, P analytic, double value, double spacing)
{
    var steps = Enumerable.Range(-2, 16).Select(k => Math.Pow(2, -k)).ToArray();
    var largest = Tree.Flatten(θ, analytic).Where(a => !a.IsZero).Select(a => (double)a.Abs().Max().Value).DefaultIfEmpty(1).Max();
    double Error(double h) => Tree.Flatten(Tree.Zip(loss.NumericGradient(θ, h), analytic, (n, a) => n - a)).Max(d => (double)d.Abs().Max().Value) / largest;
    var errors = steps.Select(Error).ToArray();
    return Chart.Titled("How far differences are from the gradient").WithX(Axis.Log("h")).WithY(Axis.Log("largest difference / largest entry"))
        .Scatter("measured in single precision", steps, errors)
        .Line("rounding, 3/2 ε |loss| / h", steps, steps.Select(h => Rounding(value, h) / largest))
        .VerticalRule(spacing, "h of the table").ToSvg();
}

static (ImmutableArray<int>, Tensor, Tensor) Drawn(Options o)
{
    var (widths, inputs, targets) = (Checked(o.Widths), new Key(o.Seed).Fold(-1), new Key(o.Seed).Fold(-2));
    return (widths, inputs.Normal((o.Batch, widths[0])), targets.Normal((o.Batch, widths[^1])));
}

static (ImmutableArray<int>, Tensor, Tensor) Read(Options o)
{
    var table = Table.Read(o.Data!).OrFail();
    var numbers = table.Numbers(o.Features.IsEmpty ? table.Columns : o.Features, o.Missing).OrFail();
    if (numbers.Columns.Length < 2)
        throw new FunctionalLlmException($"{o.Data}: '{numbers.Columns[0]}' is the only column; expected columns of inputs and then one of targets");
    if (numbers.Columns.FirstOrDefault(c => numbers.Column(c).Any(v => Math.Abs(v) > 1e18)) is { } wild)
        throw new FunctionalLlmException($"{o.Data}: the numbers in column '{wild}' are too large for single precision; expected numbers below 1e18; give them in a larger unit");
    if (numbers.Dropped > 0)
        o.Print($"{numbers.Dropped} of {table.Rows} rows lack a value and were left out.");
    var rows = Tensor.From((numbers.Rows, numbers.Columns.Length), numbers.Values);
    var z = Standardizer.Of(rows).Apply(rows);
    return (Checked([numbers.Columns.Length - 1, .. o.Widths.Skip(1).SkipLast(1), 1]), z[.., ..^1], z[.., ^1..]);
}

static ImmutableArray<int> Checked(ImmutableArray<int> widths)
{
    var parameters = widths.Zip(widths.Skip(1), (inputs, outputs) => (inputs + 1.0) * outputs).Sum();
    return widths.Length < 2 || widths.Min() < 1
            ? throw new UsageException($"--widths: '{string.Join(',', widths)}' is no network; expected two or more positive whole numbers, from the inputs to the outputs, for example --widths 2,3,1")
        : parameters > MostParameters
            ? throw new UsageException($"--widths: '{string.Join(',', widths)}' makes {parameters:N0} parameters, each of which costs eight losses; expected at most {MostParameters:N0}")
        : widths;
}
