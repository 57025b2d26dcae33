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

    /// <summary>micrograd's values, and the gradients of the last value of each variable: those of the program up to it.</summary>
    static IEnumerable<double> Adding()
    {
        var (end, pull) = Micrograd.Whole()(Micrograd.Start);
        Micrograd.Values[] seeds = [new(C: Tensor.Scalar(1)), new(D: Tensor.Scalar(1)), new(E: Tensor.Scalar(1)), new(F: Tensor.Scalar(1)), Micrograd.Seed];
        var gradients = seeds.Select(seed => pull(seed));
        return Note.Values(end.C, end.D, end.E, end.F, end.G, gradients.Select(d => new[] { d.A, d.B }), 0.5 - 10 / Math.Pow(end.F.Value, 2));
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
