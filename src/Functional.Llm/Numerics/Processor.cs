using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>What the processor can do at most.</summary>
public static class Processor
{
    const int Chains = 24;

    static int Width => Lanes512.IsSupported ? Lanes512.Count : Lanes256.IsSupported ? Lanes256.Count : Lanes128.IsSupported ? Lanes128.Count : 1;

    /// <summary>The speed of fused multiplications and additions in registers alone, on all threads together, in floating-point operations a second.</summary>
    /// <remarks>The best of three measurements of about a millisecond. The clock's frequency changes, and with it the result.</remarks>
    public static double MeasurePeak(int threads)
    {
        const int Count = 10_000;
        var seconds = Enumerable.Range(0, 3).Min(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            Workers.For(threads, _ => Lanes.Widest(new Chained(Count)));
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
        return 2.0 * Chains * Width * Count * threads / seconds;
    }

    readonly record struct Chained(int Count) : ILaneWork
    {
        public void Run<L>()
            where L : struct, ILanes<L> => MultiplyAdd<L>(Count);
    }

    /// <summary>Twelve chains, as many as hide the latency, twice in each round.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static Real MultiplyAdd<L>(int count)
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
}
