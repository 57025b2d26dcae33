using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Functional.Llm;

/// <summary>Functions whose result at an element depends on that element alone: not on its neighbours, nor on how many there are.</summary>
/// <remarks>
/// The platform's vector functions take another way for few elements (a last bit differs) and lose small values where they subtract
/// from 1 (tanh, ln(1 + x)); those are ours.
/// </remarks>
static partial class Kernels
{
    /// <summary>eˣ.</summary>
    public static void Exp(ReadOnlySpan<Real> x, Span<Real> z) => Wide(TensorPrimitives.Exp, x, z);

    /// <summary>ln x.</summary>
    public static void Log(ReadOnlySpan<Real> x, Span<Real> z) => Wide(TensorPrimitives.Log, x, z);

    /// <summary>sin x, one element at a time: in a vector function one large angle changes the bits of its neighbours.</summary>
    public static void Sin(ReadOnlySpan<Real> x, Span<Real> z)
    {
        for (var i = 0; i < x.Length; i++)
            z[i] = Real.Sin(x[i]);
    }

    /// <summary>cos x, one element at a time, as for sin.</summary>
    public static void Cos(ReadOnlySpan<Real> x, Span<Real> z)
    {
        for (var i = 0; i < x.Length; i++)
            z[i] = Real.Cos(x[i]);
    }

    /// <summary>tanh x, as 1 − 2/(e^(2|x|) + 1) with the sign of x; near 0, where that cancels, x + x³ P(x²)/Q(x²) (Cody and Waite 1980).</summary>
    public static void Tanh(ReadOnlySpan<Real> x, Span<Real> z)
    {
        TensorPrimitives.Abs(x, z);
        TensorPrimitives.Multiply(z, 2, z);
        Exp(z, z);
        for (var i = 0; i < x.Length; i++)
        {
            var a = Real.Abs(x[i]);
            z[i] = Real.CopySign(a < (Real)0.625 ? a + a * a * a * TanhRatio(a * a) : 1 - 2 / (z[i] + 1), x[i]);
        }
    }

    static Real TanhRatio(Real square) =>
        (((Real)(-9.64399179425052238628e-1) * square - (Real)9.92877231001918586564e1) * square - (Real)1.61468768441708447952e3)
        / (((square + (Real)1.12811678491632931402e2) * square + (Real)2.23548839060100448583e3) * square + (Real)4.84406305325125486048e3);

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
    public static Real Softplus(Real x) => Real.Max(x, 0) + LogOnePlus(Real.Exp(-Real.Abs(x)));

    /// <summary>ln(1 + x) for −1 &lt; x &lt; ∞, to the last bits also where 1 + x rounds to 1 (Kahan: the rounding of 1 + x is divided out again).</summary>
    public static Real LogOnePlus(Real x)
    {
        var sum = 1 + x;
        return sum == 1 ? x : Real.Log(sum) * (x / (sum - 1));
    }

    /// <summary>erf x, computed in double precision.</summary>
    public static void Erf(ReadOnlySpan<Real> x, Span<Real> z)
    {
        for (var i = 0; i < x.Length; i++)
            z[i] = (Real)SpecialFunctions.Erf(x[i]);
    }

    /// <summary>Fewer elements than a vector holds are padded, so that they too go the vector's way.</summary>
    static void Wide(UnaryKernel f, ReadOnlySpan<Real> x, Span<Real> z)
    {
        if (x.Length >= Vector512<Real>.Count)
        {
            f(x, z);
            return;
        }

        Span<Real> padded = stackalloc Real[Vector512<Real>.Count];
        x.CopyTo(padded);
        f(padded, padded);
        padded[..x.Length].CopyTo(z);
    }
}
