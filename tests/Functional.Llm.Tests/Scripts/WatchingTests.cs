using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests;

/// <summary>Training as a script shows it.</summary>
public sealed class WatchingTests
{
    sealed record Options : ScriptOptions;

    static readonly LinearParameters Zero = new(Tensor.Zeros((1, 1)), Tensor.Zeros(1));

    static readonly Differentiable<LinearParameters, Real> Loss = Linear.On(Tensor.From((2, 1), [1.0, 3])) >> MeanSquaredError(Tensor.From((2, 1), [2.0, 4]));

    [Fact]
    public void Milestones_carry_the_loss_after_their_updates()
    {
        var course = new Options().Train("the line", Zero, new Sgd(0.01), 11, Loss);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], course.Select(m => m.Updates));
        var end = Enumerable.Range(0, 11).Fit(Functional.Llm.Training.Start(Zero), new Sgd(0.01), _ => Loss);
        Assert.True(Tree.Equal(end.Parameters, course[^1].Parameters));
        Assert.Equal((10.0, (double)Loss(end.Parameters).Value), (course[0].Loss, course[^1].Loss));
    }

    [Theory]
    [InlineData(1e300, 1)]
    [InlineData(5, 1000)]
    [InlineData(1, 2)]
    public void Divergence_is_refused_however_short_the_training(double rate, int updates) => Assert.StartsWith("the line: training diverges: the loss was 10 before",
        Assert.Throws<DivergenceException>(() => new Options().Train("the line", Zero, new Sgd(rate), updates, Loss)).Message, StringComparison.Ordinal);
}
