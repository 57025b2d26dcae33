using LanguageExt;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.DoubleTests.Notes;

public class LogisticRegressionNoteTests
{
    static readonly NumberTable Irises = Note.Table("iris.csv").Numbers(["petal length (cm)", "petal width (cm)"], labels: "species").OrFail();
    static readonly Tensor Petals = Irises.Matrix();
    static readonly Tensor IsVirginica = Tensor.From((100, 1), Irises.Labels("species").Select(species => species == "virginica" ? 1.0 : 0));

    [Fact]
    public void Every_number_of_the_note_is_computed_again()
    {
        var values = Note.Values(ThreeInputs(), FromABadStart(), Flowers(), 0.1, 0.5, Math.Log(9), 0.9, 8.0 / 3);
        Note.Check("logistic-regression.md", values);
    }

    static IEnumerable<double> ThreeInputs()
    {
        var neuron = new LinearParameters(Tensor.From((1, 3), [0.5, -0.3, 0.8]), Tensor.From([0.2]));
        var x = Tensor.From([1.2, -0.8, 0.6]);
        var loss = Linear.On(x) >> LogLoss(Tensor.From([1.0]));
        var after = Training.Start(neuron).Descend(new Sgd(0.1), loss).Parameters;
        var (value, gradient) = loss.ValueAndGradient(neuron);
        return Note.Values(neuron, x, neuron.Weight * x, Linear(neuron, x).Value, (Linear >> Sigmoid)(neuron, x).Value, value, gradient, after, Linear(after, x).Value, loss(after).Value);
    }

    static IEnumerable<double> FromABadStart()
    {
        var x = Tensor.From((5, 1), [1.0, 2, 3, 4, 5]);
        var loss = Linear.On(x) >> LogLoss(Tensor.From((5, 1), [0.0, 0, 1, 1, 1]));
        var states = Descend(new LinearParameters(Tensor.From((1, 1), [-9.0]), Tensor.From([-8.0])), loss, 0.1, 100);
        var p = (Linear >> Sigmoid)(states[0], Tensor.From([3.0])).Value.Value;
        return Note.Values(new[] { 0, 1, 10, 100 }.SelectMany(n => Note.Values(loss(states[n]).Value, states[n])), -states[100].Bias.Value / states[100].Weight.Value, p * (1 - p));
    }

    static IEnumerable<double> Flowers()
    {
        var split = Split.Of(100, 0.2, new Key(0));
        Assert.Equal((80, 20), (split.Training.Length, split.HeldOut.Length));
        var (x, t) = (Petals.Take(split.Training.AsSpan()), IsVirginica.Take(split.Training.AsSpan()));
        var scaling = Standardizer.Of(x);
        var loss = Linear.On(scaling.Apply(x)) >> LogLoss(t);
        var states = Descend(Zero, loss, 0.5, 2000);
        var heldOut = Linear.On(scaling.Apply(Petals.Take(split.HeldOut.AsSpan()))) >> LogLoss(IsVirginica.Take(split.HeldOut.AsSpan()));
        var course = states.Select(s => heldOut(s).Value).ToArray();
        var best = Array.IndexOf(course, course.Min());
        Assert.Equal((75, 3, 2), Calls(states[^1], scaling.Apply(x), t));
        Assert.Equal((19, 0, 1), Calls(states[^1], scaling.Apply(Petals.Take(split.HeldOut.AsSpan())), IsVirginica.Take(split.HeldOut.AsSpan())));
        Assert.Equal(19, Calls(states[best], scaling.Apply(Petals.Take(split.HeldOut.AsSpan())), IsVirginica.Take(split.HeldOut.AsSpan())).Right);
        Assert.Equal(603, best);

        var every = Standardizer.Of(Petals);
        var all = Descend(Zero, Linear.On(every.Apply(Petals)) >> LogLoss(IsVirginica), 0.5, 30_000)[^1];
        var bottom = Descend(states[^1], loss, 0.5, 30_000)[^1];
        Assert.Equal(t.Mean().Value, (Linear >> Sigmoid)(bottom, scaling.Apply(x)).Value.Mean().Value, 1e-9);
        var perCentimetre = all.Weight / every.Deviation;
        return Note.Values(2000, loss(states[^1]).Value, course[^1], course[best], states[^1].Weight, InUnits(states[^1], scaling), t.Mean(), InUnits(all, every), perCentimetre.At(0, 1) / 10, Math.Exp(perCentimetre.At(0, 1) / 10));
    }

    static readonly LinearParameters Zero = new(Tensor.Zeros((1, 2)), Tensor.Zeros(1));

    static LinearParameters[] Descend(LinearParameters start, Differentiable<LinearParameters, Real> loss, double rate, int steps) =>
        [.. Enumerable.Range(0, steps).Scan(Training.Start(start), (s, _) => s.Descend(new Sgd(rate), loss)).Select(s => s.Parameters)];

    static IEnumerable<double> InUnits(LinearParameters p, Standardizer scaling) =>
        Note.Values(p.Weight / scaling.Deviation, p.Bias.Value - (p.Weight / scaling.Deviation * scaling.Mean).Sum().Value);

    static (int Right, int TakenForVirginica, int TakenForVersicolor) Calls(LinearParameters p, Tensor x, Tensor t)
    {
        var pairs = Linear(p, x).Value.ToArray().Zip(t.ToArray(), (z, is1) => (Called: z >= 0, Is: is1 == 1)).ToArray();
        return (pairs.Count(q => q.Called == q.Is), pairs.Count(q => q is { Called: true, Is: false }), pairs.Count(q => q is { Called: false, Is: true }));
    }
}
