using FsCheck.Xunit;
using Functional.Llm.Tests.Gradients;
using Xunit;
using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Calculus;

/// <summary>The laws of composition, to the bit: values, and what the pullbacks return.</summary>
public class CompositionLawTests
{
    static readonly Layer<LinearParameters, Tensor, Tensor> F = Linear >> Tanh;
    static readonly Layer<LinearParameters, Tensor, Tensor> G = Residual(Linear) >> Sigmoid;
    static readonly Layer<LinearParameters, Tensor, Tensor> H = Checkpointed(Linear >> Gelu);

    [Property]
    public void Composition_is_associative(ulong seed) => AssertSame(seed, (F >> G) >> H, F >> (G >> H), gradientBits: false);

    [Property]
    public void Identity_is_neutral_on_both_sides(ulong seed)
    {
        AssertSame(seed, F, F >> Identity<Tensor>());
        AssertSame(seed, F, Identity<Tensor>() >> F);
    }

    [Property]
    public void Checkpointed_and_plain_give_the_same_bits(ulong seed) => AssertSame(seed, F >> G, Checkpointed(F >> G));

    [Property]
    public void A_stack_is_its_layers_composed(ulong seed)
    {
        var d = new Draw(seed);
        var (p, x, dy) = Example(d);
        ImmutableArray<LinearParameters> all = [p, d.Linear(3, 3), d.Linear(3, 3)];
        var (y, pull) = Stack(F)(all, x);
        var (y0, pull0) = F(all[0], x);
        var (y1, pull1) = F(all[1], y0);
        var (y2, pull2) = F(all[2], y1);
        var (p2, dy1) = pull2(dy);
        var (p1, dy0) = pull1(dy1);
        var (p0, dx) = pull0(dy0);
        Assert.True(Tree.Equal(y, y2));
        Assert.True(Tree.Equal(pull(dy), (ImmutableArray.Create(p0, p1, p2), dx)));
    }

    [Property]
    public void A_stack_of_none_is_the_identity(ulong seed)
    {
        var (_, x, dy) = Example(new Draw(seed));
        var (y, pull) = Stack(F)([], x);
        Assert.True(Tree.Equal(x, y));
        Assert.True(Tree.Equal(dy, pull(dy).Input));
    }

    [Property]
    public void A_residual_adds_the_input_and_its_cotangent(ulong seed)
    {
        var (p, x, dy) = Example(new Draw(seed));
        var (y, pull) = Residual(F)(p, x);
        var (fy, fpull) = F(p, x);
        Assert.True(Tree.Equal(x + fy, y));
        Assert.True(Tree.Equal((fpull(dy).Parameters, dy + fpull(dy).Input), pull(dy)));
    }

    [Property]
    public void Parallel_is_both_and_its_pullback_the_sum(ulong seed)
    {
        var (p, x, dy) = Example(new Draw(seed));
        var ((y, z), pull) = Parallel(F, G)(p, x);
        Assert.True(Tree.Equal((F(p, x).Value, G(p, x).Value), (y, z)));
        var (f, g) = (F(p, x).Pullback(dy), G(p, x).Pullback(2 * dy));
        Assert.True(Tree.Equal((Tree.Add(f.Parameters, g.Parameters), f.Input + g.Input), pull((dy, 2 * dy))));
    }

    [Property]
    public void Functions_in_parallel_read_one_input_and_their_cotangents_add(ulong seed)
    {
        var (_, x, dy) = Example(new Draw(seed));
        var ((y, z), pull) = Parallel(Tanh, Gelu)(x);
        Assert.True(Tree.Equal((Tanh(x).Value, Gelu(x).Value), (y, z)));
        Assert.True(Tree.Equal(Tanh(x).Pullback(dy) + Gelu(x).Pullback(2 * dy), pull((dy, 2 * dy))));
        Assert.True(Tree.Equal(Tanh(x).Pullback(dy), pull((dy, default))));
    }

