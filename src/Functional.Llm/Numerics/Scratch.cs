namespace Functional.Llm;

/// <summary>Memory for packed operands, kept by the thread that asks for it and used again. It never becomes part of a tensor.</summary>
/// <param name="Array">An array that stays where it is.</param>
/// <param name="Offset">Where its first aligned element is.</param>
readonly unsafe record struct Scratch(Real[] Array, int Offset)
{
    /// <summary>Of a cache line, in bytes.</summary>
    const int Alignment = 64;

    [ThreadStatic]
    static Real[]? keptLeft;

    [ThreadStatic]
    static Real[]? keptRight;

    /// <summary>At least <paramref name="size"/> elements for a left operand, aligned to a cache line.</summary>
    public static Scratch ForLeft(long size) => Of(size, ref keptLeft);

    /// <summary>As many for a right operand.</summary>
    public static Scratch ForRight(long size) => Of(size, ref keptRight);

    static Scratch Of(long size, ref Real[]? kept)
    {
        var needed = checked((int)size + Alignment);
        if (kept is null || kept.Length < needed)
            kept = GC.AllocateUninitializedArray<Real>(needed, pinned: true);
        fixed (Real* start = kept)
            return new(kept, (int)((Alignment - (nint)start % Alignment) % Alignment / sizeof(Real)));
    }
}
