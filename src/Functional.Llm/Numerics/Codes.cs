using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>How a group of 32 numbers is coded: known when a kernel is compiled for it.</summary>
unsafe interface ICodes
{
    /// <summary>What 32 codes take.</summary>
    static abstract int BytesPerGroup { get; }

    /// <summary>Whether codes are whole numbers, which their group's scale makes the numbers that they stand for.</summary>
    static abstract bool HasScales { get; }

    /// <summary>Whether two codes share a byte, for which products have a kernel of their own.</summary>
    static virtual bool AreHalfBytes => false;

    /// <summary>The codes of a group from <paramref name="at"/> on, and those 16 further, as numbers.</summary>
    static abstract void Load<L>(byte* group, int at, out L low, out L high)
        where L : struct, ILanes<L>;

    /// <summary>The codes of 32 numbers, and their scale.</summary>
    static abstract ushort Encode(Real* numbers, byte* group);
}

readonly unsafe struct BFloat16Codes : ICodes
{
    public static int BytesPerGroup => 64;

    public static bool HasScales => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<L>(byte* group, int at, out L low, out L high)
        where L : struct, ILanes<L> => (low, high) = (L.FromBFloat16((ushort*)group + at), L.FromBFloat16((ushort*)group + 16 + at));

    public static ushort Encode(Real* numbers, byte* group)
    {
        for (var i = 0; i < 32; i++)
            ((ushort*)group)[i] = BFloat16.Nearest(numbers[i]);
        return 0;
    }
}

readonly unsafe struct Float16Codes : ICodes
{
    public static int BytesPerGroup => 64;

    public static bool HasScales => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<L>(byte* group, int at, out L low, out L high)
        where L : struct, ILanes<L> => (low, high) = (L.FromFloat16((ushort*)group + at), L.FromFloat16((ushort*)group + 16 + at));

    public static ushort Encode(Real* numbers, byte* group)
    {
        for (var i = 0; i < 32; i++)
            ((Half*)group)[i] = (Half)numbers[i];
        return 0;
    }
}

readonly unsafe struct Int8Codes : ICodes
{
    public static int BytesPerGroup => 32;

    public static bool HasScales => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<L>(byte* group, int at, out L low, out L high)
        where L : struct, ILanes<L> => (low, high) = (L.FromBytes((sbyte*)group + at), L.FromBytes((sbyte*)group + 16 + at));

    public static ushort Encode(Real* numbers, byte* group)
    {
        var scale = GroupScale.Of(numbers, 127);
        for (var i = 0; i < 32; i++)
            ((sbyte*)group)[i] = (sbyte)GroupScale.Code(numbers[i], scale, 127);
        return BFloat16.Bits(scale);
    }
}

readonly unsafe struct Int4Codes : ICodes
{
    public static int BytesPerGroup => 16;

    public static bool HasScales => true;

    public static bool AreHalfBytes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<L>(byte* group, int at, out L low, out L high)
        where L : struct, ILanes<L> => (low, high) = (L.FromLowHalves(group + at), L.FromHighHalves(group + at));

    public static ushort Encode(Real* numbers, byte* group)
    {
        var scale = GroupScale.Best(numbers, 7);
        for (var i = 0; i < 16; i++)
            group[i] = (byte)(GroupScale.Code(numbers[i], scale, 7) + 8 | GroupScale.Code(numbers[16 + i], scale, 7) + 8 << 4);
        return BFloat16.Bits(scale);
    }
}
