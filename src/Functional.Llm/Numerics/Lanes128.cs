using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Functional.Llm;

/// <summary>NEON: 32 registers of 16 bytes; or SSE: 16 of them, and no fused multiplication.</summary>
unsafe partial struct Lanes128 : ILanes<Lanes128>
{
    Vector128<Real> numbers;

    public Lanes128(Vector128<Real> numbers) => this.numbers = numbers;

    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    public static int Count => Vector128<Real>.Count;

    public static int Rows => AdvSimd.IsSupported ? 12 : 6;

    public static Lanes128 Load(Real* source) => new(Vector128.Load(source));

    public static void Store(Lanes128 x, Real* destination) => x.numbers.Store(destination);

    public static implicit operator Lanes128(Real x) => new(Vector128.Create(x));

    public static Lanes128 operator +(Lanes128 a, Lanes128 b) => new(a.numbers + b.numbers);

    public static Lanes128 operator -(Lanes128 a, Lanes128 b) => new(a.numbers - b.numbers);

    public static Lanes128 operator -(Lanes128 x) => new(-x.numbers);

    public static Lanes128 operator *(Lanes128 a, Lanes128 b) => new(a.numbers * b.numbers);

    public static Lanes128 operator /(Lanes128 a, Lanes128 b) => new(a.numbers / b.numbers);

    public static Lanes128 MultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) => AdvSimd.IsSupported || Fma.IsSupported ? new(Vector128.FusedMultiplyAdd(a.numbers, b.numbers, c.numbers)) : a * b + c;

    public static void AddProduct(ref Lanes128 sum, Lanes128 a, Lanes128 b)
    {
        if (AdvSimd.IsSupported || Fma.IsSupported)
            sum.numbers = Vector128.FusedMultiplyAdd(a.numbers, b.numbers, sum.numbers);
        else
            sum.numbers = a.numbers * b.numbers + sum.numbers;
    }

    public static Lanes128 Sqrt(Lanes128 x) => new(Vector128.Sqrt(x.numbers));

    public static Lanes128 Round(Lanes128 x) => new(Vector128.Round(x.numbers));

    public static Lanes128 Abs(Lanes128 x) => new(Vector128.Abs(x.numbers));

    public static Lanes128 CopySign(Lanes128 value, Lanes128 sign) => new(Vector128.CopySign(value.numbers, sign.numbers));

    public static Lanes128 Max(Lanes128 a, Lanes128 b) => new(Vector128.MaxNative(a.numbers, b.numbers));

    public static Lanes128 Min(Lanes128 a, Lanes128 b) => new(Vector128.MinNative(a.numbers, b.numbers));

    public static Lanes128 WhereLess(Lanes128 a, Lanes128 b, Lanes128 then, Lanes128 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(a.numbers, b.numbers), then.numbers, otherwise.numbers));

    public static Lanes128 Scale(Lanes128 x, Lanes128 n)
    {
        // In two steps, of which only the second rounds, since the smallest numbers are out of one power's reach.
        var half = Round(n * (Real)0.5);
        return x * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    public static (Lanes128 Mantissa, Lanes128 Exponent) Split(Lanes128 x)
    {
        var exponent = (x.numbers.As<Real, Bits>() - Vector128.Create(Lanes.RootOfHalf)) >> Lanes.FractionBits;
        var mantissa = x.numbers.As<Real, Bits>() - (exponent << Lanes.FractionBits);
        var whole = (exponent + Vector128.Create(Lanes.Integer).As<Real, Bits>()).As<Bits, Real>() - Vector128.Create(Lanes.Integer);
        return (new(mantissa.As<Bits, Real>()), new(whole));
    }

    public static Real Sum(Lanes128 x) => Vector128.Sum(x.numbers);

    public static Real Largest(Lanes128 x)
    {
        var largest = x.numbers[0];
        for (var i = 1; i < Count; i++)
            largest = Real.MaxNative(largest, x.numbers[i]);
        return largest;
    }

    static Lanes128 PowerOfTwo(Lanes128 n)
    {
        var whole = (n.numbers + Vector128.Create(Lanes.Integer)).As<Real, Bits>() - Vector128.Create(Lanes.Integer).As<Real, Bits>();
        return new(((whole + Vector128.Create((Bits)Lanes.Bias)) << Lanes.FractionBits).As<Bits, Real>());
    }
}
