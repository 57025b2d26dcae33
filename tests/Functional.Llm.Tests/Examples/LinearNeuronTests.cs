using LanguageExt;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Examples;

/// <summary>Worked examples, part 1: linear and logistic neurons.</summary>
public class LinearNeuronTests
{
    static readonly LinearParameters Neuron = new(Tensor.From((1, 3), [0.5, -0.3, 0.8]), Tensor.From([0.2]));

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.25, 0.75)]
    [InlineData(0.9, 0.1)]
    public void One_dimensional_regression_shrinks_its_residual_by_nine_tenths(double w, double b)
    {
        var (x, t) = (Tensor.From((1, 1), [2.0]), Tensor.From((1, 1), [5.0]));
        var start = Functional.Llm.Training.Start(new LinearParameters(Tensor.From((1, 1), [w]), Tensor.From([b])));
        var loss = Linear.On(x) >> MeanSquaredError(t);
        var end = Batches.Repeat(x, t, 100).Fold(start, (s, _) => s.Descend(new Sgd(0.01), loss));
        var ratio = loss(end.Parameters).Value / (double)loss(start.Parameters).Value;
        // In float the residual ends as a few hundred units of the last place of a prediction near 5: it cannot be known better.
        Assert.Equal(Math.Pow(0.9, 200), ratio, Math.Pow(0.9, 200) * (Near.IsDouble ? 1e-10 : w == 0 ? 1e-2 : 2e-2));
        Assert.Equal(7.0551e-10, Math.Pow(0.9, 200), 5e-15);
    }

    [Fact]
    public void A_linear_neuron_with_three_inputs()
    {
        var x = Tensor.From([2, 1.5, -0.5]);
        var loss = 0.5 * (Linear.On(x) >> MeanSquaredError(Tensor.From([3.2])));
        var (value, gradient) = loss.ValueAndGradient(Neuron);
        Near.Equal([0.35000000000000003], Linear(Neuron, x).Value, 2);
        Near.Equal(4.06125, value, 5);
        Near.Equal([-2.85], gradient.Bias, 2);
        Near.Equal([-5.7, -4.275, 1.425], gradient.Weight, 3);
        var after = Functional.Llm.Training.Start(Neuron).Descend(new Sgd(0.1), loss).Parameters;
        Near.Equal([1.07, 0.1275, 0.6575], after.Weight, 4);
        Near.Equal([0.485], after.Bias, 3);
    }

    [Fact]
    public void A_logistic_neuron_with_three_inputs()
    {
        var x = Tensor.From([1.2, -0.8, 0.6]);
        var loss = Linear.On(x) >> LogLoss(Tensor.From([1.0]));
        var (value, gradient) = loss.ValueAndGradient(Neuron);
        Near.Equal([1.52], Linear(Neuron, x).Value, 2);
        Near.Equal([0.8205384805926731], (Linear >> Sigmoid)(Neuron, x).Value, 10);
        Near.Equal(0.1977944705965965, value, 10);
        Near.Equal([-0.1794615194073269], gradient.Bias, 10);
        var after = Functional.Llm.Training.Start(Neuron).Descend(new Sgd(0.1), loss).Parameters;
        Near.Equal([0.5215353823288792, -0.31435692155258615, 0.8107676911644397], after.Weight, 10);
        Near.Equal([0.2179461519407327], after.Bias, 10);
    }

    static readonly Tensor Rows = Tensor.From((3, 3), [2, 1.5, -0.5, 1, -1, 2, -0.5, 0.8, 1.2]);
    static readonly Tensor Targets = Tensor.From((3, 1), [3.2, 1.8, 0.5]);

    [Fact]
    public void A_batch_of_three_rows()
    {
        var loss = 0.5 * (Linear.On(Rows) >> MeanSquaredError(Targets));
        var (value, gradient) = loss.ValueAndGradient(Neuron);
        Near.Equal([-2.85, 0.8, 0.17], Linear(Neuron, Rows).Value - Targets, 2);
        Near.Equal(1.4652333333333336, value);
        Near.Equal([-1.6616666666666664, -1.6463333333333336, 1.0763333333333336], gradient.Weight, 7);
        Near.Equal([-0.6266666666666666], gradient.Bias, 7);
        var after = Functional.Llm.Training.Start(Neuron).Descend(new Sgd(0.1), loss).Parameters;
        Near.Equal([0.6661666666666667, -0.1353666666666666, 0.6923666666666667], after.Weight, 7);
        Near.Equal([0.26266666666666666], after.Bias, 7);
    }

    [Fact]
    public void Spot_the_bug_the_third_preactivation_is_not_what_is_printed()
    {
        var (_, gradient) = (0.5 * (Linear.On(Rows) >> MeanSquaredError(Targets))).ValueAndGradient(Neuron);
        Near.Equal(0.67, Linear(Neuron, Rows).Value.At(2, 0), 3);
        Assert.False(Near.Holds(0.915, Linear(Neuron, Rows).Value.At(2, 0), 3));
        // With the printed 0.915 the error would be 0.415, and the gradients those that are printed.
        var wrong = Tensor.From((3, 1), [-2.85, 0.8, 0.415]);
        var printed = wrong.T.MatMul(Rows) / 3;
        Assert.True(printed.IsClose(Tensor.From((1, 3), [-1.702, -1.581, 1.174]), absolute: 6e-4));
        Assert.Equal(-0.545, (double)wrong.Mean().Value, 3e-4);
        foreach (var (place, misprint) in new[] { (0, -1.702), (1, -1.581), (2, 1.174) })
            Assert.False(Near.Holds(misprint, gradient.Weight.At(0, place), 3));
        Assert.False(Near.Holds(-0.545, gradient.Bias.At(0), 3));
    }

    [Fact]
    public void Logistic_regression_on_one_to_five()
    {
        var x = Tensor.From((5, 1), [1.0, 2, 3, 4, 5]);
        var t = Tensor.From((5, 1), [0.0, 0, 1, 1, 1]);
        var start = Functional.Llm.Training.Start(new LinearParameters(Tensor.From((1, 1), [-9.0]), Tensor.From([-8.0])));
        var loss = Linear.On(x) >> LogLoss(t);
        var states = Batches.Repeat(x, t, 100).Scan(start, (s, _) => s.Descend(new Sgd(0.1), loss)).Select(s => s.Parameters).ToArray();
        foreach (var (updates, value, w, b) in new[]
        {
            (0, 26.400000008280898, -9.0, -8.0),
            (1, 25.788000013662934, -8.760000000828192, -7.94000000082809),
            (10, 20.28000030220762, -6.60000004523144, -7.400000045199931),
            (100, 0.1318471795022067, 2.2172765646506676, -5.2799997402862475),
        })
        {
            Near.Equal(value, loss(states[updates]).Value);
            Near.Equal([w], states[updates].Weight);
            Near.Equal([b], states[updates].Bias);
        }

        Near.Equal([0.044671345102392304, 0.30038890625590675, 0.7976756492250727, 0.9731195194696405, 0.9970007315146733], (Linear >> Sigmoid)(states[100], x).Value);
        Near.Equal(2.38130, Math.Round(5.2799997402862475 / 2.2172765646506676, 5));
        Near.Equal(5.2799997402862475 / 2.2172765646506676, -(double)states[100].Bias.Value / states[100].Weight.Value, 5);
    }

    [Fact]
    public void The_log_loss_is_stable_and_equals_the_naive_formula()
    {
        foreach (var (z, t, expected) in new[] { (1000.0, 1.0, 0.0), (1000, 0, 1000), (-1000, 0, 0), (-1000, 1, 1000) })
            Assert.Equal(expected, (double)LogLoss(Tensor.From([t]))(Tensor.From([z])).Value);
        for (var z = -29.75; z < 30; z += 0.25)
        {
            foreach (var t in new[] { 0.0, 1, 0.3 })
            {
                var sigma = 1 / (1 + Math.Exp(-z));
                var naive = -(t * Math.Log(sigma) + (1 - t) * Math.Log(1 / (1 + Math.Exp(z))));
                Assert.Equal(naive, (double)LogLoss(Tensor.From([t]))(Tensor.From([z])).Value, Near.IsDouble ? 1e-12 : 1e-6 * Math.Max(1, naive));
            }
        }
    }
}
