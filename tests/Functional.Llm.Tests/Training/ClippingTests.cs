using FsCheck.Xunit;
using Functional.Llm.Tests.Gradients;
using Xunit;

namespace Functional.Llm.Tests.Training;

/// <summary>Gradients are clipped by their norm over all parameters, as PyTorch's clip_grad_norm_ does.</summary>
public class ClippingTests
{
    static readonly (Tensor, Tensor) Zero = (Tensor.Zeros((2, 2)), Tensor.Zeros(3));

    /// <summary>The gradient (3, 0, 0, 4), (0, 12, 0), whose norm is 13.</summary>
    static readonly (Tensor, Tensor) Thirteen = (Tensor.From((2, 2), [3.0, 0, 0, 4]), Tensor.From([0.0, 12, 0]));

    static Differentiable<(Tensor, Tensor), Real> Pushing((Tensor, Tensor) gradient) => p => (1, _ => gradient);

    [Fact]
    public void A_long_gradient_is_scaled_to_the_limit_over_all_tensors()
    {
        var after = Functional.Llm.Training.Start(Zero).Descend(new Sgd(1) { Clip = 6.5 }, Pushing(Thirteen)).Parameters;
        Assert.True(after.Item1.IsClose(-6.5 / (13 + 1e-6) * Thirteen.Item1, Tolerance.Of(1e-6, 1e-14)));
        Assert.True(after.Item2.IsClose(-6.5 / (13 + 1e-6) * Thirteen.Item2, Tolerance.Of(1e-6, 1e-14)));
    }

    [Theory, InlineData(13), InlineData(13.5), InlineData(1e300), InlineData(double.PositiveInfinity)]
    public void A_gradient_within_the_limit_is_left_alone_to_the_bit(double limit)
    {
        var start = Functional.Llm.Training.Start(Zero);
        Assert.True(Tree.Equal(start.Descend(new AdamW(0.3), Pushing(Thirteen)).Parameters, start.Descend(new AdamW(0.3) { Clip = limit }, Pushing(Thirteen)).Parameters));
    }

    [Property]
    public void Clipping_is_the_rule_on_a_scaled_gradient(ulong seed)
    {
        var d = new Draw(seed);
        var (start, gradient) = ((d.Tensor((3, 4)), d.Tensor(5)), (d.Tensor((3, 4)), d.Tensor(5)));
        var (norm, limit) = (Tree.Norm(gradient), d.Uniform(0.1, 5));
        var scale = norm > limit ? limit / (norm + 1e-6) : 1;
        foreach (var rule in new Optimizer[] { new Sgd(0.1, 0.9), new AdamW(0.1), new Lion(0.1), new Muon(0.1).Where(leaf => leaf.Shape.Rank == 2, new Sgd(0.1)) })
        {
            var clipped = Functional.Llm.Training.Start(start).Descend(rule with { Clip = limit }, Pushing(gradient));
            var scaled = Functional.Llm.Training.Start(start).Descend(rule, Pushing(Tree.Map(gradient, leaf => (Real)scale * leaf)));
            Assert.True(Tree.Equal(clipped.Parameters, scaled.Parameters) && Tree.Equal(clipped.First, scaled.First) && Tree.Equal(clipped.Second, scaled.Second), $"{rule}");
        }
    }

    [Fact]
    public void A_trace_tells_the_norm_before_clipping()
    {
        var steps = Enumerable.Range(0, 3).Trace(Functional.Llm.Training.Start(Zero), new Sgd(1) { Clip = 1 }, _ => Pushing(Thirteen)).Select(step => step.GradientNorm);
        Assert.Equal([13.0, 13, 13], steps);
    }

    // Larger than what one thread does at a time: the norm is known before the update where it clips, and comes with the update where it does not.
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(7)]
    public void The_norm_is_that_of_all_numbers_with_and_without_a_limit(int threads)
    {
        var gradient = (new Key(1).Normal((150, 300)), new Key(2).Normal(7));
        var start = Functional.Llm.Training.Start((Tensor.Zeros((150, 300)), Tensor.Zeros(7)));
        TraceStep<(Tensor, Tensor)> Step(double limit, int threads) => Parallelism.With(threads, () => new[] { 1 }.Trace(start, new Sgd(1) { Clip = limit }, _ => Pushing(gradient)).First());
        var (free, clipped, norm) = (Step(double.PositiveInfinity, threads), Step(1, threads), Tree.Norm(gradient));
        Assert.Equal(norm, clipped.GradientNorm);
        Assert.Equal(norm, free.GradientNorm, norm * Tolerance.Of(1e-7, 1e-15));
        Assert.Equal(Step(double.PositiveInfinity, 1).GradientNorm, free.GradientNorm);
        Assert.True(Tree.Equal(free.Snapshot().Parameters, Tree.Map(gradient, leaf => -leaf)));
        Assert.Equal(1, Tree.Norm(clipped.Snapshot().Parameters), 1e-5);
    }

    [Theory, InlineData(1e30), InlineData(1e-30), InlineData(1e-18), InlineData(0)]
    public void A_norm_neither_overflows_nor_vanishes(double size)
    {
        var gradient = (size * Tensor.Ones((3, 500)), size * Tensor.Ones(300));
        var step = new[] { 1 }.Trace(Functional.Llm.Training.Start((Tensor.Zeros((3, 500)), Tensor.Zeros(300))), new Sgd(1e-3), _ => Pushing(gradient)).First();
        Assert.Equal(size * Math.Sqrt(1800), step.GradientNorm, size * 1e-5);
    }

    [Fact]
    public void Of_two_rules_with_limits_the_lower_one_holds() => Assert.Equal(1,
        (new Sgd(1) { Clip = 2 }).Where(_ => true, new Sgd(1) { Clip = 1 }).Clip);
}
