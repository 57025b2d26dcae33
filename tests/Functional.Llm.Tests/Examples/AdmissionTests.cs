using LanguageExt;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Examples;

/// <summary>Worked examples, the exercise: college admission from a SAT score.</summary>
public class AdmissionTests
{
    static readonly Tensor Scores = Tensor.From((5, 1), [900.0, 1100, 1300, 1500, 1700]);
    static readonly Tensor Admitted = Tensor.From((5, 1), [0.0, 0, 1, 1, 1]);
    static readonly Standardizer Scaling = Standardizer.Of(Scores);
    static readonly TrainState<LinearParameters> Start = Functional.Llm.Training.Start(new LinearParameters(Tensor.Zeros((1, 1)), Tensor.Zeros(1)));

    static Differentiable<LinearParameters, Real> Loss(Tensor x, double l2 = 0) =>
        (Linear.On(x) >> LogLoss(Admitted)).Plus(L2Penalty<Tensor>(l2).At((LinearParameters p) => p.Weight));

    static IEnumerable<LinearParameters> Descent(Tensor x, double rate, int updates) =>
        Enumerable.Range(0, updates).Scan(Start, (s, _) => s.Descend(new Sgd(rate), Loss(x))).Select(s => s.Parameters);

    [Fact]
    public void Scores_are_standardised_by_the_population()
    {
        Near.Equal(1300, Scaling.Mean.Value, 0);
        Near.Equal(282.842712474619, Scaling.Deviation.Value);
    }

    [Fact]
    public void Standardised_scores_give_the_table()
    {
        var x = Scaling.Apply(Scores);
        var states = Descent(x, 0.1, 10_000).ToArray();
        foreach (var (updates, loss, w, b, chances) in new (int, double, double, double, double[])[]
        {
            (0, 0.6931471805599453, 0, 0, [0.5, 0.5, 0.5, 0.5, 0.5]),
            (1, 0.6743846462049027, 0.04242640687119285, 0.010000000000000002, [0.48750260351578967, 0.4950001666600003, 0.5024999791668749, 0.5099986668799655, 0.5174928576663897]),
            (10, 0.5417918993652406, 0.38002715245258045, 0.0896391823405122, [0.38988387471426905, 0.45534911668101047, 0.522394802065184, 0.5886431263127381, 0.6518267795872261]),
            (100, 0.22219168545972207, 1.9293145352396621, 0.49994240053771394, [0.09721842531676611, 0.2964440322350921, 0.6224457950189216, 0.865782696102534, 0.9618893327606601]),
            (1000, 0.06251045162208448, 5.1375345705009074, 1.6746802995927879, [0.003717828476756033, 0.12367225106651873, 0.8421988294574484, 0.9950699594522335, 0.9998690090558633]),
            (10_000, 0.008879066920014323, 10.758076799214832, 3.6890594845573217, [9.878315977948516e-06, 0.019492326953327435, 0.9756140396199703, 0.9999875797327272, 0.9999999938282143]),
        })
        {
            Near.Equal(loss, Loss(x)(states[updates]).Value);
            Near.Equal([w], states[updates].Weight);
            Near.Equal([b], states[updates].Bias);
            Near.Equal(chances, (Linear >> Sigmoid)(states[updates], x).Value, 4);
        }

        foreach (var (updates, boundary) in new[] { (1, 1233.3333333333333), (10, 1233.2842684698403), (100, 1226.7070961907236), (1000, 1207.8018625539976), (10_000, 1203.010211716599) })
            Near.Equal(boundary, Scaling.Mean.Value - Scaling.Deviation.Value * (double)states[updates].Bias.Value / states[updates].Weight.Value, 2);
    }

    [Theory]
    [InlineData(0.01, 3.7663576006741906, 1.335098919994803, 0.17220969515230206)]
    [InlineData(0.1, 1.480630570132972, 0.6071277210190945, 0.3848162468273816)]
    public void A_penalty_makes_the_optimum_unique(double l2, double w, double b, double loss)
    {
        var x = Scaling.Apply(Scores);
        var end = Enumerable.Range(0, Near.IsDouble ? 200_000 : 10_000).Fit(Start, new Sgd(Near.IsDouble ? 0.1 : 2), _ => Loss(x, l2)).Parameters;
        Near.Equal([w], end.Weight, Near.IsDouble ? 6 : 4);
        Near.Equal([b], end.Bias, Near.IsDouble ? 6 : 4);
        Near.Equal(loss, Loss(x, l2)(end).Value);
    }

    [Fact]
    public void Raw_scores_never_converge_and_nothing_is_NaN()
    {
        var states = Descent(Scores, 0.1, 100).ToArray();
        foreach (var (updates, loss, w, b, right) in new[]
        {
            (0, 0.6931471805599453, 0.0, 0.0, 3),
            (1, 10000.003999999999, 25, 0.010000000000000002, 3),
            (2, 13500.018, -15, -0.030000000000000006, 2),
            (3, 30000.012, 75, 0.029999999999999992, 3),
            (4, 13999.996, 35, -0.010000000000000016, 3),
            (5, 4500.030000000001, -5, -0.050000000000000024, 2),
            (100, 31500.569999999996, -35, -0.9500000000000008, 2),
        })
        {
            Near.Equal(loss, Loss(Scores)(states[updates]).Value, 2);
            Near.Equal([w], states[updates].Weight, 4);
            Assert.Equal(b, (double)states[updates].Bias.Value, Near.IsDouble ? 1e-12 : 1e-6);
            var chances = (Linear >> Sigmoid)(states[updates], Scores).Value;
            Assert.Equal(right, Enumerable.Range(0, 5).Count(i => chances.At(i, 0) >= 0.5 == Admitted.At(i, 0) > 0.5));
        }

        Assert.True(Loss(Scores)(states[100]).Value > 1000);
        // The naive formula gives NaN here: 0 · ln 0.
        Assert.True(double.IsNaN(1 * Math.Log(1) + (1 - 1) * Math.Log(1 - 1.0)));
    }

    [Fact]
    public void Raw_scores_at_a_small_rate_crawl()
    {
        var end = Enumerable.Range(0, 100_000).Fit(Start, new Sgd(1e-6), _ => Loss(Scores)).Parameters;
        Assert.Equal(0.619733, (double)Loss(Scores)(end).Value, Near.IsDouble ? 5e-7 : 1e-5);
        var chances = (Linear >> Sigmoid)(end, Scores).Value;
        Assert.Equal(3, Enumerable.Range(0, 5).Count(i => chances.At(i, 0) >= 0.5 == Admitted.At(i, 0) > 0.5));
    }
}
