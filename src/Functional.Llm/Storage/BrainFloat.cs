using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <summary>BF16, the upper half of a single-precision number (Kalamkar et al. 2019).</summary>
static class BrainFloat
{
    const uint BelowHalf = 0x7FFF;
    const uint Quiet = 0x0040;

    /// <summary>The very numbers: each bfloat16 is a single-precision number whose lower half is 0.</summary>
    public static void ToReal(ReadOnlySpan<byte> stored, Span<Real> numbers)
    {
        var codes = MemoryMarshal.Cast<byte, ushort>(stored);
        for (var i = 0; i < codes.Length; i++)
            numbers[i] = BitConverter.UInt32BitsToSingle((uint)codes[i] << 16);
    }

    /// <summary>The nearest bfloat16 numbers, ties to even; infinite beyond the largest; NaN stays NaN.</summary>
    public static void FromReal(ReadOnlySpan<Real> numbers, Span<byte> stored)
    {
        var codes = MemoryMarshal.Cast<byte, ushort>(stored);
        for (var i = 0; i < codes.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(ToOdd(numbers[i]));
            codes[i] = (ushort)(Real.IsNaN(numbers[i]) ? bits >> 16 | Quiet : (bits + BelowHalf + (bits >> 16 & 1)) >> 16);
        }
    }

    /// <summary>Single precision, of two neighbours the odd one: rounding that again to nearest is as rounding once.</summary>
    static float ToOdd(Real number)
    {
        var nearest = (float)number;
        if (nearest == number || Real.IsNaN(number) || (BitConverter.SingleToUInt32Bits(nearest) & 1) == 1)
            return nearest;
        return nearest < number ? float.BitIncrement(nearest) : float.BitDecrement(nearest);
    }
}
