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
    public static double Peak(int threads)
    {
        const int Count = 10_000;
        var seconds = Enumerable.Range(0, 3).Min(_ => Clock.Seconds(() => Workers.For(threads, _ => Lanes.Widest(new Chained(Count)))));
        return 2.0 * Chains * Width * Count * threads / seconds / 1e9;
    }

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

    const int Chains = 24;

    static int Width => Lanes512.IsSupported ? Lanes512.Count : Lanes256.IsSupported ? Lanes256.Count : Lanes128.IsSupported ? Lanes128.Count : 1;

    readonly record struct Chained(int Count) : ILaneWork
    {
        public void Run<L>()
            where L : struct, ILanes<L> => Fma<L>(Count);
    }

    /// <summary>Twelve chains, as many as hide the latency, twice in each round.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static Real Fma<L>(int count)
        where L : struct, ILanes<L>
    {
        L x = (Real)0.999, y = (Real)1e-9;
        L a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var round = 0; round < 2 * count; round++)
        {
            (a, b, c, d) = (L.MultiplyAdd(a, x, y), L.MultiplyAdd(b, x, y), L.MultiplyAdd(c, x, y), L.MultiplyAdd(d, x, y));
            (e, f, g, h) = (L.MultiplyAdd(e, x, y), L.MultiplyAdd(f, x, y), L.MultiplyAdd(g, x, y), L.MultiplyAdd(h, x, y));
            (i, j, k, l) = (L.MultiplyAdd(i, x, y), L.MultiplyAdd(j, x, y), L.MultiplyAdd(k, x, y), L.MultiplyAdd(l, x, y));
        }

        return L.Sum(a + b + c + d + (e + f + g + h) + (i + j + k + l));
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
