using Functional.Llm.Tests.Gradients;
using Xunit;
using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

namespace Functional.Llm.DoubleTests.Gradients;

/// <summary>A test of the tests: pullbacks broken on purpose, each of which the gradient check must catch.</summary>
public class BrokenPullbackTests
{
    static readonly Dictionary<string, Func<Draw, IProblem>> Broken = new(StringComparer.Ordinal)
    {
        ["linear: the weight's sign"] = d => OfLinear(d, (p, x, dy, g) => g with { Parameters = g.Parameters with { Weight = -g.Parameters.Weight } }),
        ["linear: the weight times 1.001"] = d => OfLinear(d, (p, x, dy, g) => g with { Parameters = g.Parameters with { Weight = 1.001 * g.Parameters.Weight } }),
        ["linear: no bias gradient"] = d => OfLinear(d, (p, x, dy, g) => g with { Parameters = g.Parameters with { Bias = default } }),
        ["linear: the bias not summed over rows"] = d => OfLinear(d, (p, x, dy, g) => g with { Parameters = g.Parameters with { Bias = dy } }),
        ["linear: the bias averaged"] = d => OfLinear(d, (p, x, dy, g) => g with { Parameters = g.Parameters with { Bias = g.Parameters.Bias / 2 } }),
        ["linear: the weight transposed"] = d => OfLinear(d, (p, x, dy, g) => g with { Parameters = g.Parameters with { Weight = x.T.MatMul(dy) } }),
        ["linear: the input through Wᵀ"] = d => OfLinear(d, (p, x, dy, g) => g with { Input = dy.MatMul(p.Weight.T) }),
        ["linear: the input times 1.001"] = d => OfLinear(d, (p, x, dy, g) => g with { Input = 1.001 * g.Input }),
        ["linear: the input's gradient dropped"] = d => OfLinear(d, (p, x, dy, g) => g with { Input = default }),
        ["sigmoid: σ in place of σ(1 − σ)"] = d => OfFunction(d, Sigmoid, (x, y, dy) => dy * y),
        ["sigmoid: the sign"] = d => OfFunction(d, Sigmoid, (x, y, dy) => -dy * y * (1 - y)),
        ["tanh: 1 − y in place of 1 − y²"] = d => OfFunction(d, Tanh, (x, y, dy) => dy * (1 - y)),
        ["softplus: the derivative of ReLU"] = d => OfFunction(d, Softplus, (x, y, dy) => dy * x.Map(e => e > 0 ? 1 : 0)),
        ["silu: the product's second term dropped"] = d => OfFunction(d, Silu, (x, y, dy) => dy * x.Sigmoid()),
        ["gelu: the erf form's derivative on the tanh form"] = d => OfFunction(d, Gelu, (x, y, dy) => GeluErf(x).Pullback(dy)),
        ["gelu: times 1.001"] = d => OfFunction(d, Gelu, (x, y, dy) => 1.001 * Gelu(x).Pullback(dy)),
        ["softmax: the diagonal alone"] = d => OfFunction(d, Softmax, (x, y, dy) => dy * y * (1 - y)),
        ["softmax: the sum over the wrong axis"] = d => OfFunction(d, Softmax, (x, y, dy) => y * (dy - (dy * y).Sum(0, keep: true))),
        ["softmax: the mean's sign"] = d => OfFunction(d, Softmax, (x, y, dy) => y * (dy + (dy * y).Sum(-1, keep: true))),
        ["log-softmax: y in place of e^y"] = d => OfFunction(d, LogSoftmax, (x, y, dy) => dy - y * dy.Sum(-1, keep: true)),
        ["relu: the sides exchanged"] = d => OfFunction(d, Relu, (x, y, dy) => dy * x.Map(e => e < 0 ? 1 : 0)),
        ["relu: nothing cut"] = d => OfFunction(d, Relu, (x, y, dy) => dy),
        ["residual: the skipping path dropped"] = d => Of(d, Residual(Linear), (p, x, dy, g) => g with { Input = Linear(p, x).Pullback(dy).Input }),
        ["residual: the layer's path dropped"] = d => Of(d, Residual(Linear), (p, x, dy, g) => g with { Input = dy }),
        ["tying: the first use's gradient lost"] = d => Of(d, Linear >> Linear, (p, x, dy, g) => g with { Parameters = Linear(p, Linear(p, x).Value).Pullback(dy).Parameters }),
        ["mean squared error: no factor 2"] = d => OfLoss(d, MeanSquaredError, (y, t) => (y - t) / y.Size),
        ["mean squared error: not divided by n"] = d => OfLoss(d, MeanSquaredError, (y, t) => 2 * (y - t)),
        ["log-loss: the sign"] = d => OfLoss(d, LogLoss, (y, t) => (t - y.Sigmoid()) / y.Size),
        ["log-loss: times 1.001"] = d => OfLoss(d, LogLoss, (y, t) => 1.001 * (y.Sigmoid() - t) / y.Size),
        ["broadcast addition: the row's gradient not summed"] = d => Problem.Of((d.Tensor((3, 2)), d.Tensor(2)),
            (Differentiable<(Tensor, Tensor), Tensor>)(p => (p.Item1 + p.Item2, dy => (dy, dy))), d),
    };

    public static TheoryData<string> Names => [.. Broken.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_broken_pullback_is_caught(string name) =>
        Assert.Contains(Enumerable.Range(0, 5), seed => !GradientCheck.Of(Broken[name](new Draw((ulong)seed))).Holds);

    [Fact]
    public void Unbroken_the_same_problems_hold()
    {
        for (ulong seed = 0; seed < 5; seed++)
        {
            Assert.True(GradientCheck.Of(OfLinear(new Draw(seed), (p, x, dy, g) => g)).Holds);
            Assert.True(GradientCheck.Of(OfFunction(new Draw(seed), Softmax, (x, y, dy) => Softmax(x).Pullback(dy))).Holds);
            Assert.True(GradientCheck.Of(OfLoss(new Draw(seed), LogLoss, (y, t) => (y.Sigmoid() - t) / y.Size)).Holds);
        }
    }

    delegate (P Parameters, Tensor Input) Damage<P>(P parameters, Tensor x, Tensor dy, (P Parameters, Tensor Input) gradient);

    static IProblem OfLinear(Draw d, Damage<LinearParameters> damage) => Of(d, Linear, damage);

    static IProblem Of(Draw d, Layer<LinearParameters, Tensor, Tensor> layer, Damage<LinearParameters> damage)
    {
        var p = new LinearParameters(d.Tensor((3, 3)), d.Tensor(3));
        return Problem.Of(p, d.Tensor((3, 3)), (Layer<LinearParameters, Tensor, Tensor>)((p, x) =>
            layer(p, x) is var (y, pull) ? (y, dy => damage(p, x, dy, pull(dy))) : default), d);
    }

    static IProblem OfFunction(Draw d, Differentiable<Tensor, Tensor> function, Func<Tensor, Tensor, Tensor, Tensor> pullback) =>
        Problem.Of(d.Tensor((3, 4)), (Differentiable<Tensor, Tensor>)(x => function(x).Value is var y ? (y, dy => pullback(x, y, dy)) : default), d);

    static IProblem OfLoss(Draw d, Func<Tensor, Differentiable<Tensor, Real>> loss, Func<Tensor, Tensor, Tensor> gradient)
    {
        var targets = d.Tensor((3, 2)).Sigmoid();
        return Problem.Of(d.Tensor((3, 2)), (Differentiable<Tensor, Real>)(y => (loss(targets)(y).Value, dl => (double)dl * gradient(y, targets))), d);
    }
}
