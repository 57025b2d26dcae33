using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Functional.Llm;

/// <summary>No vectors at all: one number.</summary>
readonly unsafe struct Lanes1 : ILanes<Lanes1>
{
    readonly Real number;

    Lanes1(Real number) => this.number = number;

    public static int Count => 1;

    public static int Rows => 4;

    public static Lanes1 Load(Real* source) => new(*source);

    public static void Store(Lanes1 x, Real* destination) => *destination = x.number;

    public static implicit operator Lanes1(Real x) => new(x);

    public static implicit operator Real(Lanes1 x) => x.number;

    public static Lanes1 operator +(Lanes1 a, Lanes1 b) => new(a.number + b.number);

    public static Lanes1 operator -(Lanes1 a, Lanes1 b) => new(a.number - b.number);

    public static Lanes1 operator -(Lanes1 x) => new(-x.number);

    public static Lanes1 operator *(Lanes1 a, Lanes1 b) => new(a.number * b.number);

    public static Lanes1 operator /(Lanes1 a, Lanes1 b) => new(a.number / b.number);

    public static Lanes1 MultiplyAdd(Lanes1 a, Lanes1 b, Lanes1 c) =>
        Fma.IsSupported || AdvSimd.IsSupported ? new(Real.FusedMultiplyAdd(a.number, b.number, c.number)) : a * b + c;

    public static void AddProduct(ref Lanes1 sum, Lanes1 a, Lanes1 b) => sum = MultiplyAdd(a, b, sum);

    public static Lanes1 Sqrt(Lanes1 x) => new(Real.Sqrt(x.number));

    public static Lanes1 Round(Lanes1 x) => new(Real.Round(x.number));

    public static Lanes1 Abs(Lanes1 x) => new(Real.Abs(x.number));

    public static Lanes1 CopySign(Lanes1 value, Lanes1 sign) => new(Real.CopySign(value.number, sign.number));

    public static Lanes1 Max(Lanes1 a, Lanes1 b) => a.number > b.number ? a : b;

    public static Lanes1 Min(Lanes1 a, Lanes1 b) => a.number < b.number ? a : b;

    public static Lanes1 WhereLess(Lanes1 a, Lanes1 b, Lanes1 then, Lanes1 otherwise) => a.number < b.number ? then : otherwise;

    public static Lanes1 Scale(Lanes1 x, Lanes1 n)
    {
        var half = Round(n * (Real)0.5);
        return x * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    public static (Lanes1 Mantissa, Lanes1 Exponent) Split(Lanes1 x)
    {
        var bits = Unsafe.BitCast<Real, Bits>(x.number);
        var exponent = (bits - Lanes.RootOfHalf) >> Lanes.FractionBits;
        return (new(Unsafe.BitCast<Bits, Real>(bits - (exponent << Lanes.FractionBits))), new(exponent));
    }

    public static Real Sum(Lanes1 x) => x.number;

    public static Real Largest(Lanes1 x) => x.number;

    static Lanes1 PowerOfTwo(Lanes1 n) =>
        new(Unsafe.BitCast<Bits, Real>((Unsafe.BitCast<Real, Bits>(n.number + Lanes.Integer) - Unsafe.BitCast<Real, Bits>(Lanes.Integer) + Lanes.Bias) << Lanes.FractionBits));
}
