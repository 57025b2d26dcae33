using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Llm.Benchmarks;

/// <summary>What the processor can do at most: multiplications with additions, and numbers read and copied.</summary>
static unsafe class Limits
{
    /// <summary>Floats in each array that is read or copied: 256 MB, many times the last-level cache.</summary>
    const int Large = 1 << 26;

    static readonly Lazy<(Real[] From, Real[] To)> Memory = new(() => (Filled(), Filled()));

    /// <summary>GFLOP/s of fused multiplications and additions in registers alone, on all threads together.</summary>
    public static double Peak(int threads) => Processor.MeasurePeak(threads) / 1e9;

    /// <summary>GB/s of reading one large array from the first number to the last.</summary>
    public static double Read(int threads)
    {
        var from = Memory.Value.From;
        var (parts, sums) = (64 * threads, new Real[64 * threads]);
        var size = Large / parts;
        return 4.0 * size * parts / Clock.Seconds(() => Workers.For(parts, i => sums[i] = Sum(from.AsSpan(i * size, size)))) / 1e9;
    }

    /// <summary>GB/s, read and written together, of copying one large array into another.</summary>
    public static double Copy(int threads)
    {
        var (from, to) = Memory.Value;
        var parts = 64 * threads;
        var size = Large / parts;
        return 8.0 * size * parts / Clock.Seconds(() => Workers.For(parts, i => from.AsSpan(i * size, size).CopyTo(to.AsSpan(i * size, size)))) / 1e9;
    }

    /// <summary>The most bytes that were resident so far, without those of the arrays here.</summary>
    public static long PeakBeside
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64 - (Memory.IsValueCreated ? 2L * Large * sizeof(Real) : 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static Real Sum(ReadOnlySpan<Real> x)
    {
        Vector256<Real> a = default, b = default, c = default, d = default;
        var lanes = Vector256<Real>.Count;
        fixed (Real* p = x)
        {
            for (var i = 0; i < x.Length; i += 4 * lanes)
                (a, b, c, d) = (a + Vector256.Load(p + i), b + Vector256.Load(p + i + lanes), c + Vector256.Load(p + i + 2 * lanes), d + Vector256.Load(p + i + 3 * lanes));
        }

        return Vector256.Sum(a + b + c + d);
    }

    static Real[] Filled()
    {
        var array = GC.AllocateUninitializedArray<Real>(Large);
        array.AsSpan().Fill(1);
        return array;
    }
}
