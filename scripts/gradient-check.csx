// Is a gradient right? Pullbacks beside differences; and why the gradients of a value used twice add. Its notes: gradient-check.md.
#load "prelude.csx"
#nullable enable
using System.Collections.Immutable;
using Functional.Llm;
using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

return Script.Run<Options>(Args, "Checks the gradient of a network against differences, entry by entry.",
    "dotnet script scripts/gradient-check.csx -- --widths 3,4,4,2 --activation gelu", o =>
{
    var (widths, x, t, rows) = Examples(o);                                                         // x (N, inputs), t (N, outputs)
    var (key, last, φ) = (new Key(o.Seed), widths.Length - 2, o.Activation.Function());

    var network = Stack<LinearParameters, Tensor>(i => i < last ? Linear >> φ : Linear);            // Linear >> φ >> Linear >> φ >> … >> Linear
    var loss = network.On(x) >> MeanSquaredError(t);                                                // ℓ(θ)
    var θ = Enumerable.Range(0, last + 1).Select(i => Init.Linear(key.Fold(i), widths[i], widths[i + 1])).ToImmutableArray();
    var (value, analytic) = loss.ValueAndGradient(θ);                                               // the pullback of 1: all entries at once
    var entries = loss.Check(θ, o.Spacing);                                                         // and by four losses an entry, twice
    if (entries.Any(e => !double.IsFinite(e.RelativeByHalving)) || !float.IsFinite(value))
        throw new FunctionalLlmException($"the loss, here {value}, is not finite within {2 * o.Spacing} of θ; choose a smaller --spacing");

    // Without a kink between θ − 2h and θ + 2h a network of ReLUs, a polynomial in each parameter, gives the same with h/2 but for rounding.
    bool IsBesideKink(CheckedEntry e) => o.Activation is Activation.Relu or Activation.LeakyRelu
        && Math.Abs(e.ByHalving) > 12 * Differences.Rounding(value, o.Spacing);
    string Index(CheckedEntry e) => string.Join(", ", e.Index);
    o.PrintDropped(rows);
    o.Print($"{string.Join(" → ", widths)} units, {o.Activation}, {x.Shape[0]} examples: loss {value:G6}, h = {o.Spacing}, "
        + $"{entries.Length} parameters" + (entries.Length > 60 ? ", the first 60 of them here, all with --json" : ""));
    o.Table(entries.Take(60), ("parameter", e => e.Path), ("index", Index),
        ("analytic", e => $"{e.Analytic:0.000000e0}"), ("numeric", e => $"{e.Numeric:0.000000e0}"),
        ("difference", e => $"{(double)e.Numeric - e.Analytic:0.0e0}"), ("by halving h", e => $"{e.ByHalving:0.0e0}"),
        ("within ±2h", e => IsBesideKink(e) ? "a kink" : "smooth"));
    var micrograd = Micrograd(o);
    if (o.Out is not null)
        o.Save("gradient-check.svg", Sweep(loss, θ, analytic, Differences.Rounding(value, 1)).VerticalRule(o.Spacing, "h of the table"));
    var (kinks, smooth) = (entries.Count(IsBesideKink), entries.Where(e => !IsBesideKink(e)).DefaultIfEmpty());
    var (worst, own) = (smooth.Max(e => e?.Relative ?? 0), smooth.Max(e => e?.RelativeByHalving ?? 0));
    o.Print($"The largest relative difference is {worst:0.0e0}{(kinks > 0 ? $", {kinks} entries beside a kink left out" : "")}; halving h moves "
        + $"the differences themselves by {own:0.0e0}: " + (worst <= 4 * own ? "nothing speaks against the pullbacks."
        : $"that does not explain it, so h = {o.Spacing} does not suit this loss (try --spacing 0.03125) or a pullback is wrong."));
    return new { Loss = value, LargestRelativeDifference = worst, ByHalving = own, kinks, o.Spacing, widths,
        Entries = entries.Select(e => new { e.Path, Index = Index(e), e.Analytic, e.Numeric, e.ByHalving, e.Relative, e.RelativeByHalving,
            IsBesideKink = IsBesideKink(e) }), micrograd };
});

