extern alias single;

using Functional.Llm.Tests.Examples;
using Xunit;

namespace Functional.Llm.DoubleTests.Notes;

public class GradientCheckNoteTests
{
    static readonly Differentiable<Tensor, Real> Reciprocal = x => (1 / x.Value, d => Tensor.Scalar(-d / (x.Value * x.Value)));
    static readonly single::Functional.Llm.Differentiable<single::Functional.Llm.Tensor, float> RoughReciprocal =
        x => (1 / x.Value, d => single::Functional.Llm.Tensor.Scalar(-d / (x.Value * x.Value)));

    static double Error(double h, double at = 1) => Reciprocal.NumericGradient(Tensor.Scalar(at), h).Value + 1 / (at * at);

    static double RoughError(double h, double at)
    {
        var x = single::Functional.Llm.Tensor.Scalar(at);
        return single::Functional.Llm.Differences.NumericGradient(RoughReciprocal, x, h).Value + 1 / ((double)x.Value * x.Value);
    }

    static double Largest(Func<double, double> error) => Enumerable.Range(0, 101).Max(i => Math.Abs(error(1 + i / 100.0)));

    static readonly double EpsilonOfSingle = Math.Pow(2, -24), EpsilonOfDouble = Math.Pow(2, -53);

    [Fact]
    public void Every_number_of_the_note_is_computed_again() => Note.Check("gradient-check.md", Note.Values(
        Adding(), Worked(), Table(), EpsilonOfSingle, EpsilonOfDouble, Best(EpsilonOfSingle), Best(EpsilonOfDouble), 1 / 32.0,
        124_439_808, 4L * 124_439_808, 1.001));

    static double Best(double epsilon) => Math.Pow(3.0 / 8 * epsilon / (120 / 30.0), 1 / 5.0);

    /// <summary>The values of micrograd's statements and the gradients before each.</summary>
    static IEnumerable<double> Adding()
    {
        var (values, pulls, numbers) = (Micrograd.Start, new Stack<Pullback<Micrograd.Values, Micrograd.Values>>(), new List<double>());
        foreach (var statement in Micrograd.Program())
        {
            (values, var pull) = statement(values);
            pulls.Push(pull);
        }

        var gradient = Micrograd.Seed;
        foreach (var pull in pulls)
        {
            gradient = pull(gradient);
            numbers.AddRange(Note.Values(gradient.A, gradient.B, gradient.C, gradient.D, gradient.E, gradient.F));
        }

        var (a, b) = (Micrograd.Start.A.Value, Micrograd.Start.B.Value);
        return [.. numbers, values.G.Value, values.F.Value / 2, 0.5, numbers.Where(n => n > 80 && n < 90).First() * (a + 3 * b * b)];
    }

    static IEnumerable<double> Worked()
    {
        const double h = 0.1;
        double f(double x) => Reciprocal(Tensor.Scalar(x)).Value;
        return [h, f(0.8), f(0.9), f(1.1), f(1.2), 8 * f(0.9), 8 * f(1.1), 12 * h, Error(h) - 1, Error(h), 4 * Math.Pow(h, 4), (f(1.1) - f(0.9)) / (2 * h)];
    }

    static IEnumerable<double> Table() => new double[] { 4, 16, 32, 64, 256, 1024, 4096 }.SelectMany(n => new[]
    {
        n, Largest(x => Error(1 / n, x)), Largest(x => RoughError(1 / n, x)), 4 / Math.Pow(n, 4), 1.5 * EpsilonOfSingle * n,
    });
}