    [Property]
    public void The_pullback_of_zero_is_zero(ulong seed)
    {
        var (p, x, dy) = Example(new Draw(seed));
        foreach (var layer in new[] { F, G, H, F >> G >> H, Residual(F), Linear })
        {
            var (dp, dx) = layer(p, x).Pullback(Tensor.Zeros(dy.Shape));
            Assert.All(Tree.Flatten(p, dp).Add(dx), leaf => Assert.True(leaf.IsZero || leaf.ToArray().All(e => e == 0)));
            var (sp, sx) = layer(p, x).Pullback(default);
            Assert.True(sx.IsZero);
            Assert.All(Tree.Flatten(p, sp), leaf => Assert.True(leaf.IsZero));
        }

        foreach (var function in new[] { Relu, LeakyRelu(), Sigmoid, Tanh, Softplus, Silu, Gelu, GeluErf, Softmax, LogSoftmax, Identity<Tensor>() })
            Assert.True(function(x).Pullback(default).IsZero);
    }

    [Property]
    public void A_pullback_is_linear(ulong seed)
    {
        var d = new Draw(seed);
        var (p, x, dy) = Example(d);
        var other = d.Tensor(dy.Shape);
        var pull = (F >> G)(p, x).Pullback;
        var sum = Tree.Flatten((p, x), pull(dy + 2 * other));
        var parts = Tree.Flatten((p, x), Tree.Add(pull(dy), Tree.Map(pull(2 * other), leaf => leaf)));
        Assert.All(sum.Zip(parts), pair => Assert.True(pair.Item1.IsClose(pair.Item2, 1e-3, 1e-4)));
    }

    [Property]
    public void Weight_tying_adds_both_gradients(ulong seed)
    {
        var (p, x, dy) = Example(new Draw(seed));
        var untied = F.At((Two t) => t.First) >> F.At((Two t) => t.Second);
        var tied = F >> F;
        var (first, second) = untied(new Two(p, p), x).Pullback(dy).Parameters;
        Assert.True(Tree.Equal(Tree.Add(second, first), tied(p, x).Pullback(dy).Parameters));
    }

    [Fact]
    public void Losses_add_and_scale()
    {
        Tensor t = [1, 2], y = [3, 5];
        var loss = MeanSquaredError(t);
        Assert.Equal(6.5, (double)loss(y).Value);
        Assert.Equal(13, (double)loss.Plus(loss)(y).Value);
        Assert.Equal(3.25, (double)(0.5 * loss)(y).Value);
        Assert.Equal([1, (Real)1.5], (0.5 * loss)(y).Pullback(1).ToArray());
    }

    [Fact]
    public void The_plus_of_delegates_is_refused()
    {
        Tensor t = [1, 2];
        Assert.Contains("Plus", Assert.Throws<FunctionalLlmException>(() => (MeanSquaredError(t) + MeanSquaredError(t)).ValueAndGradient(t)).Message, StringComparison.Ordinal);
    }

    sealed record Two(LinearParameters First, LinearParameters Second);

    static (LinearParameters P, Tensor X, Tensor Dy) Example(Draw d) => (d.Linear(3, 3), d.Tensor((2, 3)), d.Tensor((2, 3)));

    static void AssertSame(ulong seed, Layer<LinearParameters, Tensor, Tensor> f, Layer<LinearParameters, Tensor, Tensor> g, bool gradientBits = true)
    {
        var (p, x, dy) = Example(new Draw(seed));
        var ((y, pullF), (z, pullG)) = (f(p, x), g(p, x));
        Assert.True(Tree.Equal(y, z));
        var (a, b) = (Tree.Flatten((p, x), pullF(dy)), Tree.Flatten((p, x), pullG(dy)));
        Assert.All(a.Zip(b), pair => Assert.True(gradientBits ? Tree.Equal(pair.Item1, pair.Item2) : pair.Item1.IsClose(pair.Item2, 1e-5, 1e-6)));
    }
}
