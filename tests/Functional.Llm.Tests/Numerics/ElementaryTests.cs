using System.Runtime.CompilerServices;
using Functional.Llm.Tests.Gradients;
using Xunit;
using Xunit.Abstractions;

namespace Functional.Llm.Tests;

/// <summary>The elementary functions: within 4 units in the last place on their whole range, with the same bits on vectors of every width.</summary>
public sealed unsafe class ElementaryTests(ITestOutputHelper output)
{
    delegate void Apply(Real[] x, Real[] z);

    static readonly Dictionary<string, (Apply[] Widths, Func<double, double> Exact)> Functions = new(StringComparer.Ordinal)
    {
        ["exp"] = (Widths(new Functions.Exp()), Math.Exp),
        ["log"] = (Widths(new Functions.Log()), Math.Log),
        ["tanh"] = (Widths(new Functions.Tanh()), Math.Tanh),
        ["erf"] = (Widths(new Functions.Erf()), SpecialFunctions.Erf),
        ["sigmoid"] = (Widths(new Functions.Sigmoid()), x => x > 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x))),
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_function_is_right_to_four_units_in_the_last_place_on_its_whole_range(string name)
    {
        var (widths, exact) = Functions[name];
        var x = WholeRange();
        var z = new Real[x.Length];
        widths[0](x, z);
        var (worst, at) = (0.0, x[0]);
        for (var i = 0; i < x.Length; i++)
        {
            var expected = exact(x[i]);
            if (double.IsNaN(expected) || double.IsInfinity((Real)expected))
            {
                Assert.True(z[i].Equals((Real)expected), $"{name}({x[i]:R}) = {z[i]}, not {expected}");
                continue;
            }

            var ulps = Math.Abs(z[i] - expected) / Tolerance.Ulp(expected);
            if (!(ulps <= worst))
                (worst, at) = (ulps, x[i]);
        }

        output.WriteLine($"{name}: at most {worst:F2} units in the last place, at {at:R}");
        Assert.True(worst <= 4, $"{name}({at:R}) is {worst} units in the last place off.");
    }

    [Theory, MemberData(nameof(Names))]
    public void A_number_has_the_same_bits_in_every_place_of_vectors_of_every_width(string name)
    {
        var widths = Functions[name].Widths;
        var x = WholeRange()[..10_007];
        var expected = new Real[x.Length];
        widths[0](x, expected);
        foreach (var apply in widths)
        {
            for (var shift = 0; shift < 17; shift++)
            {
                var z = new Real[x.Length - shift];
                apply(x[shift..], z);
                Assert.True(Tensor.Create(z).SameBits(Tensor.Create(expected.AsSpan(shift))));
            }
        }
    }

    [Fact]
    public void What_is_known_exactly_is_exact()
    {
        Assert.Equal([1, 0, 1, 0, 0, (Real)0.5], new[] { Of("exp", 0), Of("exp", Real.NegativeInfinity), Of("exp", (Real)(-0.0)), Of("log", 1), Of("tanh", 0), Of("sigmoid", 0) });
        Assert.Equal(Real.NegativeInfinity, Of("log", 0));
        Assert.Equal(Real.NegativeInfinity, Of("log", (Real)(-0.0)));
        Assert.Equal(Real.PositiveInfinity, Of("log", Real.PositiveInfinity));
        Assert.Equal(Real.PositiveInfinity, Of("exp", Real.PositiveInfinity));
        Assert.True(Real.IsNegative(Of("erf", (Real)(-0.0))) && Real.IsNegative(Of("tanh", (Real)(-0.0))));
    }

    static Real Of(string name, Real x)
    {
        var z = new Real[1];
        Functions[name].Widths[0]([x], z);
        return z[0];
    }

    /// <summary>Bit patterns evenly over all there are, the special ones first.</summary>
    static Real[] WholeRange()
    {
        Real[] special = [0, (Real)(-0.0), Real.Epsilon, -Real.Epsilon, Real.MaxValue, Real.MinValue, Real.PositiveInfinity, Real.NegativeInfinity, Real.NaN, 1, -1];
        var draw = new Draw(11);
        var patterns = Enumerable.Range(0, 1_000_000).Select(i => Unsafe.BitCast<Bits, Real>((Bits)((ulong)i * (ulong.MaxValue / 1_000_000) >> (64 - 8 * sizeof(Real)))));
        var usual = Enumerable.Range(0, 200_000).Select(_ => (Real)draw.Uniform(-12, 12));
        var near = Enumerable.Range(0, 100_000).Select(_ => (Real)(1 + draw.Normal() * 0.01));
        var steep = Enumerable.Range(0, 100_000).Select(_ => (Real)draw.Uniform(-750, 720));
        return [.. special, .. patterns, .. usual, .. near, .. steep];
    }

    static Apply[] Widths<F>(F f)
        where F : struct, IFunction =>
    [
        On<F, Lanes1>(f),
        .. Lanes128.IsSupported ? [On<F, Lanes128>(f)] : Array.Empty<Apply>(),
        .. Lanes256.IsSupported ? [On<F, Lanes256>(f)] : Array.Empty<Apply>(),
        .. Lanes512.IsSupported ? [On<F, Lanes512>(f)] : Array.Empty<Apply>(),
    ];

    static Apply On<F, L>(F f)
        where F : struct, IFunction
        where L : struct, ILanes<L> => (x, z) =>
    {
        fixed (Real* s = x, d = z)
            new Mapping<F>(f, s, d, x.Length).Run<L>();
    };
}
