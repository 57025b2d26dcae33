using LanguageExt;
using Xunit;
using static Functional.Llm.DoubleTests.Notes.Network;
using static Functional.Llm.Layers;

namespace Functional.Llm.DoubleTests.Notes;

public class SingleInputNetworkNoteTests
{
    static readonly Network FourUnits = new(
        new(Tensor.From((4, 1), [1, -3, 0.5, 4]), Tensor.From([5.0, -2, 0, 2])),
        new(Tensor.From((1, 4), [-2.4, 1.8, -1, -1.5]), Tensor.From([-1.0])));

    [Fact]
    public void Every_number_of_the_note_is_computed_again() => Note.Check("single-input-network.md", Note.Values(
        FourUnits.Hidden, FourUnits.Output, OneUpdate(), WithoutActivation(), 1 - Math.Pow(Math.Tanh(4), 2), 0.1,
        new[] { 4, 8, 16, 32 }.SelectMany(n => new[] { n, ErrorOfHinges(n), Math.Pow(10.0 / n, 2) / 8 }),
        5_000, TrainedErrors(), 5 * 16 * 80));

    static IEnumerable<double> OneUpdate()
    {
        var (x, t, rate) = (Tensor.From([2.0]), Tensor.From([5.0]), 0.001);
        var (z, pullHidden) = Linear(FourUnits.Hidden, x);
        var (h, pullRelu) = Relu(z);
        var (y, pullOutput) = Linear(FourUnits.Output, h);
        var (loss, pullLoss) = (0.5 * MeanSquaredError(t))(y);
        var dy = pullLoss(1);
        var (output, dh) = pullOutput(dy);
        var dz = pullRelu(dh);
        var gradient = new Network(pullHidden(dz).Parameters, output);
        var whole = 0.5 * (TwoLayers(Relu).On(x) >> MeanSquaredError(t));
        var after = Training.Start(FourUnits).Descend(new Sgd(rate), whole).Parameters;
        Assert.True(Tree.Equal(gradient, whole.ValueAndGradient(FourUnits).Gradient));
        return Note.Values(rate, z, h, y, loss, dy, dh, dz, gradient.Hidden, gradient.Output, TwoLayers(Relu)(after, x).Value, whole(after).Value,
            rate * Math.Pow(Tree.Norm(gradient), 2), loss - whole(after).Value);
    }

    /// <summary>The slope and intercept of the same layers without φ, and their output at 2, each by the network and by the formula.</summary>
    static IEnumerable<double> WithoutActivation()
    {
        var slope = FourUnits.Output.Weight.MatMul(FourUnits.Hidden.Weight).Value;
        var intercept = Linear(FourUnits.Output, FourUnits.Hidden.Bias).Value.Value;
        var y = TwoLayers(Combinators.Identity<Tensor>())(FourUnits, Tensor.From([2.0])).Value.Value;
        Assert.Equal(slope * 2 + intercept, y, 12);
        return [slope, intercept, y];
    }

    static double Curve(double x) => Math.Sin(x) + x / 5;

    /// <summary>The largest error of the network that joins n + 1 points of the curve on [0, 10] by straight lines.</summary>
    static double ErrorOfHinges(int n)
    {
        var k = Enumerable.Range(0, n + 1).Select(j => 10.0 * j / n).ToArray();
        var slopes = Enumerable.Range(0, n).Select(j => (Curve(k[j + 1]) - Curve(k[j])) / (k[j + 1] - k[j])).ToArray();
        var hinges = new Network(
            new(Tensor.Ones((n, 1)), -Tensor.From(k[..n])),
            new(Tensor.From((1, n), slopes.Zip(slopes.Prepend(0), (s, before) => s - before)), Tensor.From([Curve(0)])));
        var x = Tensor.Linspace(0, 10, 20_001).Reshape(-1, 1);
        return (TwoLayers(Relu)(hinges, x).Value - x.Map(Curve)).Abs().Max().Value;
    }

    /// <summary>The errors of the script's run without options: of two layers without an activation, and with ReLU.</summary>
    static IEnumerable<double> TrainedErrors()
    {
        var keys = new Key(0).Split(3);
        var (places, noise) = keys[0].Split();
        var x = places.Uniform((80, 1), 0, 10);
        var y = x.Map(Curve) + noise.Normal((80, 1), 0.1);
        var (scaleX, scaleY) = (Standardizer.Of(x), Standardizer.Of(y));
        var start = Training.Start(new Network(Init.Linear(keys[1], 1, 16), Init.Linear(keys[2], 16, 1)));
        return new[] { Combinators.Identity<Tensor>(), Relu }.Select(activation =>
        {
            var loss = TwoLayers(activation).On(scaleX.Apply(x)) >> MeanSquaredError(scaleY.Apply(y));
            var end = Enumerable.Range(0, 5_000).Fit(start, new Sgd(0.01, 0.9), _ => loss);
            return Math.Sqrt(loss(end.Parameters).Value) * scaleY.Deviation.Value;
        });
    }
}
