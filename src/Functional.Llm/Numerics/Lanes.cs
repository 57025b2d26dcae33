using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Functional.Llm;

/// <summary>Vectors of one width, as the kernels use them: one source serves every instruction set.</summary>
unsafe interface ILanes<V>
    where V : struct
{
    /// <summary>Numbers in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Rows of a tile of the matrix product: as many as leave registers for its operands.</summary>
    static abstract int Rows { get; }

    /// <summary>The vector at an address, aligned or not.</summary>
    static abstract V Load(Real* source);

    /// <summary>Writes a vector to an address, aligned or not.</summary>
    static abstract void Store(V x, Real* destination);

    /// <summary>The same number everywhere.</summary>
    static abstract V All(Real x);

    /// <summary>a · b + c, rounded once where the processor can.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>a + b.</summary>
    static abstract V Add(V a, V b);

    /// <summary>The sum of all numbers of a vector.</summary>
    static abstract Real Sum(V x);
}

/// <summary>AVX-512: 32 registers of 64 bytes.</summary>
readonly unsafe struct Lanes512 : ILanes<Vector512<Real>>
{
    // Vector512.IsHardwareAccelerated is false on processors that lower their clock for it, which products win back twice.
    public static bool IsSupported => Avx512F.IsSupported;

    public static int Count => Vector512<Real>.Count;

    public static int Rows => 12;

    public static Vector512<Real> Load(Real* source) => Vector512.Load(source);

    public static void Store(Vector512<Real> x, Real* destination) => x.Store(destination);

    public static Vector512<Real> All(Real x) => Vector512.Create(x);

    public static Vector512<Real> MultiplyAdd(Vector512<Real> a, Vector512<Real> b, Vector512<Real> c) => Vector512.FusedMultiplyAdd(a, b, c);

    public static Vector512<Real> Add(Vector512<Real> a, Vector512<Real> b) => a + b;

    public static Real Sum(Vector512<Real> x) => Vector512.Sum(x);
}

/// <summary>AVX2 with FMA: 16 registers of 32 bytes.</summary>
readonly unsafe struct Lanes256 : ILanes<Vector256<Real>>
{
    public static bool IsSupported => Vector256.IsHardwareAccelerated && Fma.IsSupported;

    public static int Count => Vector256<Real>.Count;

    public static int Rows => 6;

    public static Vector256<Real> Load(Real* source) => Vector256.Load(source);

    public static void Store(Vector256<Real> x, Real* destination) => x.Store(destination);

    public static Vector256<Real> All(Real x) => Vector256.Create(x);

    public static Vector256<Real> MultiplyAdd(Vector256<Real> a, Vector256<Real> b, Vector256<Real> c) => Vector256.FusedMultiplyAdd(a, b, c);

    public static Vector256<Real> Add(Vector256<Real> a, Vector256<Real> b) => a + b;

    public static Real Sum(Vector256<Real> x) => Vector256.Sum(x);
}

/// <summary>NEON: 32 registers of 16 bytes; or SSE: 16 of them, and no fused multiplication.</summary>
readonly unsafe struct Lanes128 : ILanes<Vector128<Real>>
{
    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    public static int Count => Vector128<Real>.Count;

    public static int Rows => AdvSimd.IsSupported ? 12 : 6;

    public static Vector128<Real> Load(Real* source) => Vector128.Load(source);

    public static void Store(Vector128<Real> x, Real* destination) => x.Store(destination);

    public static Vector128<Real> All(Real x) => Vector128.Create(x);

    public static Vector128<Real> MultiplyAdd(Vector128<Real> a, Vector128<Real> b, Vector128<Real> c) =>
        AdvSimd.IsSupported || Fma.IsSupported ? Vector128.FusedMultiplyAdd(a, b, c) : a * b + c;

    public static Vector128<Real> Add(Vector128<Real> a, Vector128<Real> b) => a + b;

    public static Real Sum(Vector128<Real> x) => Vector128.Sum(x);
}

/// <summary>No vectors at all.</summary>
readonly unsafe struct Lanes1 : ILanes<Real>
{
    public static int Count => 1;

    public static int Rows => 4;

    public static Real Load(Real* source) => *source;

    public static void Store(Real x, Real* destination) => *destination = x;

    public static Real All(Real x) => x;

    public static Real MultiplyAdd(Real a, Real b, Real c) => Fma.IsSupported || AdvSimd.IsSupported ? Real.FusedMultiplyAdd(a, b, c) : a * b + c;

    public static Real Add(Real a, Real b) => a + b;

    public static Real Sum(Real x) => x;
}
