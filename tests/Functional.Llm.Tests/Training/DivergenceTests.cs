using FsCheck.Xunit;
using Functional.Llm.Tests.Gradients;
using Xunit;
using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Training;

/// <summary>A number that is not finite stops training at its step, and is told with its layer and what to try.</summary>
public class DivergenceTests
{
    sealed record Block(LayerNormParameters Norm, LinearParameters Up, LinearParameters Down);

    sealed record Model(LinearParameters First, ImmutableArray<Block> Blocks, LinearParameters Head);

    /// <summary>What is done between the two linear layers of a block, by its index.</summary>
    static Layer<Model, Tensor, Tensor> Network(Func<int, Differentiable<Tensor, Tensor>> middle) =>
        Linear.At((Model θ) => θ.First)
        >> Stack<Block, Tensor>(i => Residual(Checkpointed(LayerNorm.At((Block θ) => θ.Norm) >> Linear.At((Block θ) => θ.Up) >> middle(i) >> Linear.At((Block θ) => θ.Down))))
            .At((Model θ) => θ.Blocks)
        >> Gelu >> Linear.At((Model θ) => θ.Head);

    static Model Parameters(ulong seed)
    {
        var d = new Draw(seed);
        return new(d.Linear(3, 4), [.. Enumerable.Range(0, 3).Select(_ => new Block(new(Tensor.Ones(4)), d.Linear(4, 6), d.Linear(6, 4)))], d.Linear(4, 2));
    }

    static readonly Tensor Inputs = new Key(1).Normal((5, 3));

    static readonly Tensor Targets = new Key(2).Normal((5, 2));

    /// <summary>Forty steps of training, of which one is of another loss.</summary>
    static DivergenceException Stopped(int at, Differentiable<Model, Real> broken, Optimizer? rule = null, Model? start = null)
    {
        var good = Network(_ => Tanh).On(Inputs) >> MeanSquaredError(Targets);
        List<TraceStep<Model>> seen = [];
        var (first, optimizer) = (Functional.Llm.Training.Start(start ?? Parameters(3)), rule ?? new AdamW(0.01));
        var error = Assert.Throws<DivergenceException>(() =>
        {
            foreach (var step in Enumerable.Range(1, 40).Trace(first, optimizer, step => step == at ? broken : good))
                seen.Add(step);
        });
        Assert.Equal((at, at - 1), (error.Step, seen.Count));
        Assert.Contains($"At step {at}, ", error.Message, StringComparison.Ordinal);
        if (at > 1)
            Assert.True(Tree.Equal(Enumerable.Range(1, at - 1).Fit(first, optimizer, _ => good).Parameters, seen[^1].Snapshot().Parameters), "the step before is what it was");
        return error;
    }

    static Differentiable<Model, Real> Broken(int block, Differentiable<Tensor, Tensor> function) =>
        Network(i => i == block ? function : Tanh).On(Inputs) >> MeanSquaredError(Targets);

    static readonly Differentiable<Tensor, Tensor> NoValue = x => (Real.NaN * x, dy => dy);

    static readonly Differentiable<Tensor, Tensor> NoGradient = x => (x, dy => Real.PositiveInfinity * dy);

