namespace Functional.Llm;

static partial class Kernels
{
    /// <summary>σ(x), from e^(−|x|), which cannot overflow.</summary>
    public static void Sigmoid(ReadOnlySpan<Real> x, Span<Real> z)
    {
        for (var i = 0; i < x.Length; i++)
            z[i] = Sigmoid(x[i]);
    }

    public static Real Sigmoid(Real x)
    {
        var e = Real.Exp(-Real.Abs(x));
        return (x >= 0 ? 1 : e) / (1 + e);
    }

    /// <summary>ln(1 + eˣ), as max(x, 0) + ln(1 + e^(−|x|)), which can neither overflow nor lose small values.</summary>
    public static Real Softplus(Real x) => Real.Max(x, 0) + Real.LogP1(Real.Exp(-Real.Abs(x)));

    public static void Erf(ReadOnlySpan<Real> x, Span<Real> z)
    {
        for (var i = 0; i < x.Length; i++)
            z[i] = (Real)SpecialFunctions.Erf(x[i]);
    }
}
