using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <summary>Layers made of layers. Each is as long as its equation.</summary>
public static class Combinators
{
    /// <summary>y = x: the neutral element of composition.</summary>
    public static Differentiable<X, X> Identity<X>() => x => (x, Pullbacks.Tidy<X, X>(dy => dy));

    /// <summary>y = x + f(θ, x).</summary>
    /// <remarks>x (…) → y (…), f keeping the shape. The cotangent reaches the input by both ways.</remarks>
    public static Layer<P, Tensor, Tensor> Residual<P>(Layer<P, Tensor, Tensor> f) => (p, x) =>
    {
        var (y, pullF) = f(p, x);
        var isTidy = pullF.IsTidy();
        return (x + y, Pullbacks.Of<Tensor, P, Tensor>(Pull, pullF.Parameters, isTidy));

        (P, Tensor) Pull(Tensor dy)
        {
            var (dp, dx) = pullF(dy);
            var sum = dy + dx;
            if (isTidy)
                Pullbacks.Release(dx, dy, sum);
            return (dp, sum);
        }
    };

    /// <summary>The same layer once for every element of an array of parameters, one after the other.</summary>
    public static Layer<ImmutableArray<P>, X, X> Stack<P, X>(Layer<P, X, X> layer) => Stack<P, X>(_ => layer);

    /// <summary>Layer i, a function of its index, for every element i of an array of parameters, one after the other.</summary>
    public static Layer<ImmutableArray<P>, X, X> Stack<P, X>(Func<int, Layer<P, X, X>> layer) => (p, x) =>
    {
        var pulls = new Pullback<X, (P, X)>[p.Length];
        for (var i = 0; i < pulls.Length; i++)
            (x, pulls[i]) = Located.At($"[{i}]", layer(i), p[i], x);
        var isTidy = pulls.All(pull => pull.IsTidy());
        return (x, Pullbacks.Of<X, ImmutableArray<P>, X>(Pull, dy => Pull(dy).Item1, isTidy));

        (ImmutableArray<P>, X) Pull(X dy)
        {
            var gradients = new P[pulls.Length];
            var before = dy;
            for (var i = pulls.Length - 1; i >= 0; i--)
            {
                (gradients[i], var dx) = pulls[i](dy);
                if (isTidy && i < pulls.Length - 1)
                    Pullbacks.Release(dy, before, dx);
                (before, dy) = (dy, dx);
            }

            return (ImmutableCollectionsMarshal.AsImmutableArray(gradients), dy);
        }
    };

    /// <summary>(y, z) = (f(θ, x), g(θ, x)): both read the same parameters and input.</summary>
    public static Layer<P, X, (Y, Z)> Parallel<P, X, Y, Z>(Layer<P, X, Y> f, Layer<P, X, Z> g) => (p, x) =>
    {
        var (y, pullF) = f(p, x);
        var (z, pullG) = g(p, x);
        return ((y, z), Pull);

        (P, X) Pull((Y Y, Z Z) d)
        {
            var (dpF, dxF) = pullF(d.Y);
            var (dpG, dxG) = pullG(d.Z);
            return (Tree.Add(dpF, dpG), Tree.Add(dxF, dxG));
        }
    };

    /// <summary>(y, z) = (f(x), g(x)): both read the same input, whose gradient is therefore the sum of two.</summary>
    public static Differentiable<X, (Y, Z)> Parallel<X, Y, Z>(Differentiable<X, Y> f, Differentiable<X, Z> g) => x =>
    {
        var (y, pullF) = f(x);
        var (z, pullG) = g(x);
        return ((y, z), d => Tree.Add(pullF(d.Item1), pullG(d.Item2)));
    };

    /// <summary>(z, y) = (f(x), y): the first of two goes through a function, and the second past it.</summary>
    public static Differentiable<(X, Y), (Z, Y)> First<X, Y, Z>(Differentiable<X, Z> f) => x =>
    {
        var (z, pullF) = f.Call(x.Item1);
        return ((z, x.Item2), d => (pullF(d.Item1), d.Item2));
    };

    /// <summary>The same layer once for every element of an array of parameters, all of one input; their results stand side by side along the last axis.</summary>
    /// <remarks>The input's gradient is the sum of all.</remarks>
    /// <exception cref="ShapeException">There is no element, or the results differ in shape.</exception>
    public static Layer<ImmutableArray<P>, X, Tensor> SideBySide<P, X>(Layer<P, X, Tensor> layer) => (p, x) =>
    {
        var (parts, pulls) = (new Tensor[p.Length], new Pullback<Tensor, (P, X)>[p.Length]);
        for (var i = 0; i < pulls.Length; i++)
            (parts[i], pulls[i]) = Located.At($"[{i}]", layer, p[i], x);
        var y = Tensor.Concatenate(-1, parts);
        int[] widths = [.. parts.Select(part => part.Shape.Sizes[^1])];
        return (y, Pull);

        (ImmutableArray<P>, X) Pull(Tensor dy)
        {
            if (dy.IsZero)
                return default;
            var (gradients, dx, start) = (new P[pulls.Length], default(X)!, 0);
            for (var i = 0; i < pulls.Length; start += widths[i++])
            {
                (gradients[i], var part) = pulls[i](dy[[.. Enumerable.Repeat<Slice>(.., dy.Rank - 1), start..(start + widths[i])]]);
                dx = Tree.Add(dx, part);
            }

            return (ImmutableCollectionsMarshal.AsImmutableArray(gradients), dx);
        }
    };

    /// <summary>The same function with less memory: the pullback computes the forward pass again instead of retaining it.</summary>
    public static Layer<P, X, Y> Checkpointed<P, X, Y>(Layer<P, X, Y> f) => (p, x) =>
    {
        var (y, pull) = f(p, x);
        return (y, Pullbacks.Of<Y, P, X>(dy => f(p, x).Pullback(dy), dy => f(p, x).Pullback.Parameters(dy), pull.IsTidy()));
    };
}