record Options : TableOptions
{
    [Help("units from the inputs to the outputs; --data sets the first and the last")] public ImmutableArray<int> Widths { get; init; } = [2, 3, 1];
    [Help("what stands between the linear layers")] public Activation Activation { get; init; } = Activation.Tanh;
    [Help("examples to draw where --data gives none"), Between(1, 10_000)] public int Batch { get; init; } = 4;
    [Help("h, the spacing of the differences"), Positive] public double Spacing { get; init; } = 1.0 / 32;
    [Help("the columns to use, the last as the target; all of numbers when left out")] public ImmutableArray<string> Features { get; init; } = [];
}

// micrograd's example: a and b are read again and again, and what each use hands back is added up.
static object Micrograd(Options o)
{
    var (a, b) = (new Term(v => (v.A, d => (d, default))), new Term(v => (v.B, d => (default, d))));
    var c = a + b;
    var d = a * b + b.Pow(3);
    o.Print($"\nEach use of b adds: at a = −4, b = 2 the derivative of d = ab + b³ by b is a + 3b² = −4 + 12 = {d.At(-4, 2).B}.");
    c += c + 1;
    c += 1 + c + -a;
    d += d * 2 + (b + a).Relu();
    d += 3 * d + (b - a).Relu();
    var e = c - d;
    var f = e.Pow(2);
    var g = f / 2;
    g += 10 / f;
    o.Table(new[] { ("c", c), ("d", d), ("e", e), ("f", f), ("g", g) }.Select(p => (Name: p.Item1, At: p.Item2.At(-4, 2))),
        ("", p => p.Name), ("value", p => $"{p.At.Value:F4}"), ("∂/∂a", p => $"{p.At.A:F4}"), ("∂/∂b", p => $"{p.At.B:F4}"));
    var (G, Dgda, Dgdb) = g.At(-4, 2);
    o.Print($"g = {G:F4}, ∂g/∂a = {Dgda:F4}, ∂g/∂b = {Dgdb:F4}\n");
    return new { G, Dgda, Dgdb };
}

// A function of (a, b), written with the usual signs.
record Term(Differentiable<(Tensor A, Tensor B), Tensor> Of)
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
    public (double Value, double A, double B) At(double a, double b)
    {
        var (y, pull) = Of((Tensor.Scalar(a), Tensor.Scalar(b)));
        var gradient = pull(Tensor.Scalar(1));
        return (y.Value, gradient.A.Value, gradient.B.Value);
    }
}

// How the error depends on h: rounding errors grow as 1/h, what the differences leave out shrinks as h⁴.
static Chart Sweep<P>(Differentiable<P, float> loss, P θ, P gradient, double rounding)
{
    var (steps, norm) = (Enumerable.Range(-2, 16).Select(k => Math.Pow(2, -k)).ToArray(), Math.Max(Tree.Norm(gradient), 1e-30));
    double Error(double h) => Tree.Norm(Tree.Zip(loss.NumericGradient(θ, h), gradient, (n, g) => n - g)) / norm;
    return Chart.Titled("How far differences are from the gradient").WithX(Axis.Log("h")).WithY(Axis.Log("norm of the error / norm of the gradient"))
        .Scatter("measured in single precision", steps, steps.Select(Error))
        .Line("rounding, √n · 3/2 ε |loss| / h", steps, steps.Select(h => Math.Sqrt(Tree.Count(θ)) * rounding / h / norm));
}

static (ImmutableArray<int>, Tensor, Tensor, NumberTable?) Examples(Options o)
{
    var rows = o.Data is null ? null : o.Read(o.Data, [.. o.Features.SkipLast(1)], o.Features.LastOrDefault());
    var widths = rows is null ? o.Widths : [rows.Columns.Length - 1, .. o.Widths.Skip(1).SkipLast(1), 1];
    var parameters = widths.Zip(widths.Skip(1), (inputs, outputs) => (inputs + 1.0) * outputs).Sum();
    if (o.Widths.Length < 2 || widths.Min() < 1 || parameters > 10_000)
        throw new UsageException($"--widths: '{string.Join(',', widths)}' makes {parameters:N0} parameters; expected 1 to 10,000, as 2,3,1 does");
    if (rows is null)
        return (widths, new Key(o.Seed).Fold(-1).Normal((o.Batch, widths[0])), new Key(o.Seed).Fold(-2).Normal((o.Batch, widths[^1])), null);
    var z = Standardizer.Of(rows.Matrix()).Apply(rows.Matrix());
    return (widths, z[.., ..^1], z[.., ^1..], rows);
}
