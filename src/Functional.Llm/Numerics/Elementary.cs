using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>Elementary functions, written once for vectors of every width: the bits of a result depend on the argument alone.</summary>
/// <remarks>Within 4 units in the last place on their whole range, with the limits at infinities; NaN passes.</remarks>
static unsafe class Elementary
{
    const bool IsSingle = sizeof(Real) == sizeof(int);

    // Not a constant to the compiler, which would find code that is never reached; it is one when this is compiled for the processor.
    static bool IsDouble => !IsSingle;

    // ln 2 in two parts, of which the first times a small whole number is exact.
    const Real Ln2High = (Real)(IsSingle ? 0.693145751953125 : 6.93147180369123816490e-01);
    const Real Ln2Low = (Real)(IsSingle ? 1.42860682030941723212e-06 : 1.90821492927058770002e-10);
    const Real Log2E = (Real)1.4426950408889634;

    // Beyond these, eˣ is 0 or infinite.
    const Real ExpLowest = IsSingle ? -110 : -760;
    const Real ExpHighest = IsSingle ? 90 : 711;

    /// <summary>eˣ = 2ⁿ eʳ with |r| ≤ ½ ln 2, by the Taylor series of eʳ, whose parts are summed side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Exp<L>(L x)
        where L : struct, ILanes<L>
    {
        var n = L.MultiplyAdd(x, Log2E, Lanes.Integer) - Lanes.Integer;
        var r = L.MultiplyAdd(n, -Ln2Low, L.MultiplyAdd(n, -Ln2High, x));
        var square = r * r;
        L sum = L.MultiplyAdd(r, (Real)(1.0 / 5040), (Real)(1.0 / 720));
        if (IsDouble)
        {
            L end = L.MultiplyAdd(r, (Real)(1.0 / 6227020800), (Real)(1.0 / 479001600));
            end = L.MultiplyAdd(end, square, L.MultiplyAdd(r, (Real)(1.0 / 39916800), (Real)(1.0 / 3628800)));
            end = L.MultiplyAdd(end, square, L.MultiplyAdd(r, (Real)(1.0 / 362880), (Real)(1.0 / 40320)));
            sum = L.MultiplyAdd(end, square, sum);
        }

        sum = L.MultiplyAdd(sum, square, L.MultiplyAdd(r, (Real)(1.0 / 120), (Real)(1.0 / 24)));
        sum = L.MultiplyAdd(sum, square, L.MultiplyAdd(r, (Real)(1.0 / 6), (Real)0.5));
        var power = L.Scale(L.MultiplyAdd(sum, square, 1 + r), n);
        return L.WhereLess(x, ExpLowest, 0, L.WhereLess(ExpHighest, x, Real.PositiveInfinity, power));
    }

    /// <summary>ln x = n ln 2 + ln m with x = 2ⁿ m, √½ ≤ m &lt; √2; ln m = 2 artanh s, s = (m − 1)/(m + 1), by its series (fdlibm's e_log.c).</summary>
    /// <remarks>−∞ at 0, NaN below.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Log<L>(L x)
        where L : struct, ILanes<L>
    {
        // The smallest numbers have no exponent of their own.
        const Real Normal = (Real)(IsSingle ? 1.1754943508222875e-38 : 2.2250738585072014e-308);
        const Real Raise = (Bits)1 << (Lanes.FractionBits + 1);
        var (m, n) = L.Split(L.WhereLess(x, Normal, x * Raise, x));
        n -= L.WhereLess(x, Normal, Lanes.FractionBits + 1, 0);

        var f = m - 1;
        var s = f / (f + 2);
        var z = s * s;
        L sum = (Real)(IsSingle ? 2.0 / 9 : 2.0 / 21);
        if (IsDouble)
        {
            sum = L.MultiplyAdd(sum, z, (Real)(2.0 / 19));
            sum = L.MultiplyAdd(sum, z, (Real)(2.0 / 17));
            sum = L.MultiplyAdd(sum, z, (Real)(2.0 / 15));
            sum = L.MultiplyAdd(sum, z, (Real)(2.0 / 13));
            sum = L.MultiplyAdd(sum, z, (Real)(2.0 / 11));
            sum = L.MultiplyAdd(sum, z, (Real)(2.0 / 9));
        }

        sum = L.MultiplyAdd(sum, z, (Real)(2.0 / 7));
        sum = L.MultiplyAdd(sum, z, (Real)(2.0 / 5));
        sum = L.MultiplyAdd(sum, z, (Real)(2.0 / 3));
        var half = f * f * (Real)0.5;
        var logarithm = L.MultiplyAdd(n, Ln2High, f - (half - L.MultiplyAdd(s, half + sum * z, n * Ln2Low)));
        var other = L.WhereLess(x, 0, Real.NaN, -1 / (x * x));
        return L.WhereLess(0, x, L.WhereLess(x, Real.PositiveInfinity, logarithm, x), other);
    }

