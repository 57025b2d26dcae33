using FsCheck.Xunit;
using Functional.Llm.Tests.Gradients;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.LayerTests;

/// <summary>Finite inputs whose result can be represented give finite outputs; NaN and infinity pass through.</summary>
public class StabilityTests
{
    static readonly Dictionary<string, (Differentiable<Tensor, Tensor> Layer, Func<double, double> Exact)> Activations = new(StringComparer.Ordinal)
    {
        ["relu"] = (Relu, x => Math.Max(x, 0)),
        ["leaky relu"] = (LeakyRelu(0.25), x => x > 0 ? x : x / 4),
        ["sigmoid"] = (Sigmoid, x => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x))),
        ["tanh"] = (Tanh, Math.Tanh),
        ["softplus"] = (Softplus, x => x > 30 ? x : x < -30 ? Math.Exp(x) : Math.Log(1 + Math.Exp(x))),
        ["silu"] = (Silu, x => x >= 0 ? x / (1 + Math.Exp(-x)) : x * Math.Exp(x) / (1 + Math.Exp(x))),
        ["gelu"] = (Gelu, x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))),
        ["gelu erf"] = (GeluErf, x => 0.5 * x * (1 + SpecialFunctions.Erf(x / Math.Sqrt(2)))),
    };

    public static TheoryData<string> Names => [.. Activations.Keys];

    static readonly double[] Places = [0, 1e-30, -1e-30, 0.5, -0.5, 3, -3, 20, -20, 88, -88, 89, -89, 1000, -1000, 1e4, -1e4, 1e20, -1e20];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_activation_is_finite_and_right_on_its_whole_range(string name)
    {
        var (layer, exact) = Activations[name];
        foreach (var place in Places)
        {
            var x = Tensor.From([place]);
            var (y, pull) = layer(x);
            var expected = exact(x.Value);
            Assert.Equal(expected, (double)y.Value, (Math.Abs(expected) + 1e-30) * (typeof(Real) == typeof(float) ? 3e-6 : 1e-12) + (typeof(Real) == typeof(float) ? 3e-7 : 1e-15));
            Assert.True(Real.IsFinite(pull([1]).Value), $"{name}′({place}) = {pull([1]).Value}");
        }
    }

    [Theory]
    [InlineData("gelu")]
    [InlineData("gelu erf")]
    [InlineData("silu")]
    public void A_gated_activation_is_right_to_the_last_places(string name)
    {
        var (layer, exact) = Activations[name];
        var x = Tensor.From(Enumerable.Range(0, 400_001).Select(i => (i - 200_000) / 10_000.0));
        var y = layer(x).Value.ToArray();
        var worst = x.ToArray().Select((e, i) => Math.Abs(y[i] - exact(e)) / Math.Max(1, Math.Abs(e))).Max();
        Assert.InRange(worst, 0, Tolerance.Of(2e-7, 1e-15));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_activation_takes_infinities_to_its_limits_and_passes_NaN(string name)
    {
        var (layer, _) = Activations[name];
        var (y, pull) = layer([Real.PositiveInfinity, Real.NegativeInfinity, Real.NaN]);
        var high = name is "sigmoid" or "tanh" ? 1 : Real.PositiveInfinity;
        var low = name switch { "tanh" => -1, "leaky relu" => Real.NegativeInfinity, _ => (Real)0 };
        Assert.Equal((high, low), (y.At(0), y.At(1)));
        Assert.True(Real.IsNaN(y.At(2)));
        Assert.Equal(name is "sigmoid" or "tanh" ? 0 : 1, pull(Tensor.Ones(3)).At(0));
        Assert.Equal(name == "leaky relu" ? (Real)0.25 : 0, pull(Tensor.Ones(3)).At(1));
    }

    [Fact]
    public void Softmax_takes_large_scores_and_masks()
    {
        Tensor scores = [10_000, -10_000, 9_999, Real.NegativeInfinity];
        var y = Softmax(scores).Value.ToArray();
        Assert.Equal(1 / (1 + Math.Exp(-1)), y[0], 1e-6);
        Assert.Equal([0, 0], [y[1], y[3]]);
        Assert.Equal(-1 - Math.Log(1 + Math.Exp(-1)), LogSoftmax(scores).Value.At(2), 1e-6);
        Assert.Equal(-20_000 - Math.Log(1 + Math.Exp(-1)), LogSoftmax(scores).Value.At(1), 2e-3);
        Assert.All(Softmax(scores).Pullback([1, 2, 3, 4]).ToArray(), g => Assert.True(Real.IsFinite(g)));
        Assert.True(Real.IsNaN(Softmax([1, Real.NaN]).Value.At(0)));
    }

    [Property]
    public void Softmax_is_a_distribution_and_does_not_change_when_all_scores_do(ulong seed)
    {
        var d = new Draw(seed);
        var x = d.Tensor(d.Shape(1, 4), 5);
        var y = Softmax(x).Value;
        Assert.True(y.Sum([-1], keep: false).IsClose(Tensor.Ones(y.Sum([-1], keep: false).Shape), 1e-5));
        Assert.True(y.IsClose(Softmax(x + 100).Value, 1e-3, 1e-5));
        Assert.True(y.IsClose(LogSoftmax(x).Value.Exp(), 1e-4, 1e-6));
        Assert.Equal(x.ArgMax(-1), y.ArgMax(-1));
    }

    [Fact]
    public void Losses_of_large_logits_are_finite_and_right()
    {
        Tensor z = Tensor.Of((2, 2), 10_000, -10_000, -10_000, 10_000);
        var (loss, pull) = CrossEntropy([0, 0])(z);
        Assert.Equal(10_000, (double)loss);
        Assert.Equal([0, 0, (Real)(-0.5), (Real)0.5], pull(1).ToArray());
        var (binary, pullBinary) = LogLoss([1, 0])([-10_000, 10_000]);
        Assert.Equal(10_000, (double)binary);
        Assert.Equal([(Real)(-0.5), (Real)0.5], pullBinary(1).ToArray());
        Assert.Equal(1e8, (double)MeanSquaredError([0])([10_000]).Value);
        Assert.True(Real.IsNaN(LogLoss([1])([Real.NaN]).Value));
        Assert.True(Real.IsNaN(CrossEntropy([0])(Tensor.Of((1, 2), Real.NaN, 0)).Value));
    }

    [Fact]
    public void Ignored_targets_count_for_nothing()
    {
        var z = Tensor.Of((3, 2), 1, 2, 3, 4, 5, 6);
        var all = CrossEntropy([1, 1])(z[..2]);
        var some = CrossEntropy([1, 1, -100])(z);
        Assert.Equal(all.Value, some.Value);
        Assert.Equal([0, 0], some.Pullback(1)[2].ToArray());
        Assert.Equal(0, CrossEntropy([-100])(z[..1]).Value);
        Assert.Equal(CrossEntropy([1, 1, 7], ignored: 7)(z).Value, some.Value);
    }

    [Fact]
    public void Losses_refuse_what_does_not_fit()
    {
        foreach (var (words, wrong) in new (string, Action)[]
        {
            ("predictions [2, 1] and targets [2] differ in shape", () => LogLoss([0, 1])(Tensor.Ones((2, 1)))),
            ("predictions [2] and targets [3] differ in shape", () => MeanSquaredError([0, 1, 2])([1, 2])),
            ("logits [3, 4] do not fit targets [2]", () => CrossEntropy([0, 1])(Tensor.Ones((3, 4)))),
            ("target 4 at place 1 is not one of 4 classes", () => CrossEntropy([0, 4])(Tensor.Ones((2, 4)))),
            ("target -1 at place 0 is not one of 4 classes", () => CrossEntropy([-1, 4])(Tensor.Ones((2, 4)))),
        })
        {
            Assert.Contains(words, Assert.Throws<ShapeException>(wrong).Message, StringComparison.Ordinal);
        }
    }
}
