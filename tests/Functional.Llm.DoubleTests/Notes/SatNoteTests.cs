using LanguageExt;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.DoubleTests.Notes;

public class SatNoteTests
{
    static readonly NumberTable Students = Note.Table("sat.csv").Numbers(["score", "admitted"]).OrFail();
    static readonly Tensor Scores = Students.Matrix("score");
    static readonly Tensor Admitted = Students.Matrix("admitted");
    static readonly TrainState<LinearParameters> Start = Training.Start(new LinearParameters(Tensor.Zeros((1, 1)), Tensor.Zeros(1)));

    static Differentiable<LinearParameters, Real> Loss(Tensor x, double l2 = 0) =>
        (Linear.On(x) >> LogLoss(Admitted)).Plus(L2Penalty<Tensor>(l2).At((LinearParameters p) => p.Weight));

    [Fact]
    public void Every_number_of_the_note_is_computed_again()
    {
        var scaling = Standardizer.Of(Scores);
        var x = scaling.Apply(Scores);
        var states = Enumerable.Range(0, 10_000).Scan(Start, (s, _) => s.Descend(new Sgd(0.1), Loss(x))).ToArray();
        var errors = Sigmoid(Linear(Start.Parameters, x).Value).Value - Admitted;
        var penalised = new[] { 0.01, 0.1 }.Select(l2 => Enumerable.Range(0, 20_000).Fit(Start, new Sgd(0.1), _ => Loss(x, l2))).ToArray();
        var raw = Enumerable.Range(0, 3).Scan(Start, (s, _) => s.Descend(new Sgd(0.1), Loss(Scores))).Select(s => Loss(Scores)(s.Parameters).Value);
        var conditioning = Conditioning.Of(Scores);
        Note.Check("sat.md", Note.Values(
            Scores, 1200, 1250, 1400, scaling.Mean, scaling.Deviation, x, Math.Log(2), errors, errors * x, Loss(x).ValueAndGradient(Start.Parameters).Gradient, 0.1, 0.01,
            new[] { 0, 1, 10, 100, 1000, 10_000 }.SelectMany(n => Note.Values(n, Loss(x)(states[n].Parameters).Value, states[n].Parameters, Boundary(states[n], scaling))),
            penalised.SelectMany(s => Note.Values(s.Parameters, Boundary(s, scaling))), raw,
            conditioning.Steepest, conditioning.Flattest, conditioning.LargestRate, conditioning.Ratio));
    }

    static double Boundary(TrainState<LinearParameters> s, Standardizer scaling) =>
        scaling.Mean.Value - scaling.Deviation.Value * s.Parameters.Bias.Value / s.Parameters.Weight.Value;
}
