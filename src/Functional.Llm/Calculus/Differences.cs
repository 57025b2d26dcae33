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
}
