using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.LayerTests;

public class InitAndDropoutTests
{
    static double Variance(Tensor x) => (double)(x - (double)x.Mean().Value).Square().Mean().Value;

    [Fact]
    public void Initial_weights_have_the_variance_that_their_source_states()
    {
        const int inputs = 300, outputs = 200;
        foreach (var (name, weight, variance) in new[]
        {
            ("PyTorch", Init.Linear(new Key(1), inputs, outputs).Weight, 1.0 / (3 * inputs)),
            ("Kaiming uniform", Init.KaimingUniform(new Key(2), inputs, outputs), 2.0 / inputs),
            ("Kaiming normal", Init.KaimingNormal(new Key(3), inputs, outputs), 2.0 / inputs),
            ("Xavier uniform", Init.XavierUniform(new Key(4), inputs, outputs), 2.0 / (inputs + outputs)),
            ("Xavier normal", Init.XavierNormal(new Key(5), inputs, outputs), 2.0 / (inputs + outputs)),
        })
        {
            Assert.Equal((outputs, inputs), (weight.Shape[0], weight.Shape[1]));
            Assert.True(Math.Abs(Variance(weight) / variance - 1) < 0.03, $"{name}: {Variance(weight)}, not {variance}");
            Assert.True(Math.Abs((double)weight.Mean().Value) < 4 * Math.Sqrt(variance / weight.Size), name);
        }
    }

    [Fact]
    public void Uniform_weights_keep_their_bounds_and_a_bias_may_be_left_out()
    {
        var p = Init.Linear(new Key(7), 25, 40);
        Assert.InRange((double)p.Weight.Abs().Max().Value, 0.19, 0.2);
        Assert.InRange((double)p.Bias.Abs().Max().Value, 0.1, 0.2);
        Assert.NotEqual(p.Weight[0, ..5].ToArray(), p.Bias[..5].ToArray());
        Assert.True(Init.Linear(new Key(7), 25, 40, bias: false).Bias.IsZero);
        Assert.True(Tree.Equal(p, Init.Linear(new Key(7), 25, 40)));
    }

    [Fact]
    public void PyTorchs_generator_gives_its_layers()
    {
        // reference/torch-cpu-rng.json, seed 42: Linear(3, 2).
        var ((weight, bias), next) = Init.Linear(TorchGenerator.Seeded(42), 3, 2);
        Assert.True(weight.IsClose(Tensor.From((2, 3), [0.441406488, 0.479205251, -0.135257274, 0.53036046, -0.126499504, 0.116503894]), 1e-6));
        Assert.True(bias.IsClose(Tensor.From([-0.281085879, 0.339067817]), 1e-6));
        var ((alone, none), after) = Init.Linear(TorchGenerator.Seeded(42), 3, 2, bias: false);
        Assert.Equal(weight, alone);
        Assert.True(none.IsZero);
        Assert.NotEqual(next.Random32().Value, after.Random32().Value);
    }

    [Fact]
    public void A_forward_pass_through_kaiming_relus_keeps_its_size()
    {
        var x = new Key(1).Normal((64, 256));
        var y = Enumerable.Range(0, 8).Aggregate(x, (h, i) => (Linear >> Relu)(new(Init.KaimingNormal(new Key(100 + (ulong)i), 256, 256)), h).Value);
        Assert.InRange((double)y.Square().Mean().Value / (double)x.Square().Mean().Value, 0.5, 2);
    }

    [Fact]
    public void Dropout_without_a_key_is_evaluation()
    {
        Tensor x = [1, 2, 3];
        var (y, pull) = Dropout(0.5, key: null)(x);
        Assert.True(y.SharesArrayWith(x));
        Assert.Equal(x, pull(x));
    }

    [Fact]
    public void Dropout_with_a_key_zeroes_a_fraction_scales_the_rest_and_replays_its_mask()
    {
        var x = Tensor.Ones(100_000);
        foreach (var rate in new[] { 0.1, 0.5, 0.9 })
        {
            var (y, pull) = Dropout(rate, new Key(3))(x);
            var kept = y.ToArray().Count(e => e != 0);
            Assert.InRange(kept, 100_000 * (1 - rate) - 500, 100_000 * (1 - rate) + 500);
            Assert.All(y.ToArray().Where(e => e != 0).Take(10), e => Assert.Equal(1 / (1 - rate), e, 1e-5));
            Assert.Equal(y, pull(x));
            Assert.True(Tree.Equal(y, Dropout(rate, new Key(3))(x).Value));
            Assert.NotEqual(y, Dropout(rate, new Key(4))(x).Value);
        }
    }

    [Fact]
    public void Checkpointing_replays_the_mask()
    {
        var layer = Linear >> Dropout(0.5, new Key(9));
        var (p, x, dy) = (Init.Linear(new Key(1), 8, 8), new Key(2).Normal((4, 8)), new Key(3).Normal((4, 8)));
        Assert.True(Tree.Equal(layer(p, x).Pullback(dy), Combinators.Checkpointed(layer)(p, x).Pullback(dy)));
    }

    [Fact]
    public void The_ends_of_the_rate()
    {
        Tensor x = [1, 2];
        Assert.Equal(x, Dropout(0, new Key(1))(x).Value);
        Assert.Equal([0, 0], Dropout(1, new Key(1))(x).Value.ToArray());
        foreach (var rate in new[] { -0.1, 1.1, double.NaN })
            Assert.Throws<FunctionalLlmException>(() => Dropout(rate, new Key(1)));
    }
}
