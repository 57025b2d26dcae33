using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Functional.Llm;

/// <summary>AVX2 with FMA: 16 registers of 32 bytes.</summary>
unsafe partial struct Lanes256 : ILanes<Lanes256>
{
    Vector256<Real> numbers;

    public Lanes256(Vector256<Real> numbers) => this.numbers = numbers;

    public static bool IsSupported => Vector256.IsHardwareAccelerated && Fma.IsSupported;

    public static int Count => Vector256<Real>.Count;

    public static int Rows => 6;

    public static Lanes256 Load(Real* source) => new(Vector256.Load(source));

    public static void Store(Lanes256 x, Real* destination) => x.numbers.Store(destination);

    public static implicit operator Lanes256(Real x) => new(Vector256.Create(x));

    public static Lanes256 operator +(Lanes256 a, Lanes256 b) => new(a.numbers + b.numbers);

    public static Lanes256 operator -(Lanes256 a, Lanes256 b) => new(a.numbers - b.numbers);

    public static Lanes256 operator -(Lanes256 x) => new(-x.numbers);

    public static Lanes256 operator *(Lanes256 a, Lanes256 b) => new(a.numbers * b.numbers);

    public static Lanes256 operator /(Lanes256 a, Lanes256 b) => new(a.numbers / b.numbers);

    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) => new(Vector256.FusedMultiplyAdd(a.numbers, b.numbers, c.numbers));

    public static void AddProduct(ref Lanes256 sum, Lanes256 a, Lanes256 b) => sum.numbers = Vector256.FusedMultiplyAdd(a.numbers, b.numbers, sum.numbers);

    public static Lanes256 Sqrt(Lanes256 x) => new(Vector256.Sqrt(x.numbers));

    public static Lanes256 Round(Lanes256 x) => new(Vector256.Round(x.numbers));

    public static Lanes256 Abs(Lanes256 x) => new(Vector256.Abs(x.numbers));

    public static Lanes256 CopySign(Lanes256 value, Lanes256 sign) => new(Vector256.CopySign(value.numbers, sign.numbers));

    public static Lanes256 Max(Lanes256 a, Lanes256 b) => new(Vector256.MaxNative(a.numbers, b.numbers));

    public static Lanes256 Min(Lanes256 a, Lanes256 b) => new(Vector256.MinNative(a.numbers, b.numbers));

    public static Lanes256 WhereLess(Lanes256 a, Lanes256 b, Lanes256 then, Lanes256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(a.numbers, b.numbers), then.numbers, otherwise.numbers));

    public static Lanes256 Scale(Lanes256 x, Lanes256 n)
    {
        // In two steps, of which only the second rounds, since the smallest numbers are out of one power's reach.
        var half = Round(n * (Real)0.5);
        return x * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    public static (Lanes256 Mantissa, Lanes256 Exponent) Split(Lanes256 x)
    {
        var exponent = (x.numbers.As<Real, Bits>() - Vector256.Create(Lanes.RootOfHalf)) >> Lanes.FractionBits;
        var mantissa = x.numbers.As<Real, Bits>() - (exponent << Lanes.FractionBits);
        var whole = (exponent + Vector256.Create(Lanes.Integer).As<Real, Bits>()).As<Bits, Real>() - Vector256.Create(Lanes.Integer);
        return (new(mantissa.As<Bits, Real>()), new(whole));
    }

    public static Real Sum(Lanes256 x) => Lanes128.Sum(new Lanes128(x.numbers.GetLower() + x.numbers.GetUpper()));

    public static Real Largest(Lanes256 x) => Lanes128.Largest(new Lanes128(Vector128.MaxNative(x.numbers.GetLower(), x.numbers.GetUpper())));

    static Lanes256 PowerOfTwo(Lanes256 n)
    {
        var whole = (n.numbers + Vector256.Create(Lanes.Integer)).As<Real, Bits>() - Vector256.Create(Lanes.Integer).As<Real, Bits>();
        return new(((whole + Vector256.Create((Bits)Lanes.Bias)) << Lanes.FractionBits).As<Bits, Real>());
    }
}
