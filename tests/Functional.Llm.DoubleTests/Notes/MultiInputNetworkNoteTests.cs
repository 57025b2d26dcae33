using LanguageExt;
using Xunit;
using static Functional.Llm.DoubleTests.Notes.Network;
using static Functional.Llm.Layers;

namespace Functional.Llm.DoubleTests.Notes;

public class MultiInputNetworkNoteTests
{
    [Fact]
    public void Every_number_of_the_note_is_computed_again() => Note.Check("multi-input-network.md", Note.Values(
        OneRow(), TenRows(), Standardised(), HeldOut(), Costs(64, 8, 16, 1)));

    static IEnumerable<double> OneRow()
    {
        var network = new Network(
            new(Tensor.From((4, 3), [0.5, -0.3, 0.7, -0.2, 0.8, 0.1, 0.9, -0.6, 0.4, 0.3, 0.2, -0.5]), Tensor.From([0.1, -0.2, 0.3, 0])),
            new(Tensor.From((3, 4), [0.6, -0.4, 0.2, 0.8, -0.1, 0.7, -0.3, 0.5, 0.4, 0.1, 0.9, -0.2]), Tensor.From([0.2, -0.1, 0.4])));
        var (x, t) = (Tensor.From([1, 0.5, -0.3]), Tensor.From([0.8, 0.2, 0.6]));
        var (z1, pullHidden) = Linear(network.Hidden, x);
        var (h, pullSigmoid) = Sigmoid(z1);
        var (z2, pullOutput) = Linear(network.Output, h);
        var (y, pullY) = Sigmoid(z2);
        var (loss, pullLoss) = (1.5 * MeanSquaredError(t))(y);
        var delta2 = pullY(pullLoss(1));
        var (output, dh) = pullOutput(delta2);
        var delta1 = pullSigmoid(dh);
        double[] misprints = [0.19, 0.768, 0.364, 1.090, 0.094];
        Assert.DoesNotContain(misprints, misprint => Note.Values(z1, z2, loss).Any(value => Math.Abs(value - misprint) < 0.001));
        return Note.Values(network.Hidden, network.Output, x, t, z1, h, z2, y, loss, delta2, delta1, output, pullHidden(delta1).Parameters,
            network.Hidden.Weight[0] * x, misprints);
    }

    static readonly Tensor X = Tests.Examples.TenRows.Inputs;
    static readonly Tensor T = Tests.Examples.TenRows.Targets;
    static readonly Network Ten = new(Tests.Examples.TenRows.Hidden, Tests.Examples.TenRows.Output);

    static IEnumerable<double> TenRows()
    {
        var loss = TwoLayers(Relu).On(X) >> MeanSquaredError(T);
        var (value, gradient) = loss.ValueAndGradient(Ten);
        var (w2, w1) = (gradient.Output.Weight.At(0, 0), gradient.Hidden.Weight.At(0, 0));
        var leapt = Enumerable.Range(0, 1_000).Fit(Training.Start(Ten), new Sgd(0.01), _ => loss).Parameters;
        Assert.All(Relu(Linear(leapt.Hidden, X).Value).Value.ToArray(), h => Assert.Equal(0, h));
        return Note.Values(Ten.Hidden, Ten.Output, value, w2, w1, 0.3, 0.3 * w2, 0.03, 0.03 * w1, 0.01, 0.001, 1_000, 5_000, (T - T.Mean(0)).Square().Mean(),
            Losses(loss, 0.01, 1, 100, 1_000), Losses(loss, 0.001, 1, 100, 1_000, 5_000));
    }

    static IEnumerable<double> Losses(Differentiable<Network, Real> loss, double rate, params int[] updates) =>
        updates.Select(n => loss(Enumerable.Range(0, n).Fit(Training.Start(Ten), new Sgd(rate), _ => loss).Parameters).Value);

    static IEnumerable<double> Standardised()
    {
        var (x, t) = (Standardizer.Of(X).Apply(X), Standardizer.Of(T).Apply(T));
        var variance = (T - T.Mean(0)).Square().Mean().Value;
        return Losses(TwoLayers(Relu).On(x) >> MeanSquaredError(t), 0.1, 100, 1_000).Select(loss => variance * loss);
    }

    /// <summary>Errors of the script's run without options, at several lengths of training, and of its linear model.</summary>
    static IEnumerable<double> HeldOut()
    {
        var rows = Note.Table("auto-mpg.csv").Numbers(["horsepower", "weight", "year", "mpg"]).OrFail();
        var keys = new Key(0).Split(4);
        var split = Split.Of(rows.Rows, 0.2, keys[0]);
        var all = Tensor.From((rows.Rows, 4), rows.Values);
        var (training, heldOut) = (all.Take(split.Training.AsSpan()), all.Take(split.HeldOut.AsSpan()));
        var (scaleX, scaleY) = (Standardizer.Of(training[.., ..3]), Standardizer.Of(training[.., 3..]));
        var (x, y) = (scaleX.Apply(training[.., ..3]), scaleY.Apply(training[.., 3..]));

        IEnumerable<double> Errors<P>(Layer<P, Tensor, Tensor> model, P start, int updates)
        {
            var batches = Batches.Epochs(x, y, 45, keys[3]).Take(updates);
            var end = batches.Fit(Training.Start(start), new Sgd(0.005, 0.9), b => model.On(b.Inputs) >> MeanSquaredError(b.Targets)).Parameters;
            return new[] { training, heldOut }.Select(part =>
                Math.Sqrt((scaleY.Invert(model(end, scaleX.Apply(part[.., ..3])).Value) - part[.., 3..]).Square().Mean().Value));
        }

        var network = new Network(Init.Linear(keys[1], 3, 16), Init.Linear(keys[2], 16, 1));
        return Note.Values(Tree.Count(network), split.Training.Length, split.HeldOut.Length, rows.Rows, 2_000, 10_000,
            new[] { 50, 500, 2_000, 10_000 }.Select(updates => Errors(TwoLayers(Tanh), network, updates)),
            Errors(Linear, new LinearParameters(Tensor.Zeros((1, 3)), Tensor.Zeros(1)), 2_000));
    }

    /// <summary>Multiplications forward and backward, and the rows of California's table without a missing value that are not held out.</summary>
    static IEnumerable<double> Costs(int rows, int features, int units, int outputs) =>
        [rows * (features + outputs) * units, rows * (features + 2 * outputs) * units, Split.Of(20_640 - 207, 0.2, new Key(0)).Training.Length];
}
