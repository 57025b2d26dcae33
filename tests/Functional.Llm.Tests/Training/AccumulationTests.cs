using FsCheck.Xunit;
using Functional.Llm.Tests.Gradients;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Training;

/// <summary>Parts of a batch, one after the other, are the batch.</summary>
public class AccumulationTests
{
    sealed record Network(EmbeddingParameters Table, LayerNormParameters Norm, LinearParameters Output, LinearParameters Unused);

    static readonly Layer<Network, Tokens, Tensor> Model =
        Embedding.At((Network θ) => θ.Table) >> LayerNorm.At((Network θ) => θ.Norm) >> Gelu >> Linear.At((Network θ) => θ.Output);

    static Differentiable<Network, Real> Loss(Batch<Tokens, Tokens> b) => Model.On(b.Inputs) >> CrossEntropy(b.Targets);

    static Network Parameters(Draw d) => new(new(d.Tensor((11, 6)), d.Tensor((4, 6))), new(d.Tensor(6), d.Tensor(6)), d.Linear(6, 11), d.Linear(2, 2));

    static Batch<Tokens, Tokens> Batch(Draw d, int size) => new(d.Tokens((size, 4), 11), d.Tokens((size, 4), 11));

    static Batch<Tokens, Tokens>[] Parts(Batch<Tokens, Tokens> whole, params int[] sizes)
    {
        var ends = sizes.Select((_, i) => sizes[..(i + 1)].Sum());
        return [.. sizes.Zip(ends, (size, end) => Enumerable.Range(end - size, size).ToArray()).Select(rows => new Batch<Tokens, Tokens>(whole.Inputs.Take(rows), whole.Targets.Take(rows)))];
    }

    static void Agree((Real Value, Network Gradient) a, (Real Value, Network Gradient) b)
    {
        Assert.Equal(a.Value, b.Value, Tolerance.Of(1e-6, 1e-14) * Math.Max(1, Math.Abs((double)a.Value)));
        foreach (var (x, y) in Tree.Flatten(a.Gradient).Zip(Tree.Flatten(b.Gradient)))
            Assert.True(x.IsClose(y, 0, Tolerance.Of(1e-6, 1e-14) * Math.Max(1, (double)x.Abs().Max().Value)));
    }

    [Property]
    public void Parts_of_one_size_are_their_batch(ulong seed)
    {
        var d = new Draw(seed);
        var (θ, whole) = (Parameters(d), Batch(d, 12));
        foreach (var count in new[] { 2, 3, 4, 12 })
            Agree(Loss(whole).ValueAndGradient(θ), Parts(whole, [.. Enumerable.Repeat(12 / count, count)]).MeanLoss(Loss).ValueAndGradient(θ));
    }

    [Property]
    public void Parts_of_any_size_are_their_batch_when_they_are_weighed(ulong seed)
    {
        var d = new Draw(seed);
        var (θ, whole) = (Parameters(d), Batch(d, 12));
        Agree(Loss(whole).ValueAndGradient(θ), Parts(whole, 5, 1, 4, 2).MeanLoss(Loss, b => b.Targets.Shape.Size).ValueAndGradient(θ));
    }

    [Property]
    public void One_part_is_itself_to_the_bit(ulong seed)
    {
        var d = new Draw(seed);
        var (θ, batch) = (Parameters(d), Batch(d, 3));
        var ((value, gradient), (mean, meanGradient)) = (Loss(batch).ValueAndGradient(θ), new[] { batch }.MeanLoss(Loss).ValueAndGradient(θ));
        Assert.Equal(value, mean);
        Assert.True(Tree.Equal(gradient, meanGradient));
    }

    [Fact]
    public void Training_on_parts_is_training_on_batches()
    {
        var d = new Draw(5);
        var (start, batches) = (Functional.Llm.Training.Start(Parameters(d)), Enumerable.Range(0, 10).Select(_ => Batch(d, 6)).ToArray());
        var whole = batches.Fit(start, new Sgd(0.1, 0.9), Loss);
        var inParts = batches.SelectMany(b => Parts(b, 2, 2, 2)).Chunk(3).Fit(start, new Sgd(0.1, 0.9), parts => parts.MeanLoss(Loss));
        Assert.Equal(10, inParts.Step);
        foreach (var (x, y) in Tree.Flatten(whole.Parameters).Zip(Tree.Flatten(inParts.Parameters)))
            Assert.True(x.IsClose(y, 0, Tolerance.Of(1e-5, 1e-13)));
    }

