namespace Functional.Llm.Tests.Gradients;

/// <summary>How far a gradient is from four-point central differences.</summary>
/// <param name="Worst">The largest ‖a − n‖∞ / max(‖a‖∞, ‖n‖∞, 1e-3 × the largest entry over all leaves), leaf by leaf.</param>
/// <param name="WorstZero">The largest numeric derivative where the analytic one is exactly 0.</param>
/// <param name="Crossed">Whether an activation changed sides within the stencil, so that the case says nothing.</param>
/// <param name="Report">The leaf that is furthest off.</param>
public sealed record GradientCheck(double Worst, double WorstZero, bool Crossed, string Report)
{
    /// <summary>The bounds of a gradient that is right.</summary>
    public bool Holds => Worst <= 1e-7 && WorstZero <= 1e-10;

    /// <summary>Every entry of every leaf against f′ ≈ (f(x − 2h) − 8 f(x − h) + 8 f(x + h) − f(x + 2h)) / 12h.</summary>
    public static GradientCheck Of(IProblem problem, double step = 1e-3)
    {
        var point = problem.Leaves.Select(leaf => leaf.Value).ToArray();
        var analytic = problem.Gradient();
        var pattern = problem.Pattern.ToArray();
        var crossed = false;
        var numeric = point.Select((leaf, i) => Enumerable.Range(0, leaf.Size).Select(j => Derivative(i, j)).ToArray()).ToArray();

        double worst = 0, worstZero = 0;
        var report = "";
        var largest = numeric.SelectMany(n => n).Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (var i = 0; i < point.Length; i++)
        {
            if (!analytic[i].IsZero && analytic[i].Shape != point[i].Shape)
                return new(double.PositiveInfinity, 0, false, $"{problem.Leaves[i].Path}: gradient {analytic[i].Shape} for {point[i].Shape}");
            var a = analytic[i].IsZero ? new double[point[i].Size] : [.. analytic[i].ToArray().Select(e => (double)e)];
            var n = numeric[i];
            var scale = a.Concat(n).Select(Math.Abs).Append(1e-3 * largest).Max();
            var difference = a.Zip(n, (s, t) => double.IsFinite(s) && double.IsFinite(t) ? Math.Abs(s - t) : double.PositiveInfinity).DefaultIfEmpty(0).Max();
            worstZero = a.Zip(n, (s, t) => s == 0 ? Math.Abs(t) : 0).Append(worstZero).Max();
            // Where the gradient is exactly 0, the differences are rounding errors, which the absolute bound judges.
            var error = a.All(s => s == 0) ? 0 : difference / scale;
            if (error > worst)
                (worst, report) = (error, $"{problem.Leaves[i].Path} {point[i].Shape}: analytic [{string.Join(", ", a.Take(6))}], numeric [{string.Join(", ", n.Take(6))}]");
        }

        return new(worst, worstZero, crossed, report);

        double Derivative(int leaf, int place) =>
            (At(leaf, place, -2) - 8 * At(leaf, place, -1) + 8 * At(leaf, place, 1) - At(leaf, place, 2)) / (12 * step);

        double At(int leaf, int place, int steps)
        {
            var moved = (Tensor[])point.Clone();
            var elements = moved[leaf].ToArray();
            elements[place] += (Real)(steps * step);
            moved[leaf] = Tensor.Of(moved[leaf].Shape, elements);
            var value = problem.Value(moved);
            crossed |= !problem.Pattern.SequenceEqual(pattern);
            return value;
        }
    }

    /// <summary>⟨ȳ, Jv⟩ by differences along v, and ⟨Jᵀȳ, v⟩ by the pullback.</summary>
    public static (double Forward, double Backward, bool Crossed) Adjoint(IProblem problem, Draw draw, double step = 1e-3)
    {
        var point = problem.Leaves.Select(leaf => leaf.Value).ToArray();
        var direction = point.Select(leaf => draw.Tensor(leaf.Shape)).ToArray();
        var backward = problem.Gradient().Select((g, i) => g.IsZero ? 0 : (double)(g * direction[i]).Sum().Value).Sum();
        var pattern = problem.Pattern.ToArray();
        var crossed = false;
        return ((At(-2) - 8 * At(-1) + 8 * At(1) - At(2)) / (12 * step), backward, crossed);

        double At(int steps)
        {
            var value = problem.Value([.. point.Select((leaf, i) => leaf + steps * step * direction[i])]);
            crossed |= !problem.Pattern.SequenceEqual(pattern);
            return value;
        }
    }
}
