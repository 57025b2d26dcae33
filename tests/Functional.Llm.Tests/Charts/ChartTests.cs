using System.Globalization;
using Xunit;

namespace Functional.Llm.Tests;

public sealed class ChartTests
{
    static readonly double[] Xs = [1, 2, 3, 4], Ys = [1, 4, 9, 16];

    static Chart Plain => Chart.Titled("title").WithX("x").WithY("y");

    static string Path(Picture picture, int index = 0) => picture.All("path").ElementAt(index).Attribute("d")!.Value;

    [Fact]
    public void Markup_in_every_text_is_escaped()
    {
        const string nasty = "<a> & \"b\" > 'c' ]]>";
        var picture = Picture.Of(Chart.Grid(1, Chart.Titled(nasty).WithX(nasty).WithY(nasty)
            .Line(nasty, Xs, Ys).VerticalRule(2, nasty).Annotate(3, 9, nasty)).Titled(nasty));
        Assert.Equal(7, picture.Texts.Count(t => t.Text == nasty));
        Assert.DoesNotContain("<a>", picture.Svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Characters_that_no_document_may_hold_are_replaced()
    {
        var picture = Picture.Of(Chart.Titled("bell \a, half \uD83D, none \uFFFF, whole 😀").WithX(Axis.Categories("", "\0", "\u001b")).Bars("", Xs));
        Assert.Contains("bell \uFFFD, half \uFFFD, none \uFFFD, whole 😀", picture.Texts.Select(t => t.Text));
    }

    [Fact]
    public void The_same_chart_gives_the_same_bytes_in_any_culture()
    {
        Chart Build() => Plain.WithY(Axis.Log("y")).Line("a", Xs, Ys).Scatter("b", Xs, Ys).Annotate(2, 4, "here")
            .HeatMap("h", 3, 3, (i, j) => (i - j) / 7.0).HorizontalRule(0.25, "r");
        var before = CultureInfo.CurrentCulture;
        var odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (odd.NumberFormat.NumberDecimalSeparator, odd.NumberFormat.NegativeSign, odd.NumberFormat.NumberGroupSeparator) = (",", "~", "'");
        var plain = Build().ToSvg();
        Assert.Equal(plain, Build().ToSvg());
        try
        {
            CultureInfo.CurrentCulture = odd;
            Assert.Equal(plain, Build().ToSvg());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_method_leaves_the_chart_it_was_called_on_as_it_was()
    {
        var before = Plain.ToSvg();
        var chart = Plain;
        Assert.NotEqual(before, chart.Line("a", Xs, Ys).ToSvg());
        Assert.Equal(before, chart.ToSvg());
    }

    [Fact]
    public void Points_of_any_number_type_are_drawn_alike() =>
        Assert.Equal(
            Plain.Line("a", new[] { 1, 2, 3 }, new[] { 1f, 2f, 4f }).ToSvg(),
            Plain.Line("a", new[] { 1.0, 2, 3 }, new[] { 1.0, 2, 4 }).ToSvg());

    [Fact]
    public void A_point_lies_where_the_ticks_say()
    {
        var picture = Picture.Of(Plain.WithX(Axis.Linear("x").Within(0, 8)).WithY(Axis.Log("y").Within(10, 1000)).Line("", [4.0, 8], [100.0, 10]));
        var (x, y) = (Tick("4"), Tick("100"));
        Assert.Equal($"M{Svg.Number((x.Left + x.Right) / 2)} {Svg.Number(y.Top + (0.39 * Lettering.Size))}", string.Join(' ', Path(picture).Split(' ').Take(2)));

        Box Tick(string label) => picture.Texts.Single(t => t.Text == label).Box;
    }

    [Fact]
    public void What_is_not_finite_makes_a_gap_and_a_lonely_point_a_dot()
    {
        var picture = Picture.Of(Plain.Line("", Enumerable.Range(0, 7), [1, 2, double.NaN, 3, double.PositiveInfinity, 4, 5]));
        Assert.Equal(2, Path(picture).Count(c => c == 'M'));
        Assert.Single(Path(picture, 1).Split('M', StringSplitOptions.RemoveEmptyEntries));
        Assert.EndsWith("h.01", Path(picture, 1), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_positive_is_left_out_on_a_logarithmic_axis()
    {
        var picture = Picture.Of(Plain.WithY(Axis.Log("y")).Scatter("", [1.0, 2, 3, 4], [-1.0, 0, 10, 100]).HorizontalRule(0, "none").Annotate(1, -1, "none"));
        Assert.Equal(2, Path(picture).Count(c => c == 'M'));
        Assert.DoesNotContain("none", picture.Texts.Select(t => t.Text));
    }

    [Fact]
    public void A_long_series_stays_small_and_a_crowd_of_points_too()
    {
        var random = new Random(6);
        var xs = Enumerable.Range(0, 100_000).ToArray();
        var noise = xs.Select(_ => random.NextDouble()).ToArray();
        Assert.InRange(Plain.Line("", xs, noise).ToSvg().Length, 1, 60_000);
        Assert.InRange(Plain.Scatter("", xs, noise).ToSvg().Length, 1, 600_000);
    }

    [Fact]
    public void Bars_begin_at_zero_and_stand_side_by_side()
    {
        var picture = Picture.Of(Plain.WithX(Axis.Categories("x", "a", "b")).Bars("one", [4.0, -2]).Bars("two", [1.0, double.NaN]));
        var bars = picture.All("svg").Single().Elements().Select(r => (
            Left: Picture.Number(r, "x"), Top: Picture.Number(r, "y"), Width: Picture.Number(r, "width"), Height: Picture.Number(r, "height"))).ToArray();
        Assert.Equal(3, bars.Length);
        Assert.Equal(bars[0].Top + bars[0].Height, bars[1].Top, 0.11);
        Assert.Equal(bars[0].Top + bars[0].Height, bars[2].Top + bars[2].Height, 0.11);
        Assert.Equal(4, bars[0].Height / bars[2].Height, 0.01);
        Assert.Equal(bars[0].Left + bars[0].Width, bars[2].Left, 0.11);
    }

    [Fact]
    public void Bars_with_long_names_lie_on_their_side_with_the_first_on_top()
    {
        string[] names = [.. Enumerable.Range(0, 12).Select(i => $"a rather long name, number {i}")];
        var picture = Picture.Of(Plain.WithX(Axis.Categories("token", names)).WithY("share (%)").Bars("", Enumerable.Range(1, 12)));
        var labels = names.Select(name => picture.Texts.Single(t => t.Text == name).Box).ToArray();
        Assert.Equal(labels.Select(b => b.Top).Order(), labels.Select(b => b.Top));
        Assert.True(picture.Texts.Single(t => t.Text == "token").IsTurned);
        Assert.False(picture.Texts.Single(t => t.Text == "share (%)").IsTurned);
    }

    [Fact]
    public void A_heat_map_writes_its_values_in_large_cells_and_has_a_colour_bar()
    {
        var picture = Picture.Of(Plain.HeatMap("weight", 2, 2, (i, j) => i == j ? 0.75 : 0.25));
        Assert.Equal(4, picture.Texts.Count(t => t.Text is "0.75" or "0.25"));
        Assert.Contains("weight", picture.Texts.Select(t => t.Text));
        Assert.Contains("0.5", picture.Texts.Select(t => t.Text));
        Assert.Equal(["#440154", "#FDE725"], picture.All("g").Single().Elements().Select(e => e.Attribute("stroke")!.Value));
        Assert.Equal("M1 0h1M0 1h1", picture.All("g").Single().Elements().First().Attribute("d")!.Value);
    }

    [Fact]
    public void Heat_maps_of_one_picture_share_one_scale()
    {
        var picture = Picture.Of(Chart.Grid(2, Plain.HeatMap("", 1, 1, (_, _) => 0), Plain.HeatMap("", 1, 1, (_, _) => 10)));
        Assert.Equal(["#440154", "#FDE725"], picture.All("g").Select(g => g.Elements().Single().Attribute("stroke")!.Value));
    }

    [Fact]
    public void The_paper_is_opaque_so_that_a_dark_page_does_not_shine_through()
    {
        var paper = Picture.Of(Plain).Root.Elements().First(e => e.Name.LocalName == "rect");
        Assert.Equal((Palette.Paper, "800"), (paper.Attribute("fill")!.Value, paper.Attribute("width")!.Value));
    }

    [Fact]
    public void Mistakes_are_named_with_their_mend()
    {
        Says(() => Plain.Line("loss", Xs, new[] { 1.0 }), "line \"loss\" of chart \"title\"", "4 values of x beside 1 of y", "one y for each x");
        Says(() => Axis.Log("rate").Within(0, 1), "axis \"rate\"", "from 0 to 1", "positive");
        Says(() => Axis.Linear("x").Within(2, 2), "finite low below a finite high");
        Says(() => Axis.Categories("x", "a").Within(0, 1), "named places have no range");
        Says(() => Chart.Grid(0, Plain), "0 columns", "at least 1");

        static void Says(Func<object> mistake, params string[] parts)
        {
            var message = Assert.Throws<FunctionalLlmException>(mistake).Message;
            Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_picture_is_saved_whole_into_a_new_folder()
    {
        var folder = Directory.CreateTempSubdirectory("charts").FullName;
        var path = System.IO.Path.Combine(folder, "new", "picture.svg");
        Plain.Line("a", Xs, Ys).Save(path);
        Assert.Equal(Plain.Line("a", Xs, Ys).ToSvg(), File.ReadAllText(path));
        Assert.Throws<StorageException>(() => Plain.Save(folder));
        Directory.Delete(folder, recursive: true);
    }
}
