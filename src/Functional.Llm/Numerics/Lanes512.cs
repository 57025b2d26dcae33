using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Functional.Llm;

/// <summary>AVX-512: 32 registers of 64 bytes.</summary>
unsafe partial struct Lanes512 : ILanes<Lanes512>
{
    Vector512<Real> numbers;

    Lanes512(Vector512<Real> numbers) => this.numbers = numbers;

    // Vector512.IsHardwareAccelerated is false on processors that lower their clock for it, which products win back twice.
    public static bool IsSupported => Avx512F.IsSupported;

    public static int Count => Vector512<Real>.Count;

    public static int Rows => 12;

    public static Lanes512 Load(Real* source) => new(Vector512.Load(source));

    public static void Store(Lanes512 x, Real* destination) => x.numbers.Store(destination);

    public static implicit operator Lanes512(Real x) => new(Vector512.Create(x));

    public static Lanes512 operator +(Lanes512 a, Lanes512 b) => new(a.numbers + b.numbers);

    public static Lanes512 operator -(Lanes512 a, Lanes512 b) => new(a.numbers - b.numbers);

    public static Lanes512 operator -(Lanes512 x) => new(-x.numbers);

    public static Lanes512 operator *(Lanes512 a, Lanes512 b) => new(a.numbers * b.numbers);

    public static Lanes512 operator /(Lanes512 a, Lanes512 b) => new(a.numbers / b.numbers);

    public static Lanes512 MultiplyAdd(Lanes512 a, Lanes512 b, Lanes512 c) => new(Vector512.FusedMultiplyAdd(a.numbers, b.numbers, c.numbers));

    public static void AddProduct(ref Lanes512 sum, Lanes512 a, Lanes512 b) => sum.numbers = Vector512.FusedMultiplyAdd(a.numbers, b.numbers, sum.numbers);

    public static Lanes512 Sqrt(Lanes512 x) => new(Vector512.Sqrt(x.numbers));

    public static Lanes512 Round(Lanes512 x) => new(Vector512.Round(x.numbers));

    public static Lanes512 Abs(Lanes512 x) => new(Vector512.Abs(x.numbers));

    public static Lanes512 CopySign(Lanes512 value, Lanes512 sign) => new(Vector512.CopySign(value.numbers, sign.numbers));

    public static Lanes512 Max(Lanes512 a, Lanes512 b) => new(Vector512.MaxNative(a.numbers, b.numbers));

    public static Lanes512 Min(Lanes512 a, Lanes512 b) => new(Vector512.MinNative(a.numbers, b.numbers));

    public static Lanes512 WhereLess(Lanes512 a, Lanes512 b, Lanes512 then, Lanes512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a.numbers, b.numbers), then.numbers, otherwise.numbers));

    public static Lanes512 Scale(Lanes512 x, Lanes512 n) => new(Avx512F.Scale(x.numbers, n.numbers));

    public static (Lanes512 Mantissa, Lanes512 Exponent) Split(Lanes512 x)
    {
        var exponent = (x.numbers.As<Real, Bits>() - Vector512.Create(Lanes.RootOfHalf)) >> Lanes.FractionBits;
        var mantissa = x.numbers.As<Real, Bits>() - (exponent << Lanes.FractionBits);
        var whole = (exponent + Vector512.Create(Lanes.Integer).As<Real, Bits>()).As<Bits, Real>() - Vector512.Create(Lanes.Integer);
        return (new(mantissa.As<Bits, Real>()), new(whole));
    }

    public static Real Sum(Lanes512 x) => Lanes256.Sum(new Lanes256(x.numbers.GetLower() + x.numbers.GetUpper()));

    public static Real Largest(Lanes512 x) => Lanes256.Largest(new Lanes256(Vector256.MaxNative(x.numbers.GetLower(), x.numbers.GetUpper())));

}
