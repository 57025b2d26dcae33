using FsCheck.Xunit;
using Functional.Llm.Tests.Gradients;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Calculus;

/// <summary>Gradients by differences against those that are known.</summary>
public class DifferencesTests
{
    static bool IsDouble => typeof(Real) == typeof(double);

    static Differentiable<Tensor, Real> Power(int n) => x => (x.Pow(n).Sum().Value, d => (double)d * n * x.Pow(n - 1));

    static Real Derivative(Differentiable<Tensor, Real> f, double x, double step) => f.NumericGradient(Tensor.Scalar(x), step).Value;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 6.75)]
    [InlineData(4, 13.5)]
    public void Four_points_are_exact_to_the_fourth_power(int n, double derivative) =>
        Assert.Equal(derivative, (double)Derivative(Power(n), 1.5, 0.5), IsDouble ? 1e-13 : 2e-5);

    [Fact]
    public void The_fifth_power_leaves_four_times_the_fourth_power_of_the_step() =>
        Assert.Equal(-4 * Math.Pow(0.25, 4), Derivative(Power(5), 1, 0.25) - 5.0, IsDouble ? 1e-13 : 1e-5);

    [Property]
    public void The_numeric_gradient_of_a_network_is_a_record_like_its_parameters_and_near_its_gradient(ulong seed)
    {
        var d = new Draw(seed);
        var loss = (Linear >> Tanh).On(d.Tensor((3, 2))) >> MeanSquaredError(d.Tensor((3, 2)));
        var p = d.Linear(2, 2);
        var gradient = loss.ValueAndGradient(p).Gradient;
        var numeric = loss.NumericGradient(p, IsDouble ? 1e-3 : 1.0 / 32);
        Assert.Equal(Tree.Paths(p).AsEnumerable(), Tree.Paths(numeric));
        Assert.All(Tree.Flatten(p, gradient).Zip(Tree.Flatten(p, numeric)), pair =>
            Assert.True(pair.Item2.IsClose(pair.Item1, relative: 0, absolute: IsDouble ? 1e-9 : 1e-3), $"{string.Join(' ', pair.Item1.ToArray())} and {string.Join(' ', pair.Item2.ToArray())}"));
    }

    [Fact]
    public void A_bias_that_is_absent_stays_absent()
    {
        var loss = Linear.On(Tensor.Ones((1, 2))) >> MeanSquaredError(Tensor.Zeros((1, 1)));
        var numeric = loss.NumericGradient(new LinearParameters(Tensor.Ones((1, 2))), 0.25);
        Assert.True(numeric.Bias.IsZero);
        Assert.True(numeric.Weight.IsClose(Tensor.From((1, 2), [4, 4])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_step_must_lead_somewhere(double step) =>
        Assert.StartsWith("differences: the step", Assert.Throws<FunctionalLlmException>(() => Power(2).NumericGradient(Tensor.Scalar(1), step)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_check_sets_the_pullback_beside_differences_and_these_beside_those_of_half_the_step()
    {
        var entry = Power(5).Check(Tensor.Scalar(1), 0.25).Single();
        Assert.Equal(5, (double)entry.Analytic);
        Assert.Equal(5 - 4 * Math.Pow(0.25, 4), (double)entry.Numeric, IsDouble ? 1e-13 : 1e-5);
        Assert.Equal(4 * (Math.Pow(0.25, 4) - Math.Pow(0.125, 4)), entry.ByHalving, IsDouble ? 1e-13 : 1e-5);
        Assert.Equal(Math.Abs(entry.Numeric - 5.0) / 5, entry.Relative, 1e-6);
        Assert.Equal(entry.ByHalving / 5, entry.RelativeByHalving, 1e-6);
        Differentiable<Tensor, Real> wrong = x => (x.Sum().Value, d => (double)d * 2 * Tensor.Ones(x.Shape));
        Assert.Equal(0.5, wrong.Check(Tensor.Scalar(1), 0.25).Single().Relative, 1e-3);
    }

    [Fact]
    public void Rounding_grows_as_the_step_shrinks() =>
        Assert.Equal(1.5 * Math.Pow(2, IsDouble ? -53 : -24) * 3 / 0.25, Differences.Rounding(-3, 0.25), 1e-20);

    sealed record Pair(Tensor Large, Tensor Small);

    [Fact]
    public void Two_gradients_are_compared_entry_by_entry_by_the_largest_of_their_tensor()
    {
        var parameters = new Pair(Tensor.Ones((2, 2)), Tensor.Ones(2));
        var entries = Differences.Between(parameters,
            new Pair(Tensor.From((2, 2), [100, 0, 0, 40]), Tensor.From([0.5, 0])),
            new Pair(Tensor.From((2, 2), [100, 0, 0, 50]), Tensor.From([0.5, 0.25])));
        Assert.Equal(["Large", "Large", "Large", "Large", "Small", "Small"], entries.Select(e => e.Path));
        Assert.Equal(["0, 0", "0, 1", "1, 0", "1, 1", "0", "1"], entries.Select(e => string.Join(", ", e.Index)));
        Assert.Equal([0, 0, 0, 0.1, 0, 0.5], entries.Select(e => e.Relative));
        Assert.Equal([0.1, 1e-2], Differences.Between(parameters,
            new Pair(Tensor.From((2, 2), [100, 0, 0, 90]), default), new Pair(Tensor.From((2, 2), [100, 0, 0, 100]), Tensor.From([0, 1e-3]))).Select(e => Math.Round(e.Relative, 6)).Where(r => r > 0));
    }

    [Fact]
    public void Two_symbolic_zeros_do_not_differ_and_what_is_not_finite_does()
    {
        var parameters = new Pair(Tensor.Ones(1), Tensor.Ones(1));
        Assert.Equal([0, 0], Differences.Between(parameters, default!, default!).Select(e => e.Relative));
        Assert.Equal(double.NaN, Differences.Between(parameters, default!, new Pair(Tensor.From([double.NaN]), default))[0].Relative);
    }
}
