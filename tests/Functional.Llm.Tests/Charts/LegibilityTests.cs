using System.Globalization;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Pictures of ordinary and of awkward data are looked at as a reader would, by the estimated boxes of their texts.</summary>
public class LegibilityTests
{
    static readonly double[] Awkward =
    [
        0, 1, -1, 1e300, -1e300, double.MaxValue, double.MinValue, double.Epsilon, 1e-300, 123456.789, 0.6931471805, 1e9 + 1,
        double.NaN, double.PositiveInfinity, double.NegativeInfinity,
    ];

    static readonly string[] Phrases =
    [
        "", "x", "loss (nats per token)", "<a> & \"b\"", "a label that is far too long to stand on one line of any picture that fits on a page, even a wide one",
        "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung", "日本語の長い題名がここに立つ", "\n\t", "😀",
    ];

    static readonly string[] Words = ["The", "cat", "sat", "on", "the", "mat", "because", "it", "was", "tired"];

    static readonly Dictionary<string, Func<Figure>> Gallery = new(StringComparer.Ordinal)
    {
        ["loss"] = () => Chart.Grid(1, Chart.Titled("Loss").WithX(Axis.Log("updates")).WithY(Axis.Log("loss (nats per token)"))
            .Line("training", Range(1, 10000), Range(1, 10000).Select(s => Math.Pow(s, -0.35)))
            .HorizontalRule(0.05, "entropy of the source").Annotate(1000, Math.Pow(1000, -0.35), "rate halved")),
        ["sat"] = () => Chart.Grid(1, Chart.Titled("Admission by SAT score").WithX("SAT score (points)").WithY("P(admitted)")
            .Scatter("students", Range(900, 40).Select(s => s * 10), Range(0, 40).Select(i => i / 20)).VerticalRule(1203, "boundary 1203")
            .Line("σ(wx + b)", Range(850, 700), Range(850, 700).Select(s => 1 / (1 + Math.Exp((1203 - s) / 60.0))))),
        ["quartet"] = () => Chart.Grid(2, Range(1, 4).Select(i => Chart.Titled($"{i}").WithX(Axis.Linear("x").Within(2, 20))
            .WithY(Axis.Linear("y").Within(2, 14)).Scatter("", Range(4, 11), Range(4, 11)))).Titled("Anscombe’s quartet"),
        ["heads"] = () => Chart.Grid(12, Range(0, 144).Select(k => Chart.Titled($"{k / 12}.{k % 12}")
            .HeatMap("attention weight", 9, 9, (i, j) => j > i ? double.NaN : 1.0 / (i + 1)))).Titled("Attention"),
        ["attention"] = () => Chart.Grid(1, Chart.Titled("Head 7").WithX(Axis.Categories("key", Words)).WithY(Axis.Categories("query", Words))
            .HeatMap("weight", 10, 10, (i, j) => (i * j % 7) / 7.0)),
        ["large matrix"] = () => Chart.Grid(1, Chart.Titled("Scores").WithX("key").WithY("query").HeatMap("score", 600, 900, (i, j) => Math.Sin(i * j))),
        ["letters"] = () => Chart.Grid(1, Chart.Titled("Letters").WithX(Axis.Categories("letter", Range('a', 26).Select(c => $"{(char)c}")))
            .Bars("counted", Range(1, 26)).Bars("predicted", Range(2, 26))),
        ["twenty runs"] = () => Chart.Grid(1, Range(0, 20).Aggregate(Chart.Titled("Runs").WithX("updates"), (chart, k) =>
            chart.Line($"rate {k / 100.0}", Range(0, 50), Range(0, 50).Select(i => i * k)))),
        ["panels without room"] = () => Chart.Grid(5, Range(0, 7).Select(k => Chart.Titled($"Neuron {k}").WithX("x").WithY("activation (a.u.)")
            .Line("train", Range(0, 9), Range(0, 9).Select(i => i * Math.Pow(100, k))))).Titled("Neurons"),
    };

    public static TheoryData<string> Names => [.. Gallery.Keys];

    static IEnumerable<int> Range(int start, int count) => Enumerable.Range(start, count);

    [Theory]
    [MemberData(nameof(Names))]
    public void No_text_leaves_the_picture_or_touches_another(string name) =>
        Assert.Empty(Picture.Of(Gallery[name]()).Complaints());

