using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Functional.Llm;

/// <content>Numbers that are stored in fewer bits, made numbers of the library's precision on the way into a register.</content>
unsafe partial interface ILanes<L>
{
    /// <summary>Whole numbers of 8 bits.</summary>
    static virtual L FromBytes(sbyte* source) => Of(source, static (from, i) => ((sbyte*)from)[i]);

    /// <summary>Whole numbers of 4 bits, stored with 8 added, in the lower halves of bytes.</summary>
    static virtual L FromLowHalves(byte* source) => Of(source, static (from, i) => (((byte*)from)[i] & 15) - 8);

    /// <summary>Those in the upper halves.</summary>
    static virtual L FromHighHalves(byte* source) => Of(source, static (from, i) => (((byte*)from)[i] >> 4) - 8);

    /// <summary>Numbers in bfloat16.</summary>
    static virtual L FromBFloat16(ushort* source) => Of(source, static (from, i) => BFloat16.Number(((ushort*)from)[i]));

    /// <summary>Finite numbers in IEEE's half precision.</summary>
    static virtual L FromFloat16(ushort* source) => Of(source, static (from, i) => (Real)((Half*)from)[i]);

    /// <summary>Of words of 32 bits the four bits from 4 <paramref name="place"/> on: times 16 to that place up to the seventh, of the eighth (7) as they are.</summary>
    static virtual L FromNibbles(uint* words, int place)
    {
        var numbers = stackalloc Real[L.Count];
        for (var i = 0; i < L.Count; i++)
            numbers[i] = place < 7 ? words[i] & 15u << 4 * place : words[i] >> 28;
        return L.Load(numbers);
    }

    /// <summary>Numbers in bfloat16, each four times: those of the lanes from <paramref name="lane"/> on.</summary>
    static virtual L FromBFloat16FourTimes(ushort* source, int lane)
    {
        var numbers = stackalloc Real[L.Count];
        for (var i = 0; i < L.Count; i++)
            numbers[i] = BFloat16.Number(source[(lane + i) >> 2]);
        return L.Load(numbers);
    }

    private delegate Real Numbered(void* from, int i);

    private static L Of(void* from, Numbered number)
    {
        var numbers = stackalloc Real[L.Count];
        for (var i = 0; i < L.Count; i++)
            numbers[i] = number(from, i);
        return L.Load(numbers);
    }
}

#if !REAL_IS_DOUBLE
/// <summary>How half precision becomes single: fraction and exponent are moved by 13 bits, and the exponent counts from elsewhere.</summary>
/// <remarks>Subnormal numbers, whose exponent is 0, are 2⁻¹⁴ too large with an exponent one higher. No step meets a subnormal number itself, which processors are slow at.</remarks>
static class HalfBits
{
    public const int Magnitude = 0x7FFF << 13;
    public const int Rebias = 112 << 23;
    public const int One = 1 << 23;
    public const Real Smallest = (Real)6.103515625e-5;
    public const int Sign = int.MinValue;
}

unsafe partial struct Lanes512
{
    static Vector256<uint> Upper => Vector256.Create(Vector128.Create(16u), Vector128<uint>.Zero);

    static Vector512<Real> Whole4 => Vector512.Create((Real)(-8), -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7);

