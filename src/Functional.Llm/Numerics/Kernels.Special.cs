namespace Functional.Llm;

/// <summary>Functions of one number that the platform lacks, or has without the last bits.</summary>
/// <remarks>
/// The platform's vector functions (TensorPrimitives) are not used for these: their bits at an element depend on how many elements there
/// are and, for sines, on its neighbours; e⁰ is 1.0000001; and tanh loses small values. LogP1 is the logarithm of a rounded sum.
/// </remarks>
static partial class Kernels
{
    /// <summary>tanh x, as 1 − 2/(e^(2|x|) + 1) with the sign of x; near 0, where that cancels, x + x³ P(x²)/Q(x²) (Cody and Waite 1980).</summary>
    public static Real Tanh(Real x)
    {
        var a = Real.Abs(x);
        return Real.CopySign(a < (Real)0.625 ? a + a * a * a * TanhRatio(a * a) : 1 - 2 / (Real.Exp(2 * a) + 1), x);
    }

    static Real TanhRatio(Real square) =>
        (((Real)(-9.64399179425052238628e-1) * square - (Real)9.92877231001918586564e1) * square - (Real)1.61468768441708447952e3)
        / (((square + (Real)1.12811678491632931402e2) * square + (Real)2.23548839060100448583e3) * square + (Real)4.84406305325125486048e3);

    /// <summary>σ(x), from e^(−|x|), which cannot overflow.</summary>
    public static Real Sigmoid(Real x)
    {
        var e = Real.Exp(-Real.Abs(x));
        return (x >= 0 ? 1 : e) / (1 + e);
    }

    /// <summary>ln(1 + eˣ), as max(x, 0) + ln(1 + e^(−|x|)), which can neither overflow nor lose small values.</summary>
    public static Real Softplus(Real x) => Real.Max(x, 0) + LogOnePlus(Real.Exp(-Real.Abs(x)));

    /// <summary>ln(1 + x) for −1 &lt; x &lt; ∞, to the last bits also where 1 + x rounds to 1 (Kahan: the rounding of 1 + x is divided out again).</summary>
    public static Real LogOnePlus(Real x)
    {
        var sum = 1 + x;
        return sum == 1 ? x : Real.Log(sum) * (x / (sum - 1));
    }
}
