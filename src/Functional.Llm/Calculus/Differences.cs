namespace Functional.Llm;

/// <summary>Gradients without pullbacks: by differences of the function itself.</summary>
public static class Differences
{
    /// <summary>∇f by four-point central differences: ∂f/∂θ ≈ (f(θ − 2h) − 8 f(θ − h) + 8 f(θ + h) − f(θ + 2h)) / 12h, one element after the other.</summary>
    /// <remarks>
    /// Four evaluations an element. The truncation error is h⁴/30 · |f⁽⁵⁾|; the rounding error is up to 3/2 · ε|f|/h, where f comes with the relative
    /// error ε (2⁻²⁴ in single precision, 2⁻⁵³ in double). Their sum is least near h = ε^(1/5): about 0.04 in single precision, 6e-4 in double.
    /// </remarks>
    /// <param name="f">The function.</param>
    /// <param name="parameters">Where its gradient is wanted.</param>
    /// <param name="step">h; a power of two keeps θ ± h nearly free of rounding.</param>
    /// <exception cref="FunctionalLlmException">The step is not a positive, finite number.</exception>
    public static P NumericGradient<P>(this Differentiable<P, Real> f, P parameters, double step)
    {
        if (!(step > 0 && double.IsFinite(step)))
            throw new FunctionalLlmException($"differences: the step {step} leads nowhere. Pass a positive number, such as 1/32.");
        var leaves = Tree.Flatten(parameters);
        return Tree.Unflatten(parameters, [.. leaves.Select((leaf, i) =>
            Tensor.From(leaf.Shape, Enumerable.Range(0, leaf.Size).Select(j => (At(i, j, -2) - 8 * At(i, j, -1) + 8 * At(i, j, 1) - At(i, j, 2)) / (12 * step))))]);

        double At(int leaf, int place, int steps)
        {
            var elements = leaves[leaf].ToArray();
            elements[place] = (Real)(elements[place] + steps * step);
            return f(Tree.Unflatten(parameters, leaves.SetItem(leaf, Tensor.Of(leaves[leaf].Shape, elements)))).Value;
        }
    }

    /// <summary>What rounding of f alone may do to <see cref="NumericGradient"/>: 3/2 · ε|f|/h.</summary>
    /// <param name="value">f.</param>
    /// <param name="step">h.</param>
    public static double Rounding(double value, double step) => 0.75 * ((double)Real.BitIncrement(1) - 1) * Math.Abs(value) / step;

    /// <summary>∇f by the pullback beside ∇f by differences with h, and what the latter says of itself: how far half of h moves it.</summary>
    /// <param name="f">The function.</param>
    /// <param name="parameters">Where its gradient is wanted.</param>
    /// <param name="step">h.</param>
    /// <exception cref="FunctionalLlmException">The step is not a positive, finite number.</exception>
    public static ImmutableArray<CheckedEntry> Check<P>(this Differentiable<P, Real> f, P parameters, double step)
    {
        var numeric = f.NumericGradient(parameters, step);
        var halved = Between(parameters, numeric, f.NumericGradient(parameters, step / 2));
        return [.. Between(parameters, f.ValueAndGradient(parameters).Gradient, numeric).Zip(halved, (e, half) =>
            new CheckedEntry(e.Path, e.Index, e.First, e.Second, (double)half.Second - half.First, e.Relative, half.Relative))];
    }

    /// <summary>Two gradients beside each other, entry by entry.</summary>
    /// <param name="parameters">What they are gradients of; where it has a tensor, they have one or a symbolic zero.</param>
    /// <param name="first">The one, such as the pullback of 1.</param>
    /// <param name="second">The other, such as <see cref="NumericGradient"/>.</param>
    public static ImmutableArray<ComparedEntry> Between<P>(P parameters, P first, P second)
    {
        var (leaves, a, b) = (Tree.Leaves(parameters), Tree.Flatten(parameters, first), Tree.Flatten(parameters, second));
        var largest = a.Concat(b).Select(Largest).DefaultIfEmpty(0).Max();
        return [.. leaves.SelectMany((leaf, i) =>
        {
            var (s, t) = (Elements(a[i], leaf.Value.Size), Elements(b[i], leaf.Value.Size));
            var scale = Math.Max(Math.Max(Largest(a[i]), Largest(b[i])), largest / 1000);
            return s.Select((e, j) => new ComparedEntry(leaf.Path, leaf.Value.Shape.IndexOf(j), e, t[j], e == t[j] ? 0 : Math.Abs((double)e - t[j]) / scale));
        })];
    }

    static double Largest(Tensor leaf) => leaf.IsZero || leaf.Size == 0 ? 0 : leaf.Abs().Max().Value;

    static Real[] Elements(Tensor leaf, int size) => leaf.IsZero ? new Real[size] : leaf.ToArray();
}

/// <summary>One entry of two gradients.</summary>
/// <param name="Path">The way to its tensor, as in <c>Blocks[3].Mlp.Up.Weight</c>.</param>
/// <param name="Index">Its place in the tensor.</param>
/// <param name="First">What the one says.</param>
/// <param name="Second">What the other says.</param>
/// <param name="Relative">|first − second| by the largest entry of its tensor in either, or by a thousandth of the largest of all: an entry near 0
/// has no digits to compare. NaN where one is not finite.</param>
public sealed record ComparedEntry(string Path, ImmutableArray<int> Index, Real First, Real Second, double Relative);

/// <summary>One entry of a gradient, by the pullback and by differences.</summary>
/// <param name="Path">The way to its tensor.</param>
/// <param name="Index">Its place in the tensor.</param>
/// <param name="Analytic">What the pullback says.</param>
/// <param name="Numeric">What the differences say.</param>
/// <param name="ByHalving">How far half the step moves what the differences say.</param>
/// <param name="Relative">|analytic − numeric|, relative as in <see cref="ComparedEntry"/>.</param>
/// <param name="RelativeByHalving">|by halving|, likewise; NaN where the function is not finite nearby.</param>
public sealed record CheckedEntry(
    string Path, ImmutableArray<int> Index, Real Analytic, Real Numeric, double ByHalving, double Relative, double RelativeByHalving);