    /// <summary>ln(1 + x) for −1 &lt; x &lt; ∞, to the last bits also where 1 + x rounds to 1 (Kahan: the rounding of 1 + x is divided out again).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L LogOnePlus<L>(L x)
        where L : struct, ILanes<L>
    {
        var sum = 1 + x;
        var rounded = sum - 1;
        return L.WhereLess(0, L.Abs(rounded), Log(sum) * (x / rounded), x);
    }

    /// <summary>tanh x, as 1 − 2/(e^(2|x|) + 1) with the sign of x; near 0, where that cancels, x + x³ P(x²)/Q(x²) (Cody and Waite 1980).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Tanh<L>(L x)
        where L : struct, ILanes<L>
    {
        var a = L.Abs(x);
        var square = a * a;
        var p = (square * (Real)(-9.64399179425052238628e-1) - (Real)9.92877231001918586564e1) * square - (Real)1.61468768441708447952e3;
        var q = ((square + (Real)1.12811678491632931402e2) * square + (Real)2.23548839060100448583e3) * square + (Real)4.84406305325125486048e3;

        // One division for both, which is what costs.
        const Real Near = (Real)0.625;
        var ratio = L.WhereLess(a, Near, a * square * p, -2) / L.WhereLess(a, Near, q, Exp(a + a) + 1);
        return L.CopySign(L.WhereLess(a, Near, a, 1) + ratio, x);
    }

    /// <summary>σ(x), from e^(−|x|), which cannot overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Sigmoid<L>(L x)
        where L : struct, ILanes<L>
    {
        var e = Exp(-L.Abs(x));
        return L.WhereLess(x, 0, e, 1) / (1 + e);
    }

    /// <summary>ln(1 + eˣ), as max(x, 0) + ln(1 + e^(−|x|)), which can neither overflow nor lose small values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Softplus<L>(L x)
        where L : struct, ILanes<L> => L.Max(0, x) + LogOnePlus(Exp(-L.Abs(x)));

    /// <summary>erf x = 2/√π ∫₀ˣ e^(−t²) dt: an odd polynomial near 0, elsewhere 1 − e^(−Q(|x|)).</summary>
    /// <remarks>Both polynomials minimise the largest relative error, of 6e-10 and 6e-11; in double precision, as <see cref="SpecialFunctions.Erf"/>.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Erf<L>(L x)
        where L : struct, ILanes<L>
    {
        if (IsDouble)
            return OneByOne(x);
        var a = L.Abs(x);
        var s = a * a;
        L small = (Real)8.185090813808108e-05;
        small = L.MultiplyAdd(small, s, (Real)(-0.0008097702739787101));
        small = L.MultiplyAdd(small, s, (Real)0.005196952022667522);
        small = L.MultiplyAdd(small, s, (Real)(-0.026857705071299386));
        small = L.MultiplyAdd(small, s, (Real)0.11283663997667762);
        small = L.MultiplyAdd(small, s, (Real)(-0.3761263161341426));
        small = L.MultiplyAdd(small, s, (Real)0.1283791664084852);
        small = L.MultiplyAdd(small, a, a);

        var t = L.Min(10, a);
        L large = (Real)(-2.082861807197658e-05);
        large = L.MultiplyAdd(large, t, (Real)0.00043139356186473266);
        large = L.MultiplyAdd(large, t, (Real)(-0.004156254898352286));
        large = L.MultiplyAdd(large, t, (Real)0.02508061645247212);
        large = L.MultiplyAdd(large, t, (Real)(-0.10822038399161311));
        large = L.MultiplyAdd(large, t, (Real)(-0.6334008508984283));
        large = L.MultiplyAdd(large, t, (Real)(-1.1294884064134383));
        large = L.MultiplyAdd(large, t, (Real)0.00016920512395302012);
        return L.CopySign(L.WhereLess(a, (Real)0.925, small, 1 - Exp(large)), x);
    }

    static L OneByOne<L>(L x)
        where L : struct, ILanes<L>
    {
        var numbers = stackalloc Real[L.Count];
        L.Store(x, numbers);
        for (var i = 0; i < L.Count; i++)
            numbers[i] = (Real)SpecialFunctions.Erf(numbers[i]);
        return L.Load(numbers);
    }
}
