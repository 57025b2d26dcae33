using FsCheck.Xunit;
using Functional.Llm.Tests.Gradients;
using LanguageExt;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Training;

/// <summary>Training is a fold; Fit and Trace compute it without copying, to the same bits.</summary>
public class TrainingLawTests
{
    static readonly Optimizer[] Rules =
    [
        new Sgd(0.1), new Sgd(0.05, Momentum: 0.9) { Clip = 0.5 }, new AdamW(0.01), new AdamW(0.01, Decay: 0.1, Decays: leaf => leaf.Shape.Rank > 1) { Clip = 1 },
        new Lion(Schedule.WarmupCosine(0.01, 2, 6), Decay: 0.1), new Muon(0.02, Decay: 0.1).Where(leaf => leaf.Shape.Rank == 2, otherwise: new AdamW(0.01)),
    ];

    static Differentiable<LinearParameters, Real> Loss(Batch<Tensor, Tensor> b) => (Linear >> Tanh).On(b.Inputs) >> MeanSquaredError(b.Targets);

    static (TrainState<LinearParameters> Start, Batch<Tensor, Tensor>[] Batches) Example(Draw d) => (
        Functional.Llm.Training.Start(d.Linear(3, 2)),
        [.. Enumerable.Range(0, 7).Select(_ => new Batch<Tensor, Tensor>(d.Tensor((4, 3)), d.Tensor((4, 2))))]);

    static bool Same<P>(TrainState<P> a, TrainState<P> b) =>
        Tree.Equal(a.Parameters, b.Parameters) && Tree.Equal(a.First, b.First) && Tree.Equal(a.Second, b.Second)
        && a.Step == b.Step && a.Loss.Equals(b.Loss);

    [Property]
    public void Fit_equals_fold_and_leaves_its_start_untouched(ulong seed)
    {
        foreach (var rule in Rules)
        {
            var (start, batches) = Example(new Draw(seed));
            var (untouched, _) = Example(new Draw(seed));
            var folded = batches.Fold(start, (s, b) => s.Descend(rule, Loss(b)));
            Assert.True(Same(folded, batches.Fit(start, rule, Loss)));
            Assert.True(Same(untouched, start));
        }
    }

    [Property]
    public void Folding_n_then_m_batches_equals_folding_both(ulong seed)
    {
        foreach (var rule in Rules)
        {
            var (start, batches) = Example(new Draw(seed));
            var cut = (int)(seed % 8);
            Assert.True(Same(batches.Fit(start, rule, Loss), batches[cut..].Fit(batches[..cut].Fit(start, rule, Loss), rule, Loss)));
        }
    }

    [Property]
    public void Trace_streams_the_steps_that_scan_yields(ulong seed)
    {
        foreach (var rule in Rules)
        {
            var (start, batches) = Example(new Draw(seed));
            var scanned = batches.Scan(start, (s, b) => s.Descend(rule, Loss(b))).Skip(1).ToArray();
            var traced = batches.Trace(start, rule, Loss).Select(step => (step.Step, step.Loss, Snapshot: step.Snapshot())).ToArray();
            Assert.Equal(scanned.Length, traced.Length);
            Assert.All(scanned.Zip(traced), pair => Assert.True(
                Same(pair.Item1, pair.Item2.Snapshot) && pair.Item1.Step == pair.Item2.Step && pair.Item1.Loss.Equals(pair.Item2.Loss)));
        }
    }

    [Fact]
    public void A_trace_tells_the_norm_of_the_gradient_and_the_rate()
    {
        var (start, batches) = Example(new Draw(1));
        var step = batches.Trace(start, new Sgd(0.1), Loss).First();
        Assert.Equal(Tree.Norm(Loss(batches[0]).ValueAndGradient(start.Parameters).Gradient), step.GradientNorm, 1e-6);
        Assert.Equal((1, 0.1), (step.Step, step.Rate));
    }

    [Fact]
    public void A_step_that_was_left_behind_has_no_snapshot()
    {
        var (start, batches) = Example(new Draw(1));
        var steps = batches.Trace(start, new Sgd(0.1), Loss).ToArray();
        steps[^1].Snapshot();
        Assert.Contains("step 1 was left behind", Assert.Throws<FunctionalLlmException>(() => steps[0].Snapshot()).Message, StringComparison.Ordinal);
    }

    // ⟨A, B⟩, whose pullback returns the parameters themselves; ⟨A, Bᵀ⟩ returns a view of them.
    static Differentiable<(Tensor A, Tensor B), Real> Inner(bool transposed) => p =>
        ((p.A * (transposed ? p.B.T : p.B)).Sum().Value, d => (transposed ? p.B.T : p.B, transposed ? p.A.T : p.A));

    [Property]
    public void A_gradient_that_shares_the_parameters_array_is_copied_before_the_update(ulong seed)
    {
        var d = new Draw(seed);
        var same = d.Tensor((3, 3));
        foreach (var rule in Rules)
        {
            foreach (var transposed in new[] { false, true })
            {
                foreach (var parameters in new[] { (d.Tensor((3, 3)), d.Tensor((3, 3))), (same, same), (same, same.T) })
                {
                    var start = Functional.Llm.Training.Start(parameters);
                    var steps = Enumerable.Range(0, 4);
                    Assert.True(Same(steps.Fold(start, (s, _) => s.Descend(rule, Inner(transposed))), steps.Fit(start, rule, _ => Inner(transposed))));
                }
            }
        }
    }

    [Property]
    public void A_symbolic_zero_gradient_updates_as_dense_zeros_do(ulong seed)
    {
        foreach (var rule in Rules)
        {
            var (start, batches) = Example(new Draw(seed));
            start = batches.Fit(start, rule, Loss);
            Differentiable<LinearParameters, Real> symbolic = p => (0, _ => default!), dense = p => (0, _ => Tree.Zeros(p));
            Assert.True(Same(start.Descend(rule, dense), start.Descend(rule, symbolic)));
        }
    }

    [Fact]
    public void The_update_is_momentum_as_written()
    {
        Differentiable<Tensor, Real> loss = w => (w.Square().Sum().Value / 2, d => (double)d * w);
        var state = new[] { 0, 1, 2 }.Fold(Functional.Llm.Training.Start(Tensor.Create([1])), (s, _) => s.Descend(new Sgd(0.1, 0.5), loss));
        // v: 1, 1.4, 1.46;  w: 1, 0.9, 0.76, 0.614
        Assert.Equal(0.614, (double)state.Parameters.Value, 6);
        Assert.Equal(1.46, (double)state.First.Value, 6);
        Assert.Equal(0.76 * 0.76 / 2, (double)state.Loss, 6);
        Assert.Equal(3, state.Step);
    }

    [Fact]
    public void A_start_costs_only_its_parameters()
    {
        var start = Functional.Llm.Training.Start(new LinearParameters([1]));
        Assert.Null(start.First);
        Assert.Null(start.Second);
        Assert.True(Real.IsNaN(start.Loss));
    }

    [Fact]
    public void A_gradient_of_another_shape_is_refused_by_its_parameter()
    {
        Differentiable<LinearParameters, Real> wrong = p => (0, _ => new LinearParameters([1, 2]));
        var error = Assert.Throws<ShapeException>(() => Functional.Llm.Training.Start(new LinearParameters([1])).Descend(new Sgd(1), wrong));
        Assert.Contains("parameter Weight of shape [1]", error.Message, StringComparison.Ordinal);
    }
}
