using Xunit;

namespace Functional.Llm.Tests.Training;

/// <summary>Early stopping and the best so far, as consumers of the stream.</summary>
public class SelectionTests
{
    static readonly double[] Losses = [5, 3, 4, double.NaN, 2, 2, 6, 1.5, 9, 9, 9, 1];

    [Fact]
    public void Every_evaluation_knows_the_best_so_far_and_how_long_ago_it_was()
    {
        var ranked = Losses.Rank(loss => loss).ToArray();
        Assert.Equal(Losses, ranked.Select(r => r.Loss));
        Assert.Equal([5, 3, 3, 3, 2, 2, 2, 1.5, 1.5, 1.5, 1.5, 1], ranked.Select(r => r.Best));
        Assert.Equal([0, 0, 1, 2, 0, 1, 2, 0, 1, 2, 3, 0], ranked.Select(r => r.Since));
    }

    [Theory]
    [InlineData(1, 3), InlineData(2, 4), InlineData(3, 11), InlineData(4, 12)]
    public void Training_stops_at_the_evaluation_that_is_so_many_after_the_best(int patience, int seen)
    {
        var asked = 0;
        Assert.Equal(seen, Losses.Select(loss => (asked++, loss).loss).Rank(loss => loss).UntilStale(patience).Count());
        Assert.Equal(seen, asked);
    }

    [Fact]
    public void A_stream_that_was_broken_off_goes_on_as_if_it_had_not_been()
    {
        var whole = Losses.Rank(loss => loss).ToArray();
        for (var cut = 1; cut < Losses.Length; cut++)
            Assert.Equal(whole[cut..], Losses[cut..].Rank(loss => loss, whole[cut - 1].Best, whole[cut - 1].Since));
    }

    [Fact]
    public void Of_the_best_what_is_asked_for_is_kept()
    {
        var kept = new List<double>();
        Assert.Equal(2, Losses[..7].Rank(loss => loss).Best(loss =>
        {
            kept.Add(loss);
            return loss;
        }));
        Assert.Equal([5, 3, 2], kept);
        Assert.Null(Losses.Rank(_ => double.NaN).Best(loss => $"{loss}"));
    }

    [Theory, InlineData(0), InlineData(-1)]
    public void Without_patience_there_is_no_stream(int patience) =>
        Assert.StartsWith($"early stopping: a patience of {patience} ", Assert.Throws<FunctionalLlmException>(() => Losses.Rank(loss => loss).UntilStale(patience)).Message, StringComparison.Ordinal);

    // Descent on ½ (p − 3)² by a rate of 0.5, judged by the distance from 2: 0 → 1.5 → 2.25 → 2.625 …
    [Fact]
    public void A_trace_stops_early_and_keeps_the_best_state()
    {
        Differentiable<Tensor, Real> loss = p => ((Real)0.5 * (p - 3).Square().Sum().Value, d => d * (p - 3));
        var steps = 0;
        var best = Enumerable.Range(0, 100).Trace(Functional.Llm.Training.Start(Tensor.Zeros(1)), new Sgd(0.5), _ => loss)
            .Rank(step => (steps = step.Step, step.Evaluate(p => Math.Abs((double)p.Value - 2))).Item2).UntilStale(2).Best(step => step.Snapshot());
        Assert.Equal((2, 2.25, 4), (best!.Step, (double)best.Parameters.Value, steps));
    }

    [Fact]
    public void A_step_that_was_left_behind_cannot_be_evaluated()
    {
        var steps = Enumerable.Range(0, 2).Trace(Functional.Llm.Training.Start(Tensor.Ones(1)), new Sgd(0.1), _ => p => (0, _ => p)).ToArray();
        Assert.Equal(1, steps[1].Evaluate(_ => 1));
        Assert.Contains("step 1 was left behind", Assert.Throws<FunctionalLlmException>(() => steps[0].Evaluate(_ => 1)).Message, StringComparison.Ordinal);
    }
}
