using static Functional.Llm.Combinators;

namespace Functional.Llm.Tests.Examples;

/// <summary>micrograd's example: a program of ten assignments, each a function from the variables before it to those after.</summary>
public static class Micrograd
{
    /// <summary>The variables; in gradients default is a symbolic zero.</summary>
    public sealed record Values(Tensor A = default, Tensor B = default, Tensor C = default, Tensor D = default, Tensor E = default, Tensor F = default, Tensor G = default);

    public static readonly Values Start = new(A: Tensor.Scalar(-4), B: Tensor.Scalar(2));

    /// <summary>The gradient of the result with respect to the variables at the end.</summary>
    public static readonly Values Seed = new(G: Tensor.Scalar(1));

    /// <summary>The assignments; <paramref name="both"/> says how two functions read one input.</summary>
    public static ImmutableArray<Differentiable<Values, Values>> Program(Pairing? both = null)
    {
        both ??= Parallel;
        var (a, b, c) = (Read(v => v.A, d => new(A: d)), Read(v => v.B, d => new(B: d)), Read(v => v.C, d => new(C: d)));
        var (d, e, f, g) = (Read(v => v.D, d => new(D: d)), Read(v => v.E, d => new(E: d)), Read(v => v.F, d => new(F: d)), Read(v => v.G, d => new(G: d)));
        Differentiable<Values, Tensor> Sum(Differentiable<Values, Tensor> s, Differentiable<Values, Tensor> t) => both(s, t) >> Add;
        var product = both(a, b) >> Multiply;
        return
        [
            Let(Sum(a, b), v => v.C, (v, c) => v with { C = c }),
            Let(Sum(product, b >> Power(3)), v => v.D, (v, d) => v with { D = d }),
            Let(Sum(c, Sum(c, One)), v => v.C, (v, c) => v with { C = c }),
            Let(Sum(c, Sum(Sum(One, c), a >> Times(-1))), v => v.C, (v, c) => v with { C = c }),
            Let(Sum(d, Sum(d >> Times(2), Sum(b, a) >> Layers.Relu)), v => v.D, (v, d) => v with { D = d }),
            Let(Sum(d, Sum(d >> Times(3), Sum(b, a >> Times(-1)) >> Layers.Relu)), v => v.D, (v, d) => v with { D = d }),
            Let(Sum(c, d >> Times(-1)), v => v.E, (v, e) => v with { E = e }),
            Let(e >> Power(2), v => v.F, (v, f) => v with { F = f }),
            Let(f >> Times(0.5), v => v.G, (v, g) => v with { G = g }),
            Let(Sum(g, f >> Power(-1) >> Times(10)), v => v.G, (v, g) => v with { G = g }),
        ];
    }

    /// <summary>The assignments composed.</summary>
    public static Differentiable<Values, Values> Whole(Pairing? both = null) => Program(both).AsEnumerable().Aggregate((f, g) => f >> g);

    /// <summary>x ↦ (f(x), g(x)).</summary>
    public delegate Differentiable<Values, (Tensor, Tensor)> Pairing(Differentiable<Values, Tensor> f, Differentiable<Values, Tensor> g);

    static readonly Differentiable<(Tensor, Tensor), Tensor> Add = x => (x.Item1 + x.Item2, dy => (dy, dy));

    static readonly Differentiable<(Tensor, Tensor), Tensor> Multiply = x => (x.Item1 * x.Item2, dy => (dy * x.Item2, dy * x.Item1));

    static readonly Differentiable<Values, Tensor> One = _ => (Tensor.Scalar(1), _ => default!);

    static Differentiable<Tensor, Tensor> Times(double factor) => x => (factor * x, dy => factor * dy);

    static Differentiable<Tensor, Tensor> Power(double n) => x => (x.Pow(n), dy => dy * (n * x.Pow(n - 1)));

    static Differentiable<Values, Tensor> Read(Func<Values, Tensor> get, Func<Tensor, Values> inject) => v => (get(v), inject.Invoke);

    static Differentiable<Values, Values> Let(Differentiable<Values, Tensor> term, Func<Values, Tensor> get, Func<Values, Tensor, Values> set) => v =>
    {
        var (y, pull) = term(v);
        return (set(v, y), d => Tree.Add(set(d, default), pull(get(d))));
    };
}