    public static Lanes512 FromBytes(sbyte* source) => new(Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(source))));

    // A table is looked up by the lowest four bits of each lane alone.
    public static Lanes512 FromLowHalves(byte* source) => new(Avx512F.PermuteVar16x32(Whole4, Avx512F.ConvertToVector512Int32(Vector128.Load(source))));

    public static Lanes512 FromHighHalves(byte* source) => new(Avx512F.PermuteVar16x32(Whole4, Avx512F.ConvertToVector512Int32(Vector128.Load(source)) >> 4));

    public static Lanes512 FromNibbles(uint* words, int place) => new(Vector512.ConvertToSingle((place < 7 ? Vector512.Load(words) & Vector512.Create(15u << 4 * place) : Vector512.Load(words) >> 28).AsInt32()));

    public static Lanes512 FromBFloat16FourTimes(ushort* source, int lane)
    {
        var halves = Avx512F.PermuteVar16x32(Vector512.CreateScalar(*(long*)(source + (lane >> 2))).AsInt32(), Vector512.Create(Vector256<int>.Zero, Vector256<int>.One));
        return new((Avx512F.ShiftLeftLogicalVariable(halves, Vector512.Create(Upper, Upper)) & Vector512.Create(~0xFFFF)).AsSingle());
    }

    public static Lanes512 FromBFloat16(ushort* source) => new((Avx512F.ConvertToVector512Int32(Vector256.Load(source)) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 FromFloat16(ushort* source)
    {
        var half = Avx512F.ConvertToVector512Int32(Vector256.Load((short*)source));
        var normal = (half << 13 & Vector512.Create(HalfBits.Magnitude)) + Vector512.Create(HalfBits.Rebias);
        var subnormal = (normal + Vector512.Create(HalfBits.One)).AsSingle() - Vector512.Create(HalfBits.Smallest);
        var size = Vector512.ConditionalSelect(Vector512.LessThan(normal, Vector512.Create(HalfBits.Rebias + HalfBits.One)).AsSingle(), subnormal, normal.AsSingle());
        return new((size.AsInt32() | half & Vector512.Create(HalfBits.Sign)).AsSingle());
    }
}

unsafe partial struct Lanes256
{
    public static Lanes256 FromBytes(sbyte* source) => new(Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source)));

    public static Lanes256 FromLowHalves(byte* source) =>
        new(Vector256.ConvertToSingle((Avx2.ConvertToVector256Int32(source) & Vector256.Create(15)) - Vector256.Create(8)));

    public static Lanes256 FromHighHalves(byte* source) => new(Vector256.ConvertToSingle((Avx2.ConvertToVector256Int32(source) >> 4) - Vector256.Create(8)));

    public static Lanes256 FromNibbles(uint* words, int place) => new(Vector256.ConvertToSingle((place < 7 ? Vector256.Load(words) & Vector256.Create(15u << 4 * place) : Vector256.Load(words) >> 28).AsInt32()));

    public static Lanes256 FromBFloat16FourTimes(ushort* source, int lane) => new((Avx2.ShiftLeftLogicalVariable(Vector256.Create(*(int*)(source + (lane >> 2))), Upper) & Vector256.Create(~0xFFFF)).AsSingle());

    static Vector256<uint> Upper => Vector256.Create(Vector128.Create(16u), Vector128<uint>.Zero);

    public static Lanes256 FromBFloat16(ushort* source) => new((Avx2.ConvertToVector256Int32(source) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 FromFloat16(ushort* source)
    {
        var half = Avx2.ConvertToVector256Int32((short*)source);
        var normal = (half << 13 & Vector256.Create(HalfBits.Magnitude)) + Vector256.Create(HalfBits.Rebias);
        var subnormal = (normal + Vector256.Create(HalfBits.One)).AsSingle() - Vector256.Create(HalfBits.Smallest);
        var size = Vector256.ConditionalSelect(Vector256.LessThan(normal, Vector256.Create(HalfBits.Rebias + HalfBits.One)).AsSingle(), subnormal, normal.AsSingle());
        return new((size.AsInt32() | half & Vector256.Create(HalfBits.Sign)).AsSingle());
    }
}

unsafe partial struct Lanes128
{
    public static Lanes128 FromBytes(sbyte* source) =>
        new(Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(*(int*)source).AsSByte()))));

    public static Lanes128 FromLowHalves(byte* source) => new(Vector128.ConvertToSingle((Bytes(source) & Vector128.Create(15)) - Vector128.Create(8)));

    public static Lanes128 FromHighHalves(byte* source) => new(Vector128.ConvertToSingle((Bytes(source) >> 4) - Vector128.Create(8)));

    public static Lanes128 FromNibbles(uint* words, int place) => new(Vector128.ConvertToSingle((place < 7 ? Vector128.Load(words) & Vector128.Create(15u << 4 * place) : Vector128.Load(words) >> 28).AsInt32()));

    public static Lanes128 FromBFloat16FourTimes(ushort* source, int lane) => new(Vector128.Create(source[(lane >> 2)] << 16).AsSingle());

    public static Lanes128 FromBFloat16(ushort* source) => new((Halves(source) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 FromFloat16(ushort* source)
    {
        var half = Vector128.WidenLower(Vector128.CreateScalar(*(long*)source).AsInt16());
        var normal = (half << 13 & Vector128.Create(HalfBits.Magnitude)) + Vector128.Create(HalfBits.Rebias);
        var subnormal = (normal + Vector128.Create(HalfBits.One)).AsSingle() - Vector128.Create(HalfBits.Smallest);
        var size = Vector128.ConditionalSelect(Vector128.LessThan(normal, Vector128.Create(HalfBits.Rebias + HalfBits.One)).AsSingle(), subnormal, normal.AsSingle());
        return new((size.AsInt32() | half & Vector128.Create(HalfBits.Sign)).AsSingle());
    }

    static Vector128<int> Bytes(byte* source) => Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(*(int*)source).AsByte())).AsInt32();

    static Vector128<int> Halves(ushort* source) => Vector128.WidenLower(Vector128.CreateScalar(*(long*)source).AsUInt16()).AsInt32();
}
#endif
