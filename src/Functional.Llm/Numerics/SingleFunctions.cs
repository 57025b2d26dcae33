// float: emulates PyTorch's float32
namespace Functional.Llm;

/// <summary>Logarithm, cosine and sine in single precision, to 4 units in the last place, made of single operations alone.</summary>
/// <remarks>
/// The bits are the same on every machine, as those of the C library's functions are not, and those of NumPy's vectorised functions, whose
/// polynomials these are (Harris et al. 2020). PyTorch's own builds differ among each other in the last bits.
/// </remarks>
static class SingleFunctions
{
    /// <summary>ln x for a normal x > 0: with x = 2ᵉ·m, m in (√½, √2], the sum of e ln 2 and a rational function of m − 1.</summary>
    public static float Log(float x)
    {
        var bits = BitConverter.SingleToInt32Bits(x);
        var exponent = (bits >> 23) - 127;
        var mantissa = BitConverter.Int32BitsToSingle((bits & 0x7FFFFF) | 0x3F800000);
        if (mantissa > (float)1.4142135623730951)
            (mantissa, exponent) = (mantissa / 2, exponent + 1);
        var above = Polynomial(mantissa - 1, [0.025899791179079227, 0.3808837741388408, 1.4800006335765066, 2.112677543073053, 1, 0]);
        var below = Polynomial(mantissa - 1, [0.005875095403124574, 0.15464763749839067, 0.9864942958519419, 2.4530060717847364, 2.612677543073109, 1]);
        return float.FusedMultiplyAdd(exponent, (float)0.6931471805599453, above / below);
    }

    /// <summary>cos x and sin x for |x| below about 10⁴: x is reduced by multiples of π/2, in three parts, to [−π/4, π/4].</summary>
    public static (float Cos, float Sin) CosSin(float x)
    {
        var quarters = float.Round(x * (float)0.6366197466850281, MidpointRounding.ToEven);
        var r = float.FusedMultiplyAdd(quarters, (float)-1.570796012878418, x);
        r = float.FusedMultiplyAdd(quarters, (float)-3.1391647326017846e-7, r);
        r = float.FusedMultiplyAdd(quarters, (float)-5.390302529957765e-15, r);
        var square = r * r;
        var cos = Polynomial(square, [2.4372266125283204e-5, -0.001388652017340064, 0.04166661947965622, -0.5, 1]);
        var sin = Polynomial(square, [2.8404097065504175e-6, -0.00019856491417158395, 0.008333397097885609, -0.1666666716337204]) * square;
        sin = float.FusedMultiplyAdd(sin, r, r);
        return ((int)quarters & 3) switch
        {
            0 => (cos, sin),
            1 => (-sin, cos),
            2 => (-cos, -sin),
            _ => (sin, -cos),
        };
    }

    /// <summary>Horner's scheme, the highest power's coefficient first.</summary>
    static float Polynomial(float x, ReadOnlySpan<double> coefficients)
    {
        var sum = (float)coefficients[0];
        foreach (var coefficient in coefficients[1..])
            sum = float.FusedMultiplyAdd(sum, x, (float)coefficient);
        return sum;
    }
}
