using System.Runtime.InteropServices;

namespace Functional.Llm.Tests.Gradients;

/// <summary>ℓ(θ) = ⟨ȳ, f(θ)⟩ at a point θ, with a fixed cotangent ȳ: what a gradient check differentiates.</summary>
public interface IProblem
{
    /// <summary>The tensors of the point.</summary>
    ImmutableArray<Leaf> Leaves { get; }

    /// <summary>ℓ where the leaves are replaced by others.</summary>
    double Value(IReadOnlyList<Tensor> leaves);

    /// <summary>The pullback of ȳ, leaf by leaf; symbolic zeros stay default.</summary>
    ImmutableArray<Tensor> Gradient();

    /// <summary>Which sides of their kinks the activations were on in the last evaluation.</summary>
    IReadOnlyList<bool> Pattern { get; }
}

/// <summary>A differentiable function at a point.</summary>
public sealed class Problem<T, Y>(T point, Differentiable<T, Y> function, Draw draw, Kinks? kinks = null) : IProblem
{
    readonly Y cotangent = Cotangent(function(point).Value, draw);

    public ImmutableArray<Leaf> Leaves { get; } = Tree.Leaves(point);

    public IReadOnlyList<bool> Pattern => kinks?.Sides ?? [];

    public double Value(IReadOnlyList<Tensor> leaves)
    {
        kinks?.Sides.Clear();
        return Inner(cotangent, function(Tree.Unflatten(point, leaves)).Value);
    }

    public ImmutableArray<Tensor> Gradient()
    {
        kinks?.Sides.Clear();
        var pull = function(point).Pullback;
        return Tree.Flatten(point, Tidiness.Checked(default(Real), point, dy => (default(Real), pull(dy)), pull.IsTidy(), cotangent).Input);
    }

    static Y Cotangent(Y value, Draw draw) => value is Real
        ? (Y)(object)(Real)draw.Uniform(0.5, 2)
        : Tree.Map(value, leaf => Tensor.From(leaf.Shape, Enumerable.Range(0, leaf.Size).Select(_ => draw.Normal())));

    static double Inner(Y a, Y b) => a is Real x && b is Real y
        ? (double)x * y
        : Tree.Flatten(a).Zip(Tree.Flatten(a, b), (s, t) => Dot(s, t)).Sum();

    static double Dot(Tensor a, Tensor b)
    {
        var (s, t, sum) = (a.ToArray(), b.ToArray(), 0.0);
        for (var i = 0; i < s.Length; i++)
            sum += (double)s[i] * t[i];
        return sum;
    }
}

/// <summary>Problems from functions and layers.</summary>
public static class Problem
{
    public static IProblem Of<T, Y>(T point, Differentiable<T, Y> function, Draw draw, Kinks? kinks = null) => new Problem<T, Y>(point, function, draw, kinks);

    /// <summary>A layer's parameters and input together are the point.</summary>
    public static IProblem Of<P, X, Y>(P parameters, X input, Layer<P, X, Y> layer, Draw draw, Kinks? kinks = null) =>
        new Problem<(P, X), Y>((parameters, input), both => layer(both.Item1, both.Item2) is var (y, pull) ? (y, dy => Whole(both, pull, dy)) : default, draw, kinks);

    /// <summary>(θ̄, x̄), having seen that the way to θ̄ alone gives the same bits.</summary>
    static (P, X) Whole<P, X, Y>((P Parameters, X Input) at, Pullback<Y, (P Parameters, X Input)> pull, Y dy)
    {
        var both = Tidiness.Checked(at.Parameters, at.Input, pull, pull.IsTidy(), dy);
        var alone = Tree.Flatten(at.Parameters, pull.Parameters(dy)).Select(Bits);
        return Tree.Flatten(at.Parameters, both.Parameters).Select(Bits).SequenceEqual(alone) ? both
            : throw new InvalidOperationException("The gradient of the parameters alone is another than that beside the input's.");

        static string Bits(Tensor x) => x.IsZero ? "0" : $"{x.Shape} {Convert.ToHexString(MemoryMarshal.AsBytes(x.AsSpan()))}";
    }
}

/// <summary>Watches the inputs of functions that have a kink at 0.</summary>
public sealed class Kinks
{
    public List<bool> Sides { get; } = [];

    public Differentiable<Tensor, Tensor> Watch(Differentiable<Tensor, Tensor> function) => x =>
    {
        Sides.AddRange(x.ToArray().Select(e => e > 0));
        return function(x);
    };
}
