using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <summary>BF16 in files.</summary>
static class BrainFloat
{
    /// <summary>The very numbers.</summary>
    public static void ToReal(ReadOnlySpan<byte> stored, Span<Real> numbers)
    {
        var codes = MemoryMarshal.Cast<byte, ushort>(stored);
        for (var i = 0; i < codes.Length; i++)
            numbers[i] = BFloat16.Number(codes[i]);
    }

    /// <summary>The nearest.</summary>
    public static void FromReal(ReadOnlySpan<Real> numbers, Span<byte> stored)
    {
        var codes = MemoryMarshal.Cast<byte, ushort>(stored);
        for (var i = 0; i < codes.Length; i++)
            codes[i] = BFloat16.Nearest(numbers[i]);
    }
}