    [Fact]
    public void What_no_part_needs_has_a_symbolic_zero_and_what_one_needs_has_its_share()
    {
        var start = (A: Tensor.Ones(2), B: Tensor.Ones(2), C: Tensor.Ones(2));
        Differentiable<(Tensor, Tensor, Tensor), Real> Of(int i) => p => (i, _ => i == 0 ? (Tensor.Ones(2), default, default) : (default, Tensor.Ones(2), default));
        var (value, (a, b, c)) = Enumerable.Range(0, 4).MeanLoss(Of).ValueAndGradient(start);
        Assert.Equal(1.5, (double)value);
        Assert.True(a.IsClose(0.25 * Tensor.Ones(2), 1e-6) && b.IsClose(0.75 * Tensor.Ones(2), 1e-6) && c.IsZero);
    }

    [Property]
    public void A_cotangent_multiplies(ulong seed)
    {
        var d = new Draw(seed);
        var (θ, parts) = (Parameters(d), Parts(Batch(d, 4), 2, 2));
        var pull = parts.MeanLoss(Loss)(θ).Pullback;
        Assert.True(Tree.Equal(Tree.Map(pull(1), leaf => (Real)(-2.5) * leaf), pull((Real)(-2.5))));
    }

    // A gradient that shares the parameters' array, and one that is a view.
    [Fact]
    public void Gradients_are_copied_before_anything_is_added()
    {
        var (a, b) = (new Key(1).Normal((3, 3)), new Key(2).Normal((3, 3)));
        Differentiable<(Tensor A, Tensor B), Real> inner = p => ((p.A * p.B.T).Sum().Value, d => (p.B.T, p.A.T));
        var (was, (dA, dB)) = (a.ToArray(), new[] { 1, 2, 3 }.MeanLoss(_ => inner).ValueAndGradient((a, b)).Gradient);
        Assert.Equal(was, a.ToArray());
        Assert.True(dA.IsClose(b.T, 1e-6) && dB.IsClose(a.T, 1e-6));
    }

    [Fact]
    public void Only_one_part_is_alive_at_a_time()
    {
        List<WeakReference> seen = [];
        var (most, θ) = (0, Parameters(new Draw(1)));
        IEnumerable<Batch<Tokens, Tokens>> Lazily()
        {
            for (var i = 0; i < 6; i++)
            {
                GC.Collect();
                most = Math.Max(most, seen.Count(reference => reference.IsAlive));
                yield return Fresh(i);
            }
        }

        Batch<Tokens, Tokens> Fresh(int i)
        {
            var batch = Batch(new Draw((ulong)i), 3);
            seen.Add(new(batch));
            return batch;
        }

        Lazily().MeanLoss(Loss).ValueAndGradient(θ);
        Assert.InRange(most, 0, 1);
    }

    [Fact]
    public void No_parts_and_no_weights_are_refused()
    {
        var θ = Parameters(new Draw(1));
        Assert.StartsWith("mean loss: there is no part", Assert.Throws<FunctionalLlmException>(() => Array.Empty<Batch<Tokens, Tokens>>().MeanLoss(Loss)(θ)).Message, StringComparison.Ordinal);
        foreach (var weight in new[] { 0, -1, double.NaN, double.PositiveInfinity })
            Assert.EndsWith("is no weight of a part. Pass how many examples it has, a positive number.", Assert.Throws<FunctionalLlmException>(() => new[] { Batch(new Draw(1), 1) }.MeanLoss(Loss, _ => weight)(θ)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_finite_in_a_part_is_found_there()
    {
        var (θ, d) = (Parameters(new Draw(1)), new Draw(2));
        var parts = Parts(Batch(d, 4), 2, 2);
        Differentiable<Network, Real> Broken(Batch<Tokens, Tokens> b) => b == parts[1] ? Model.On(b.Inputs) >> NoValue >> CrossEntropy(b.Targets) : Loss(b);
        var error = Assert.Throws<DivergenceException>(() => new[] { parts }.Trace(Functional.Llm.Training.Start(θ), new Sgd(1), batch => batch.MeanLoss(Broken)).Count());
        Assert.Equal("NoValue", error.Operation);
    }

    static readonly Differentiable<Tensor, Tensor> NoValue = x => (Real.NaN * x, dy => dy);
}
