using LanguageExt;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.DoubleTests.Notes;

public class LinearRegressionNoteTests
{
    static readonly NumberTable Cars = Note.Table("cars.csv").Numbers(["speed (mph)", "distance (ft)"]).OrFail();

    static readonly (double[] X, double[] Y)[] Quartet =
        [.. Note.Table("anscombe.csv").Numbers(["x", "y"], labels: "dataset").OrFail().GroupBy("dataset").Select(g => (g.Rows.Column("x").ToArray(), g.Rows.Column("y").ToArray()))];

    [Fact]
    public void Every_number_of_the_note_is_computed_again()
    {
        var (x, t) = (Tensor.From((1, 1), [2.0]), Tensor.From((1, 1), [5.0]));
        var point = Linear.On(x) >> MeanSquaredError(t);
        var states = Course(point, 0.01, 2000);
        var (losses, errors) = (states.Select(p => point(p).Value).ToArray(), states.Select(p => Linear(p, x).Value - t).ToArray());
        Assert.Equal([2, 1], Note.Values(states[^1]).Select(v => Math.Round(v, 9)));

        var cars = Line.Of([.. Cars.Column(Cars.Columns[0])], [.. Cars.Column(Cars.Columns[1])], 0.1, 200);
        var quartet = Quartet.Select(table => Line.Of(table.X, table.Y, 0.5, 1)).ToArray();
        Assert.All(quartet, line => Assert.Equal(0.500, line.Slope(1), 1e-3));
        Assert.All(quartet, line => Assert.Equal(3.00, line.Intercept(1), 1e-2));
        Assert.All(quartet, line => Assert.Equal(0.816, line.Weight(1), 1e-3));
        var kept = Enumerable.Range(0, 11).Where(i => Quartet[2].X[i] != 13).ToArray();
        var without = Line.Of([.. kept.Select(i => Quartet[2].X[i])], [.. kept.Select(i => Quartet[2].Y[i])], 0.5, 1);

        // Neighbours in single precision, about 0.8 and about a time in seconds; half their distance stops an update.
        const int Seconds = 1_700_000_001;
        var (near, far) = ((double)(MathF.BitIncrement(0.8f) - 0.8f), (double)(MathF.BitIncrement(Seconds) - (float)Seconds));
        double[] rates = [0.01, 0.1, 0.5, 0.9, 1, 3];
        Note.Check("linear-regression.md", Note.Values(
            rates, rates.Select(rate => 1 - 2 * rate), Seconds, far, near, near / 2 / (2 * 0.1), near / 2 / (2 * 0.01), 0.8,
            errors[1] / errors[0], states[1], Linear(states[1], x).Value, errors[1], losses[1], losses[100] / losses[0], point.ValueAndGradient(states[0]).Gradient,
            cars.MeanX, cars.DeviationX, cars.MeanY, cars.DeviationY,
            new[] { 0, 1, 10, 100 }.SelectMany(n => Note.Values(cars.Loss(n), cars.Weight(n), cars.Slope(n), cars.Intercept(n))), 1 - cars.Loss(200), cars.ResidualError(200),
            0.001, 0.01, quartet.SelectMany(line => Note.Values(line.Slope(1), line.Intercept(1), line.Weight(1))), without.Slope(1), without.Intercept(1)));
    }

    static LinearParameters[] Course(Differentiable<LinearParameters, Real> loss, double rate, int steps) =>
        [.. Enumerable.Range(0, steps).Scan(Training.Start(new LinearParameters(Tensor.Zeros((1, 1)), Tensor.Zeros(1))), (s, _) => s.Descend(new Sgd(rate), loss)).Select(s => s.Parameters)];

    /// <summary>A line fitted on standardised data, after each number of updates in the data's units.</summary>
    sealed record Line(double[] Xs, double[] Ys, double MeanX, double DeviationX, double MeanY, double DeviationY, Differentiable<LinearParameters, Real> Error, LinearParameters[] States)
    {
        public static Line Of(double[] xs, double[] ys, double rate, int steps)
        {
            var (x, y) = (Tensor.From((xs.Length, 1), xs), Tensor.From((ys.Length, 1), ys));
            var (inX, inY) = (Standardizer.Of(x), Standardizer.Of(y));
            var loss = Linear.On(inX.Apply(x)) >> MeanSquaredError(inY.Apply(y));
            return new(xs, ys, inX.Mean.Value, inX.Deviation.Value, inY.Mean.Value, inY.Deviation.Value, loss, Course(loss, rate, steps));
        }

        public double Loss(int n) => Error(States[n]).Value;

        public double Weight(int n) => States[n].Weight.Value;

        public double Slope(int n) => Weight(n) * DeviationY / DeviationX;

        public double Intercept(int n) => MeanY + States[n].Bias.Value * DeviationY - Slope(n) * MeanX;

        public double ResidualError(int n) => Math.Sqrt(Xs.Zip(Ys, (x, y) => Math.Pow(y - Slope(n) * x - Intercept(n), 2)).Sum() / (Xs.Length - 2));
    }
}
