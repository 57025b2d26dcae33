using LanguageExt;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Training;

/// <summary>Training as scripts watch it: at milestones, and with words for divergence.</summary>
public class WatchedTrainingTests
{
    static readonly TrainState<LinearParameters> Start = Functional.Llm.Training.Start(new LinearParameters(Tensor.Zeros((1, 1)), Tensor.Zeros(1)));

    static readonly Differentiable<LinearParameters, Real> Loss = Linear.On(Tensor.From((2, 1), [1.0, 3])) >> MeanSquaredError(Tensor.From((2, 1), [2.0, 4]));

    static IEnumerable<TraceStep<LinearParameters>> Steps(int count, double rate) => Enumerable.Range(0, count).Trace(Start, new Sgd(rate), _ => Loss);

    [Theory]
    [InlineData(0, new[] { 0 })]
    [InlineData(3, new[] { 0, 1, 2, 3 })]
    [InlineData(31, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 31 })]
    [InlineData(100, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100 })]
    public void Milestones_are_the_start_and_the_end_and_what_a_logarithmic_axis_shows(int updates, int[] expected) =>
        Assert.Equal(expected, Steps(updates, 0.01).AtMilestones(Start).Select(s => s.Step));

    [Theory]
    [InlineData(0, new[] { 0 })]
    [InlineData(9, new[] { 0, 1, 9 })]
    [InlineData(10, new[] { 0, 1, 10 })]
    [InlineData(250, new[] { 0, 1, 10, 100, 250 })]
    public void A_table_has_room_for_powers_of_ten_and_the_end(int updates, int[] expected) =>
        Assert.Equal(expected, Enumerable.Range(0, updates + 1).ToList().AtPowersOfTen(step => step));

    [Fact]
    public void A_milestone_is_the_state_that_fit_reaches()
    {
        var states = Steps(37, 0.01).AtMilestones(Start).ToArray();
        foreach (var state in states)
            Assert.True(Tree.Equal(Enumerable.Range(0, state.Step).Fit(Start, new Sgd(0.01), _ => Loss).Parameters, state.Parameters));
    }

    [Fact]
    public void A_stable_training_passes_through() => Assert.Equal((50, 50), (Steps(50, 0.01).OrDiverged("the line").Count(), Steps(50, 0.01).UntilDiverged().Count()));

    [Fact]
    public void Where_divergence_is_a_result_the_stream_ends_before_it()
    {
        var finite = Steps(1000, 5).UntilDiverged().Select(step => step.Loss).ToArray();
        Assert.InRange(finite.Length, 2, 999);
        Assert.All(finite, loss => Assert.True(Real.IsFinite(loss)));
    }

    [Fact]
    public void A_loss_that_is_not_finite_ends_training_with_what_was_seen_why_and_what_to_do()
    {
        var seen = 0;
        var error = Assert.Throws<DivergenceException>(() => Steps(1000, 5).OrDiverged("the line").Select(_ => seen++).Count());
        Assert.StartsWith("the line: training diverges: the loss was 10 before the first update, and after ", error.Message, StringComparison.Ordinal);
        Assert.Contains("no longer ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"At step {error.Step}, " + (typeof(Real) == typeof(float) ? "the first came from MeanSquaredError, where " : "the squares of the gradient are too large for their sum."), error.Message, StringComparison.Ordinal);
        Assert.Contains("At the rate 5 every step overshoots the minimum and lands higher on its other side. Try a smaller rate, such as 0.1.", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Step - 1, seen);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1.9, 1)]
    [InlineData(0, 1)]
    public void A_loss_that_did_not_double_is_a_result(double after, double before) => Assert.Equal(after, after.OrDiverged(before, 10, 0.1, "the line"));

    [Theory]
    [InlineData(2.1, "after 1 update it is 2.1.")]
    [InlineData(double.NaN, "after 1 update it is no longer a finite number.")]
    [InlineData(double.PositiveInfinity, "after 1 update it is no longer a finite number.")]
    public void A_loss_that_more_than_doubled_is_none(double after, string words) =>
        Assert.Contains(words, Assert.Throws<DivergenceException>(() => after.OrDiverged(1, 1, 0.1, "the line")).Message, StringComparison.Ordinal);

    [Fact]
    public void Numbers_too_large_to_standardise_are_refused_by_column()
    {
        var error = Assert.Throws<FunctionalLlmException>(() => Standardizer.Of(Tensor.From((2, 2), [1.0, Real.MaxValue, 2, -Real.MaxValue])));
        Assert.StartsWith("standardize: the numbers of column 1 are too large", error.Message, StringComparison.Ordinal);
    }
}
