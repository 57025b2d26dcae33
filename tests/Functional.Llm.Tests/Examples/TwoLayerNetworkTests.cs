using LanguageExt;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Examples;

/// <summary>Worked examples, part 2: two-layer networks.</summary>
public class TwoLayerNetworkTests
{
    sealed record Network(LinearParameters Hidden, LinearParameters Output);

    static Layer<Network, Tensor, Tensor> TwoLayers(Differentiable<Tensor, Tensor> activation) =>
        Linear.At((Network n) => n.Hidden) >> activation >> Linear.At((Network n) => n.Output);

    [Fact]
    public void A_1_4_1_network_with_relu()
    {
        var network = new Network(
            new(Tensor.From((4, 1), [1, -3, 0.5, 4]), Tensor.From([5.0, -2, 0, 2])),
            new(Tensor.From((1, 4), [-2.4, 1.8, -1, -1.5]), Tensor.From([-1.0])));
        var x = Tensor.From([2.0]);
        var model = TwoLayers(Relu);
        var loss = 0.5 * (model.On(x) >> MeanSquaredError(Tensor.From([5.0])));
        var (value, gradient) = loss.ValueAndGradient(network);
        Near.Equal([-33.8], model(network, x).Value, 1);
        Near.Equal(752.72, value, 2);
        Near.Equal([-271.6, 0, -38.8, -388], gradient.Output.Weight, 1);
        Near.Equal([-38.8], gradient.Output.Bias, 1);
        Near.Equal([186.24, 0, 77.6, 116.4], gradient.Hidden.Weight, 2);
        Near.Equal([93.12, 0, 38.8, 58.2], gradient.Hidden.Bias, 2);
        foreach (var dead in new[] { gradient.Output.Weight.At(0, 1), gradient.Hidden.Weight.At(1, 0), gradient.Hidden.Bias.At(1) })
            Assert.Equal(0, dead);
        var after = Functional.Llm.Training.Start(network).Descend(new Sgd(0.001), loss).Parameters;
        Near.Equal([-26.44015216], model(after, x).Value, 8);
        Near.Equal(494.2415839219763, loss(after).Value, 7);
    }

    [Fact]
    public void A_3_4_3_network_with_sigmoids_and_its_errata()
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
        Near.Equal([0.24, -0.03, 0.78, 0.55], z1, 2);
        Near.Equal([0.5597136492671929, 0.49250056244937956, 0.6856801139382539, 0.6341355910108007], h);
        Near.Equal([0.9832724601768554, 0.3001427901117706, 1.1634205002940834], z2);
        Near.Equal([0.7277570611676848, 0.574477422670212, 0.7619536818936972], y);
        Near.Equal(0.08584068868988955, loss);
        var delta2 = pullY(pullLoss(1));
        var delta1 = pullSigmoid(pullOutput(delta2).Input);
        Near.Equal([-0.014313256592626313, 0.09154217191183328, 0.02937520231329881], delta2);
        Near.Equal([-0.0014766564399619527, 0.018181494658545825, -0.0008378712927755154, 0.006599559545720736], delta1);

        // δ₁ carried to the parameters, and all of it by the composite's pullback: the same numbers.
        var composite = (1.5 * ((TwoLayers(Sigmoid) >> Sigmoid).On(x) >> MeanSquaredError(t))).ValueAndGradient(network).Gradient;
        Assert.True(Tree.Equal(composite.Hidden, pullHidden(delta1).Parameters));

        // Spot the bug: the printed values of z₁[0], z₂ and L.
        Assert.False(Near.Holds(0.19, z1.At(0), 2));
        foreach (var (place, misprint) in new[] { (0, 0.768), (1, 0.364), (2, 1.090) })
            Assert.False(Near.Holds(misprint, z2.At(place), 3));
        Assert.False(Near.Holds(0.094, loss, 3));
    }

    static readonly Network Ten = new(TenRows.Hidden, TenRows.Output);

    static readonly Differentiable<Network, Real> TenLoss = TwoLayers(Relu).On(TenRows.Inputs) >> MeanSquaredError(TenRows.Targets);

    [Theory]
    [InlineData(0.01, 1, 201.13663184979657)]
    [InlineData(0.01, 100, 33.818212855651865)]
    [InlineData(0.001, 1, 52.26620141730854)]
    [InlineData(0.001, 100, 0.6346097564423193)]
    [InlineData(0.001, 5000, 0.24304792043301096)]
    public void A_3_4_3_regression_on_ten_rows(double rate, int updates, double expected)
    {
        Near.Equal(83.87965000000003, TenLoss(Ten).Value, 5);
        var end = Batches.Repeat(TenRows.Inputs, TenRows.Targets, updates).Fit(Functional.Llm.Training.Start(Ten), new Sgd(rate), _ => TenLoss);
        // 5,000 float updates add up their rounding errors.
        Near.Equal(expected, TenLoss(end.Parameters).Value, updates > 1000 ? 5 : 6);
    }

    [Fact]
    public void The_first_gradient_of_the_ten_rows_and_the_one_divided_by_n_again_and_again()
    {
        var gradient = TenLoss.ValueAndGradient(Ten).Gradient;
        Near.Equal([11.993733333333335, 13.914733333333336, 19.952, -48.75640000000001, -56.40786666666668, -79.56493333333334, 24.370200000000004, 28.13873333333334, 39.74006666666668, -14.874600000000006, -16.895533333333336, -22.770200000000006], gradient.Hidden.Weight, 4);
        Near.Equal([1.9210000000000003, -7.651466666666668, 3.7685333333333344, -2.020933333333334], gradient.Hidden.Bias, 5);
        Near.Equal([-8.169933333333335, -1.1707999999999996, -20.38853333333334, -4.394400000000001, -53.72526666666667, -7.350799999999996, -132.19226666666668, -26.92280000000001], gradient.Output.Weight.Reshape(12)[..8], 4);
        Near.Equal([-1.4753333333333338, -10.004666666666667, -0.09533333333333262], gradient.Output.Bias, 5);

        // Spot the bug: the source divides by n several times, to 0.3 of W₂'s gradient and 0.03 of W₁'s.
        Assert.False(Near.Holds(0.3 * -8.169933333333335, gradient.Output.Weight.At(0, 0), 4));
        Assert.False(Near.Holds(0.03 * 11.993733333333335, gradient.Hidden.Weight.At(0, 0), 4));
    }
}
