using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Training;

/// <summary>Training gives the same bits, however many threads share the work.</summary>
public sealed class DeterminismTests
{
    sealed record Classifier(LinearParameters Hidden, LayerNormParameters Norm, LinearParameters Output);

    [Fact]
    public void Twenty_steps_of_a_network_end_in_the_same_bits_for_any_number_of_threads()
    {
        var model = Linear.At((Classifier θ) => θ.Hidden) >> LayerNorm.At((Classifier θ) => θ.Norm) >> Gelu >> Softmax >> Linear.At((Classifier θ) => θ.Output);
        var start = Functional.Llm.Training.Start(new Classifier(Init.Linear(new Key(1), 150, 200), Init.LayerNorm(200), Init.Linear(new Key(2), 200, 10)));
        var (x, targets) = (new Key(3).Normal((290, 150)), Tokens.Of(290, [.. Enumerable.Range(0, 290).Select(i => i % 10)]));
        Classifier Trained(Optimizer rule, int threads) => Parallelism.With(threads, () =>
            Enumerable.Range(0, 20).Fit(start, rule, _ => model.On(x) >> CrossEntropy(targets)).Parameters);
        foreach (var rule in new[] { new Sgd(0.1, 0.9), new AdamW(0.01) { Clip = 0.1 }, new Lion(0.01), new Muon(0.02).Where(leaf => leaf.Shape.Rank == 2, new AdamW(0.01)) })
        {
            var alone = Trained(rule, 1);
            foreach (var threads in new[] { 2, 3, 4, 7 })
                Assert.True(Tree.Equal(alone, Trained(rule, threads)), $"{rule}, {threads} threads");
        }
    }
}
