using Functional.Llm.Tests.Gradients;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>erf, σ, softplus, tanh and ln(1 + x): to the last bits, in the tails, at the edges.</summary>
public sealed class SpecialFunctionTests
{
    /// <summary>erf x, checked to lie within one unit of the last place and within 1e-14.</summary>
    static double Erf(double x)
    {
        var y = SpecialFunctions.Erf(x);
        var ulps = HighPrecision.UlpsFromErf(x, y);
        Assert.True(ulps <= 1, $"erf {x:R} = {y:R} is {ulps} units of the last place off.");
        Assert.True(ulps * (Math.BitIncrement(Math.Abs(y)) - Math.Abs(y)) <= 1e-14);
        return y;
    }

    [Fact]
    public void The_high_precision_series_knows_the_tabulated_values()
    {
        Assert.InRange(HighPrecision.UlpsFromErf(0.5, 0.52049987781304653768), 0, 0.5);
        Assert.InRange(HighPrecision.UlpsFromErf(1, 0.84270079294971486934), 0, 0.5);
        Assert.InRange(HighPrecision.UlpsFromErf(3, 0.99997790950300141456), 0, 0.5);
        Assert.Equal(1, HighPrecision.UlpsFromErf(1, Math.BitIncrement(0.84270079294971486934)), 0.5);
    }

    [Fact]
    public void Erf_is_right_to_the_last_place_from_minus_seven_to_seven()
    {
        var draw = new Draw(1);
        for (var i = -3584; i < 3584; i++)
            Erf((i + draw.Uniform(0, 1)) / 512.0);
    }

    [Fact]
    public void Erf_is_right_on_both_sides_of_where_its_approximations_meet()
    {
        foreach (var seam in new[] { 0.84375, 1.25, 1 / 0.35, 6, 1, Math.ScaleB(1, -28), Math.ScaleB(1, -1022), 5.921875 })
        {
            foreach (var x in new[] { Math.BitDecrement(seam), seam, Math.BitIncrement(seam) })
                Erf(x);
        }

        foreach (var x in new[] { 1e-300, 1e-100, 1e-20, 1e-10, 1e-5, 0.1, double.Epsilon, 3 * double.Epsilon, 1e-310 })
            Assert.Equal(-Erf(x), Erf(-x));
    }

    [Fact]
    public void Erf_is_odd_keeps_the_sign_of_zero_and_has_its_limits()
    {
        var draw = new Draw(2);
        for (var i = 0; i < 1000; i++)
        {
            var x = 8 * draw.Normal();
            Assert.Equal(-SpecialFunctions.Erf(x), SpecialFunctions.Erf(-x));
        }

        Assert.True(double.IsNegative(SpecialFunctions.Erf(-0.0)) && !double.IsNegative(SpecialFunctions.Erf(0.0)));
        Assert.True(double.IsNaN(SpecialFunctions.Erf(double.NaN)));
        Assert.Equal((1, -1), (SpecialFunctions.Erf(double.PositiveInfinity), SpecialFunctions.Erf(double.NegativeInfinity)));
        Assert.Equal((1, -1), (SpecialFunctions.Erf(1e308), SpecialFunctions.Erf(-6)));
    }

    static Real Sigmoid(Real x) => Elementary.Sigmoid<Lanes1>(x);

    static Real Softplus(Real x) => Elementary.Softplus<Lanes1>(x);

    static Real Tanh(Real x) => Elementary.Tanh<Lanes1>(x);

    static Real LogOnePlus(Real x) => Elementary.LogOnePlus<Lanes1>(x);

    // Below, the exact values are computed in double precision by other formulas than the library's.
    static double LogisticOf(double x) => x > 0 ? (1 + Math.Tanh(x / 2)) / 2 : Math.Exp(x) / (1 + Math.Exp(x));

    /// <summary>ln(1 + e) = 2 artanh(e / (2 + e)) for 0 ≤ e ≤ 1.</summary>
    static double LogarithmOfOnePlus(double e)
    {
        var (ratio, sum) = (e / (2 + e), 0.0);
        for (var n = 41; n >= 1; n -= 2)
            sum = 1.0 / n + ratio * ratio * sum;
        return 2 * ratio * sum;
    }