    [Theory, InlineData(1), InlineData(2), InlineData(17)]
    public void A_layer_whose_output_is_not_finite_is_named(int at)
    {
        var error = Stopped(at, Broken(1, NoValue));
        Assert.Equal(("Blocks[1]", nameof(NoValue)), (error.Path, error.Operation));
        Assert.Contains("the first came from NoValue in Blocks[1], where the output is NaN at [0, 0], as 30 numbers of 30 are not finite.", error.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(1), InlineData(9)]
    public void A_layer_whose_gradient_is_not_finite_is_named_though_the_loss_is(int at)
    {
        var error = Stopped(at, Broken(2, NoGradient));
        Assert.Equal(("Blocks[2]", nameof(NoGradient)), (error.Path, error.Operation));
        Assert.Contains(at == 1 ? "training cannot go on: the gradient is not finite" : "the gradient is no longer finite (the loss is ", error.Message, StringComparison.Ordinal);
        Assert.Contains("the gradient is ", error.Message, StringComparison.Ordinal);
    }

    // The first layer is asked for the gradient of its parameters alone.
    [Fact]
    public void A_first_layer_whose_gradient_is_not_finite_is_named()
    {
        var error = Stopped(3, NoParameterGradient.At((Model θ) => θ.First).On(Inputs) >> MeanSquaredError(Tensor.Zeros((5, 4))));
        Assert.Equal(("First", nameof(NoParameterGradient)), (error.Path, error.Operation));
        Assert.Contains("where the gradient of the parameter Weight is NaN at [0, 0], as 12 numbers of 12 are not finite", error.Message, StringComparison.Ordinal);
    }

    // Where no layer passes it on, it comes to light as the update is made.
    [Theory, InlineData(0, "the gradient Weight is NaN at [0, 0]", false), InlineData(20_000, "At step 3, the gradient of the parameter Weight is not finite.", true)]
    public void A_single_number_of_a_large_gradient_is_enough(int place, string words, bool isUpdated)
    {
        Differentiable<LinearParameters, Real> Loss(int step) => p => (1, _ => new(Tensor.From((150, 200), Enumerable.Range(0, 30_000).Select(i => step == 3 && i == place ? double.NaN : 1))));
        TraceStep<LinearParameters>? last = null;
        var error = Assert.Throws<DivergenceException>(() =>
        {
            foreach (var step in Enumerable.Range(1, 9).Trace(Functional.Llm.Training.Start(new LinearParameters(Tensor.Ones((150, 200)))), new Sgd(0.5), Loss))
                last = step;
        });
        Assert.Equal(3, error.Step);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        if (isUpdated)
            Assert.Contains("step 2 was left behind", Assert.Throws<FunctionalLlmException>(() => last!.Snapshot()).Message, StringComparison.Ordinal);
        else
            Assert.True(last!.Snapshot().Parameters.Weight.IsClose(Tensor.Zeros((150, 200)), 0, 1e-6));
    }

    static readonly Layer<LinearParameters, Tensor, Tensor> NoParameterGradient = (p, x) => (x.MatMul(p.Weight.T), _ => (new(Real.NaN * p.Weight), x));

    [Fact]
    public void Clipping_hides_nothing()
    {
        foreach (var rule in new Optimizer[] { new Sgd(0.01) { Clip = 0.1 }, new Lion(0.01) { Clip = 1e9 } })
        {
            Assert.Equal(nameof(NoGradient), Stopped(4, Broken(0, NoGradient), rule).Operation);
            Assert.Equal(nameof(NoValue), Stopped(4, Broken(0, NoValue), rule).Operation);
        }
    }

    // Two products of large numbers: the first still fits, the second does not.
    [Fact]
    public void An_overflow_is_found_in_the_layer_where_it_happens()
    {
        var large = Tolerance.Of(1e20, 1e160);
        var start = Parameters(3) with { First = new(large * Tensor.Ones((4, 3))), Head = new(large * Tensor.Ones((2, 4))) };
        var error = Stopped(1, Network(_ => Tanh).On(Tensor.Ones((5, 3))) >> MeanSquaredError(Targets), start: start);
        Assert.Equal(("Head", "Linear"), (error.Path, error.Operation));
        Assert.EndsWith("Look at the data, and at the size of the parameters that training starts from.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_is_not_finite_is_told_from_a_layer_that_went_wrong()
    {
        var data = Tensor.Concatenate(0, Inputs[..4], Tensor.From((1, 3), [0, double.NaN, 0]));
        var error = Stopped(6, Network(_ => Tanh).On(data) >> MeanSquaredError(Targets));
        Assert.Contains("where the input is NaN at [4, 1], as one number of 15 is not finite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_that_is_not_finite_is_named_by_its_path()
    {
        var start = Parameters(3);
        var blocks = start.Blocks.SetItem(2, start.Blocks[2] with { Down = new(Real.NegativeInfinity * Tensor.Ones((4, 6))) });
        var error = Stopped(1, Network(_ => Tanh).On(Inputs) >> MeanSquaredError(Targets), start: start with { Blocks = blocks });
        Assert.Equal(("Blocks[2].Down.Weight", ""), (error.Path, error.Operation));
        Assert.Contains("At step 1, the parameter Blocks[2].Down.Weight is -Infinity at [0, 0], as 24 numbers of 24 are not finite.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_is_not_finite_by_itself_is_named()
    {
        Assert.Equal("MeanSquaredError", Stopped(3, Network(_ => Tanh).On(Inputs) >> MeanSquaredError(Real.NaN * Targets)).Operation);
        Assert.Contains("a function, where the loss is NaN", Stopped(3, _ => (Real.NaN, _ => null!)).Message, StringComparison.Ordinal);
        Assert.Contains("a function, where the gradient First.Weight is NaN at [0, 0]", Stopped(3, p => (1, _ => Tree.Map(p, leaf => Real.NaN * leaf))).Message, StringComparison.Ordinal);
    }

    static readonly Differentiable<Tensor, Tensor> Mask = x => (x + Tensor.From((1, 6), [0, 0, 0, 0, 0, double.NegativeInfinity]), dy => dy);

    [Fact]
    public void A_mask_is_blamed_only_where_nothing_worse_follows()
    {
        Assert.Equal(nameof(NoValue), Stopped(3, Broken(1, Mask >> Softmax >> NoValue)).Operation);
        Assert.Equal(nameof(Mask), Finite.FirstNot(Mask >> Softmax >> MeanSquaredError(Tensor.Zeros((5, 6))), Tensor.Ones((5, 6)))?.Operation);
    }

    [Fact]
    public void A_loss_that_changes_by_itself_is_told()
    {
        var calls = 0;
        Differentiable<Model, Real> fickle = p => (calls++ == 0 ? Real.NaN : 1, _ => null!);
        Assert.Contains("computed again, all numbers are finite. The loss depends on more than its parameters", Stopped(3, fickle).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Advice_names_a_smaller_rate() =>
        Assert.EndsWith("Try a smaller rate, such as 0.001. A warm-up, or clipped gradients (Clip = 1), let a rate be larger.", Stopped(5, Broken(0, NoValue)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_run_that_was_resumed_tells_where_it_began()
    {
        var state = Functional.Llm.Training.Start(Tensor.Ones(1)) with { Step = 100, Loss = 3 };
        Differentiable<Tensor, Real> Loss(int i) => p => (i == 2 ? Real.NaN : 2, _ => p);
        DivergenceException Stopped(params int[] batches) => Assert.Throws<DivergenceException>(() => batches.Trace(state, new Sgd(1), Loss).Count());
        Assert.StartsWith("the model: training diverges: the loss was 2 at step 101, and after 102 updates it is no longer a finite number (2 just before). At step 103, ",
            Stopped(0, 1, 2).Message, StringComparison.Ordinal);
        Assert.StartsWith("the model: training cannot go on: the loss is NaN. At step 101, ", Stopped(2).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_are_called_by_the_names_of_their_fields_or_of_what_makes_them()
    {
        Assert.Equal(["Linear", "Gelu", "CrossEntropy", "Dropout", "Softmax", "NoValue"],
            new Delegate[] { Linear, Gelu, CrossEntropy([1]), Dropout(0.5, new Key(1)), Softmax, NoValue }.Select(Finite.Name));
    }

    [Fact]
    public void Nothing_is_looked_at_once_the_search_is_over()
    {
        Pullback<Tensor, Tensor> pull = dy => dy;
        Differentiable<Tensor, Tensor> nothing = x => (Real.NaN * x, pull);
        Assert.NotNull(Finite.FirstNot(nothing >> MeanSquaredError(Tensor.Ones(1)), Tensor.Ones(1)));
        Assert.Same(pull, nothing.Call(Tensor.Ones(1)).Pullback);
    }

    [Property]
    public void What_is_finite_has_no_culprit(ulong seed) =>
        Assert.Null(Finite.FirstNot(Network(_ => Tanh).On(new Draw(seed).Tensor((5, 3))) >> MeanSquaredError(Targets), Parameters(seed)));
}
