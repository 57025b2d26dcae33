using System.Numerics;

namespace Functional.Llm.Tests;

/// <summary>The error function by its Taylor series in integers scaled by 2³²⁰: an evaluation that shares nothing with the library's.</summary>
static class HighPrecision
{
    const int Bits = 320;
    static readonly BigInteger One = BigInteger.One << Bits;
    static readonly BigInteger TwoOverRootPi = (One << (Bits + 1)) / SquareRoot(Pi() << Bits);

    /// <summary>How far a computed erf x is from the true one, in units of the computed one's last place.</summary>
    public static double UlpsFromErf(double x, double computed)
    {
        var (mantissa, exponent) = Split(x);
        var (last, place) = Split(computed);
        // erf x = x · 2/√π · Σ (−x²)ⁿ / (n! (2n + 1)); then both sides in units of 2^(place − 60).
        var exact = mantissa * (TwoOverRootPi * Series(x) >> Bits);
        var difference = Shift(exact, exponent - Bits - place + 60) - (last << 60);
        return Math.Abs((double)difference) / Math.ScaleB(1, 60);
    }

    static BigInteger Series(double x)
    {
        var (mantissa, exponent) = Split(x);
        var square = Shift(mantissa * mantissa, 2 * exponent + Bits);
        BigInteger sum = One, power = One;
        for (var n = 1; !power.IsZero; n++)
        {
            power = -(power * square >> Bits) / n;
            sum += power / (2 * n + 1);
        }

        return sum;
    }

    /// <summary>π = 16 arctan 1/5 − 4 arctan 1/239 (Machin 1706).</summary>
    static BigInteger Pi() => 16 * ArcTangentOfReciprocal(5) - 4 * ArcTangentOfReciprocal(239);

    static BigInteger ArcTangentOfReciprocal(int n)
    {
        BigInteger sum = 0, power = One / n;
        for (var k = 1; !power.IsZero; k += 2)
        {
            sum += (k % 4 == 1 ? power : -power) / k;
            power /= n * n;
        }

        return sum;
    }

    static BigInteger SquareRoot(BigInteger x)
    {
        var root = BigInteger.One << (int)(x.GetBitLength() / 2 + 1);
        while (true)
        {
            var next = (root + x / root) >> 1;
            if (next >= root)
                return root;
            root = next;
        }
    }

    /// <summary>x = mantissa · 2^exponent, with 53 bits of mantissa unless x is subnormal.</summary>
    static (BigInteger Mantissa, int Exponent) Split(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var (exponent, fraction) = ((int)(bits >> 52 & 0x7FF), bits & 0xFFFFFFFFFFFFF);
        var mantissa = exponent == 0 ? fraction : fraction | 1L << 52;
        return (x < 0 ? -mantissa : mantissa, Math.Max(exponent, 1) - 1075);
    }

    static BigInteger Shift(BigInteger x, int places) => places >= 0 ? x << places : x >> -places;
}