    static void Close(double expected, Real actual, double ulps) =>
        Assert.InRange(actual, expected - ulps * Tolerance.Ulp(expected), expected + ulps * Tolerance.Ulp(expected));

    static IEnumerable<double> Arguments()
    {
        var draw = new Draw(3);
        return Enumerable.Range(0, 3000).Select(i => i % 3 == 0 ? draw.Uniform(-5, 5) : i % 3 == 1 ? draw.Uniform(-80, 80) : (double)(Real)(draw.Normal() * 1e-4));
    }

    [Fact]
    public void Sigmoid_is_right_to_the_last_places()
    {
        foreach (var x in Arguments())
        {
            Close(LogisticOf(x), Sigmoid((Real)x), 3);
            Assert.InRange(Sigmoid((Real)(-x)) + Sigmoid((Real)x) - 1, -Tolerance.Epsilon, Tolerance.Epsilon);
        }
    }

    [Fact]
    public void Softplus_is_right_to_the_last_places()
    {
        foreach (var x in Arguments())
        {
            Close(Math.Max(x, 0) + LogarithmOfOnePlus(Math.Exp(-Math.Abs(x))), Softplus((Real)x), 4);
            Close(x, Softplus((Real)x) - Softplus((Real)(-x)), 3 + 3 / Math.Min(1, Math.Abs(x)));
        }
    }

    [Fact]
    public void Tails_reach_down_to_the_smallest_numbers()
    {
        for (var x = -1.0; x > Tolerance.Of(-103, -744); x -= 0.5)
        {
            Close(LogisticOf(x), Sigmoid((Real)x), 4);
            Close(LogarithmOfOnePlus(Math.Exp(x)), Softplus((Real)x), 4);
        }

        Assert.True(Sigmoid((Real)Tolerance.Of(-103, -744)) > 0 && Softplus((Real)Tolerance.Of(-103, -744)) > 0);
    }

    [Fact]
    public void Sigmoid_and_softplus_have_their_limits()
    {
        Assert.Equal((0, 1), (Sigmoid(-10_000), Sigmoid(10_000)));
        Assert.Equal((0, 10_000), (Softplus(-10_000), Softplus(10_000)));
        Assert.Equal((0, 1), (Sigmoid(Real.NegativeInfinity), Sigmoid(Real.PositiveInfinity)));
        Assert.Equal((0, Real.PositiveInfinity), (Softplus(Real.NegativeInfinity), Softplus(Real.PositiveInfinity)));
        Assert.True(Real.IsNaN(Sigmoid(Real.NaN)) && Real.IsNaN(Softplus(Real.NaN)));
        Assert.Equal((Real)0.5, Sigmoid(0));
    }

    [Fact]
    public void The_logarithm_of_one_plus_x_keeps_small_x()
    {
        foreach (var x in new[] { 1e-30, 1e-20, 1e-10, 1e-8, 1e-5, 1e-3, 0.01, 0.1, 0.3, 0.5, 1 })
            Close(LogarithmOfOnePlus((Real)x), LogOnePlus((Real)x), 3);
        Close(-LogarithmOfOnePlus(1), LogOnePlus((Real)(-0.5)), 3);
        Close(Math.Log(1_000_001), LogOnePlus(1_000_000), 3);
        Assert.Equal((0, Real.NegativeInfinity), (LogOnePlus(0), LogOnePlus(-1)));
    }

    [Fact]
    public void The_hyperbolic_tangent_keeps_small_x_and_the_sign_of_zero()
    {
        for (var x = 30.0; x > 1e-30; x *= 0.9)
        {
            Close(Math.Tanh((Real)x), Tanh((Real)x), 3);
            Assert.Equal(-Tanh((Real)x), Tanh((Real)(-x)));
        }

        Assert.True(Real.IsNegative(Tanh((Real)(-0.0))) && Real.IsNaN(Tanh(Real.NaN)));
        Assert.Equal((1, -1), (Tanh(Real.PositiveInfinity), Tanh(-10_000)));
    }
}