    [Fact]
    public void Random_charts_of_awkward_data_and_texts_are_legible()
    {
        var random = new Random(7);
        for (var i = 0; i < 150; i++)
        {
            var charts = Range(0, Pick(1, 1, 1, 2, 3, 6)).Select(_ => RandomChart()).ToArray();
            var picture = Picture.Of(Chart.Grid(Pick(1, 1, 2, 3, 4, 12), charts).Titled(Pick(Phrases)));
            Assert.True(!picture.Complaints().Any(), $"picture {i}: {string.Join('\n', picture.Complaints())}");
        }

        T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];

        double[] Values(int count) => Pick(0, 1, 2) switch
        {
            0 => [.. Range(0, count).Select(_ => Pick(Awkward))],
            1 => [.. Range(0, count).Select(_ => Math.Pow(10, random.Next(-12, 12)) * (random.NextDouble() - 0.3))],
            _ => [.. Range(0, count).Select(i => 5 + (i * Math.Pow(10, -random.Next(12))))],
        };

        Axis RandomAxis() => Pick(0, 1, 2) switch
        {
            0 => Axis.Linear(Pick(Phrases)),
            1 => Axis.Log(Pick(Phrases)),
            _ => Axis.Categories(Pick(Phrases), Range(0, Pick(0, 1, 5, 40)).Select(_ => Pick(Phrases))),
        };

        Chart RandomChart() => Range(0, random.Next(4)).Aggregate(Chart.Titled(Pick(Phrases)).WithX(RandomAxis()).WithY(RandomAxis()), (chart, _) =>
        {
            var n = Pick(0, 1, 2, 30);
            return random.Next(4) switch
            {
                0 => chart.Line(Pick(Phrases), Values(n), Values(n)),
                1 => chart.Scatter(Pick(Phrases), Values(n), Values(n)),
                2 => chart.Bars(Pick(Phrases), Values(n)),
                _ => chart.HeatMap(Pick(Phrases), Pick(0, 1, 5, 30), Pick(0, 1, 5, 30), (_, _) => Pick(Awkward)),
            };
        });
    }

    [Fact]
    public void Notes_and_rules_stay_inside_the_plot_and_apart_from_each_other()
    {
        var random = new Random(8);
        for (var i = 0; i < 100; i++)
        {
            var xs = Range(0, 200).Select(k => k / 20.0).ToArray();
            var (a, b) = (random.NextDouble() * 3, random.NextDouble() * 3);
            var chart = Chart.Titled("Notes").WithX("x").WithY("y").Line("f", xs, xs.Select(x => Math.Sin(a * x) + Math.Cos(b * x)))
                .VerticalRule(random.NextDouble() * 10, "a vertical rule").HorizontalRule(random.NextDouble(), "a horizontal rule")
                .Annotate(random.NextDouble() * 10, (random.NextDouble() * 4) - 2, "a note on something").Annotate(xs[^1], 0, "at the end")
                .Annotate(0, 2, "in the corner", arrow: false);
            var picture = Picture.Of(chart);
            Assert.True(!picture.Complaints().Any(), $"picture {i}: {string.Join('\n', picture.Complaints())}");
            var plot = picture.All("svg").Single();
            var frame = new Box(Picture.Number(plot, "x"), Picture.Number(plot, "y"), 0, 0);
            frame = frame with { Right = frame.Left + Picture.Number(plot, "width"), Bottom = frame.Top + Picture.Number(plot, "height") };
            Assert.All(picture.Texts.Where(t => t.Text.Contains("rule", StringComparison.Ordinal) || t.Text.Contains("note", StringComparison.Ordinal)),
                t => Assert.True(frame.Holds(t.Box), t.Text));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_note_stands_beside_the_line_it_speaks_of(bool arrow)
    {
        var picture = Picture.Of(Chart.Titled("").Line("", [0.0, 5, 5, 10], [0.0, 0, 10, 10]).Annotate(5, 6, "half way up", arrow));
        var box = picture.Texts.Single(t => t.Text == "half way up").Box;
        var places = picture.All("path").First().Attribute("d")!.Value[1..].Split(' ')
            .Select(s => double.Parse(s, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(places[2], places[4]);
        Assert.False(box.Left < places[2] && places[2] < box.Right, $"{box} lies on the line at {places[2]}");
    }
}
