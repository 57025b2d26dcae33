using System.Globalization;
using Xunit;

namespace Functional.Llm.Tests;

public class TicksTests
{
    static IEnumerable<string> Labels(double low, double high, int count, bool isLogarithmic = false) =>
        Ticks.On(new Scale(low, high, isLogarithmic), count).Where(t => t.IsMajor).Select(t => t.Label);

    [Theory]
    [InlineData(0, 1, 6, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(-1, 1, 4, "−1.0 −0.5 0.0 0.5 1.0")]
    [InlineData(3, 27, 6, "5 10 15 20 25")]
    [InlineData(0, 9000, 5, "0 2000 4000 6000 8000")]
    [InlineData(0, 90000, 5, "0 20,000 40,000 60,000 80,000")]
    [InlineData(0, 1e6, 5, "0 200,000 400,000 600,000 800,000 1,000,000")]
    [InlineData(0, 1e8, 4, "0 0.5×10⁸ 1.0×10⁸")]
    [InlineData(0, 9e-7, 3, "0 5×10⁻⁷")]
    [InlineData(0, 0.001, 5, "0.0000 0.0002 0.0004 0.0006 0.0008 0.0010")]
    [InlineData(-4e12, 4e12, 4, "−4×10¹² −2×10¹² 0 2×10¹² 4×10¹²")]
    [InlineData(10000000, 10000009, 3, "10,000,000 10,000,005")]
    public void Linear_labels_are_round_and_short(double low, double high, int count, string expected) =>
        Assert.Equal(expected.Split(' '), Labels(low, high, count));

    [Theory]
    [InlineData(1, 10000, 6, "1 10 100 1,000 10,000")]
    [InlineData(0.001, 1, 4, "0.001 0.01 0.1 1")]
    [InlineData(0.04, 3, 8, "0.05 0.1 0.2 0.5 1 2")]
    [InlineData(1e-9, 1e-3, 7, "10⁻⁹ 10⁻⁸ 10⁻⁷ 10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³")]
    [InlineData(1e-300, 1e300, 8, "10⁻³⁰⁰ 10⁻²⁰⁰ 10⁻¹⁰⁰ 10⁰ 10¹⁰⁰ 10²⁰⁰ 10³⁰⁰")]
    [InlineData(1e5, 3e6, 6, "10⁵ 2×10⁵ 5×10⁵ 10⁶ 2×10⁶")]
    [InlineData(2.1, 4.7, 6, "2.5 3.0 3.5 4.0 4.5")]
    public void Logarithmic_labels_are_powers_of_ten_where_there_are_enough(double low, double high, int count, string expected) =>
        Assert.Equal(expected.Split(' '), Labels(low, high, count, isLogarithmic: true));

    [Fact]
    public void Minor_ticks_fill_the_decades_of_a_logarithmic_axis()
    {
        var minor = Ticks.On(new Scale(1, 1000, true), 4).Where(t => !t.IsMajor).Select(t => t.Value);
        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 9, 20, 30, 40, 50, 60, 70, 80, 90, 200, 300, 400, 500, 600, 700, 800, 900], minor);
    }

    [Fact]
    public void Any_scale_has_ascending_ticks_inside_it_with_labels_that_are_different_and_true()
    {
        var random = new Random(2);
        for (var i = 0; i < 4000; i++)
        {
            var isLogarithmic = i % 2 == 1;
            var middle = (random.NextDouble() - (isLogarithmic ? 0 : 0.5)) * Math.Pow(10, random.Next(-300, 300));
            var spread = Math.Pow(10, (random.NextDouble() * 12) - 8.5);
            var scale = isLogarithmic ? Scale.Over([Math.Abs(middle), Math.Abs(middle) * (1 + spread)], true)
                : Scale.Over([middle, middle * (1 + spread)], false);
            foreach (var count in new[] { 2, 4, 8 })
            {
                var ticks = Ticks.On(scale, count);
                var major = ticks.Where(t => t.IsMajor).ToArray();
                Assert.True(major.Length >= 1 || count < 4, $"{scale}: no labels of {count}");
                Assert.InRange(major.Length, 0, Math.Max(count + 1, 5));
                Assert.All(ticks, t => Assert.InRange(t.Value, scale.Low, scale.High));
                Assert.All(ticks.Zip(ticks.Skip(1), (a, b) => (a, b)), pair => Assert.True(pair.a.Value < pair.b.Value));
                Assert.Equal(major.Length, major.Select(t => t.Label).Distinct(StringComparer.Ordinal).Count());
                Assert.All(major, t => Assert.Equal(Read(t.Label), t.Value, Math.Abs(t.Value) * 1e-9));
                Assert.DoesNotContain(major, t => Read(t.Label) == 0 && t.Label.Contains('−', StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Linear_steps_are_one_two_or_five_times_a_power_of_ten()
    {
        var random = new Random(3);
        for (var i = 0; i < 5000; i++)
        {
            var low = (random.NextDouble() - 0.5) * 100;
            var ticks = Ticks.On(new Scale(low, low + Math.Pow(10, (random.NextDouble() * 6) - 3)), 6);
            var step = (ticks[^1].Value - ticks[0].Value) / (ticks.Length - 1);
            var power = Math.Pow(10, Math.Floor(Math.Log10(step) + 1e-9));
            var lead = Math.Round(step / power);
            Assert.Contains(lead, new[] { 1.0, 2, 5 });
            Assert.All(ticks, t => Assert.Equal(Math.Round(t.Value / (lead * power)), t.Value / (lead * power), 1e-6));
            Assert.InRange(ticks.Length, 2, 7);
        }
    }

    [Theory]
    [InlineData(-0.001, 2, "0.00")]
    [InlineData(-1.25, 1, "−1.2")]
    [InlineData(3, 0, "3")]
    public void Fixed_numbers_have_no_negative_zero(double value, int decimals, string expected) =>
        Assert.Equal(expected, Ticks.Fixed(value, decimals));

    static double Read(string label)
    {
        var plain = label.Replace(",", "", StringComparison.Ordinal).Replace('−', '-').Replace('⁻', '-');
        foreach (var (digit, superscript) in "⁰¹²³⁴⁵⁶⁷⁸⁹".Select((c, i) => (i, c)))
            plain = plain.Replace(superscript, (char)('0' + digit));
        var parts = plain.Split('×');
        return parts.Length == 2 ? Parse($"{parts[0]}e{parts[1][2..]}")
            : label.Any(c => "⁰¹²³⁴⁵⁶⁷⁸⁹".Contains(c, StringComparison.Ordinal)) ? Parse($"1e{plain[2..]}")
            : Parse(plain);

        static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
