using Xunit;

namespace Functional.Llm.Tests;

public class ScaleTests
{
    [Fact]
    public void A_share_of_the_way_comes_back_on_linear_logarithmic_and_reversed_scales()
    {
        var random = new Random(1);
        for (var i = 0; i < 1000; i++)
        {
            var (low, width) = (Math.Pow(10, (20 * random.NextDouble()) - 10), Math.Pow(10, (10 * random.NextDouble()) - 5));
            var t = random.NextDouble();
            foreach (var scale in new[] { new Scale(-low, low * width), new Scale(low, low * (1 + width), true), new Scale(low * (1 + width), low) })
                Assert.Equal(t, scale.At(scale.Inverse(t)), 1e-9);
        }
    }

    [Fact]
    public void The_ends_of_a_scale_are_zero_and_one()
    {
        foreach (var scale in new[] { new Scale(-3, 5), new Scale(5, -3), new Scale(1e-7, 1e7, true), new Scale(double.MinValue, double.MaxValue) })
        {
            Assert.Equal(0, scale.At(scale.Low));
            Assert.Equal(1, scale.At(scale.High));
        }

        Assert.Equal(0.5, new Scale(0.01, 100, true).At(1), 1e-15);
        Assert.Equal(0.25, new Scale(double.MinValue, double.MaxValue).At(double.MinValue / 2), 1e-15);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_not_finite_has_no_place(double value)
    {
        Assert.True(double.IsNaN(new Scale(0, 1).At(value)));
        Assert.False(new Scale(0, 1).Covers(value));
    }

    [Fact]
    public void What_is_not_positive_has_no_place_on_a_logarithmic_scale()
    {
        var scale = Scale.Over([-5, 0, 0.1, 10, double.NaN], isLogarithmic: true);
        Assert.True(double.IsNaN(scale.At(0)) && double.IsNaN(scale.At(-5)));
        Assert.InRange(scale.Low, 0.08, 0.1);
        Assert.InRange(scale.High, 10, 12.1);
    }

    [Fact]
    public void A_scale_covers_its_values_with_a_margin_at_both_ends()
    {
        var scale = Scale.Over([20, double.NaN, 10, double.PositiveInfinity], isLogarithmic: false);
        Assert.Equal(new Scale(9.6, 20.4), scale);
        Assert.Equal(new Scale(10, 20), Scale.Over([10, 20], isLogarithmic: false, margin: 0));
    }

    [Fact]
    public void Bars_stand_on_zero_exactly()
    {
        Assert.Equal(0, Scale.Over([3, 5], false, fromZero: true).Low);
        Assert.Equal(0, Scale.Over([-3, -5], false, fromZero: true).High);
        var both = Scale.Over([-3, 5], false, fromZero: true);
        Assert.True(both.Low < -3 && both.High > 5);
    }

    [Fact]
    public void Any_values_give_a_finite_scale_that_covers_them()
    {
        double[] awkward =
        [
            0, 1, -1, 1e300, -1e300, double.MaxValue, double.MinValue, double.Epsilon, 1e-300, 1 + 1e-15, 1e9, 1e9 + 1e-7,
            double.NaN, double.PositiveInfinity,
        ];
        bool[] either = [false, true];
        var cases =
            from isLogarithmic in either
            from fromZero in either
            from a in awkward
            from b in awkward
            select (isLogarithmic, fromZero, Values: new[] { a, b });
        Assert.All(cases, c =>
        {
            var scale = Scale.Over(c.Values, c.isLogarithmic, c.fromZero);
            Assert.True(double.IsFinite(scale.Low) && double.IsFinite(scale.High) && scale.Low < scale.High, $"{scale}");
            Assert.True(!c.isLogarithmic || scale.Low > 0);
            Assert.All(c.Values.Where(v => double.IsFinite(v) && (!c.isLogarithmic || v > 0)), v => Assert.InRange(scale.At(v), 0, 1));
        });
    }

    [Fact]
    public void A_constant_lies_in_the_middle()
    {
        Assert.Equal(0.5, Scale.Over([7, 7, 7], false).At(7), 1e-12);
        Assert.Equal(0.5, Scale.Over([0.01, 0.01], true).At(0.01), 1e-12);
        Assert.Equal(0.5, Scale.Over([0], false).At(0), 1e-12);
    }

    [Fact]
    public void Nothing_at_all_is_drawn_from_zero_to_one()
    {
        Assert.Equal(new Scale(0, 1), Scale.Over([], false));
        Assert.Equal(new Scale(1, 10, true), Scale.Over([double.NaN, -1], true));
    }
}
