using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>Numbers in bfloat16, the upper half of single precision (Kalamkar et al. 2019).</summary>
static class BFloat16
{
    const uint BelowHalf = 0x7FFF;
    const uint Quiet = 0x0040;
    const int Exponent = 0x7F80;

    /// <summary>The number that 16 bits stand for.</summary>
    public static float Number(ushort bits) => Unsafe.BitCast<uint, float>((uint)bits << 16);

    /// <summary>Whether they stand for a number, and not for infinity or NaN.</summary>
    public static bool IsFinite(ushort bits) => (bits & Exponent) != Exponent;

    /// <summary>The 16 bits of a number that has no others.</summary>
    public static ushort Bits(Real number) => (ushort)(Unsafe.BitCast<float, uint>((float)number) >> 16);

    /// <summary>The nearest, ties to even; infinite beyond the largest; NaN stays NaN.</summary>
    public static ushort Nearest(Real number)
    {
        var bits = Unsafe.BitCast<float, uint>(ToOdd(number));
        return (ushort)(Real.IsNaN(number) ? bits >> 16 | Quiet : (bits + BelowHalf + (bits >> 16 & 1)) >> 16);
    }

    /// <summary>The nearest that is no smaller in size.</summary>
    public static Real AwayFromZero(Real number)
    {
        var single = (float)number;
        var bits = Unsafe.BitCast<float, uint>(single);
        var upper = bits >> 16;
        return Number((ushort)((bits & 0xFFFF) != 0 || Real.Abs(single) < Real.Abs(number) ? upper + 1 : upper));
    }

    /// <summary>Single precision, of two neighbours the odd one: rounding that again to nearest is as rounding once.</summary>
    static float ToOdd(Real number)
    {
        var nearest = (float)number;
        if (nearest == number || Real.IsNaN(number) || (Unsafe.BitCast<float, uint>(nearest) & 1) == 1)
            return nearest;
        return nearest < number ? float.BitIncrement(nearest) : float.BitDecrement(nearest);
    }
}
