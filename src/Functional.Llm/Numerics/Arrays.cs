using System.Diagnostics;
using System.Runtime;
using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <summary>Arrays for the elements of new tensors. Large ones come back and are used again, once nothing refers to them.</summary>
/// <remarks>
/// Training asks for the same sizes at every step, and the garbage collector gives the pages of large arrays back to the system: to have them
/// anew costs twice the time that it takes to fill them (measured). So a large array has a companion, which is reachable exactly as long as the
/// array; when the collector has found both unreachable, the companion's finalizer brings them here. That proof holds for whatever referred to
/// the array: a tensor, a view, a span. Only a finalizer may not use tensors. And who knows that nothing will look at an array again may release
/// it at once, while it is still in the caches.
/// </remarks>
static class Arrays
{
#if REAL_IS_DOUBLE
    // The tests in double precision use arrays again as soon and as often as they can, and overwrite all that are released.
    const int Large = 4096;
    const long Budget = 32 << 20;
#else
    /// <summary>Bytes from which the collector keeps an array among the large ones.</summary>
    const int Large = 85_000;

    /// <summary>Bytes handed out from collection to collection: with fewer, small networks spend more than 2 % of their time in collections.</summary>
    const long Budget = 96L << 20;
#endif

    /// <summary>Bytes of released arrays that are kept: enough for the gradient of a model with 124 million parameters.</summary>
    const long Most = 512L << 20;

    static readonly Lock Gate = new();
    static readonly Dictionary<int, List<Free>> Reserve = [];
    static long handedOut;
    static long released;
    static long period;
    static long ticks;

    /// <summary>How long collections took that were begun here, with all that belongs to them.</summary>
    public static TimeSpan TimeCollecting => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref ticks));

    /// <summary>An array whose elements are anything: its user writes all of them.</summary>
    public static Real[] Uninitialized(int length)
    {
        if ((long)length * sizeof(Real) < Large)
            return GC.AllocateUninitializedArray<Real>(length);
        var array = Take(length);
        if (array is null && IsTimeToCollect())
        {
            var start = Stopwatch.GetTimestamp();
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: false);
            GC.WaitForPendingFinalizers();
            DropUnused();
            Interlocked.Add(ref ticks, Stopwatch.GetTimestamp() - start);
            array = Take(length);
        }

        Interlocked.Add(ref handedOut, (long)length * sizeof(Real));
        return array ?? new Companion(GC.AllocateUninitializedArray<Real>(length)).HandOut();
    }

    /// <summary>Takes back an array that nothing will look at again; what would be too much of them is left to the collector.</summary>
    public static void Release(Real[] array)
    {
#if REAL_IS_DOUBLE
        array.AsSpan().Fill(Real.NaN);
#endif
        var bytes = (long)array.Length * sizeof(Real);
        if (bytes < Large)
            return;
        lock (Gate)
        {
            if (released + bytes > Most)
                return;
            Keep(new(array, null, period));
            released += bytes;
            Interlocked.Add(ref handedOut, -bytes);
        }
    }

    /// <summary>An array of zeros.</summary>
    public static Real[] Zeros(int length)
    {
        var array = Uninitialized(length);
        array.AsSpan().Clear();
        return array;
    }

    static Real[]? Take(int length)
    {
        lock (Gate)
        {
            if (!Reserve.TryGetValue(length, out var kept) || kept is not [.., var free])
                return null;
            kept.RemoveAt(kept.Count - 1);
            released -= free.Released;
            return free.Companion?.HandOut() ?? free.Array;
        }
    }

    static void Keep(Free free)
    {
        lock (Gate)
        {
            if (!Reserve.TryGetValue(free.Array.Length, out var kept))
                Reserve[free.Array.Length] = kept = [];
            kept.Add(free);
        }
    }

    static bool IsTimeToCollect()
    {
        lock (Gate)
        {
            if (handedOut < Budget)
                return false;
            (handedOut, period) = (0, period + 1);
            return true;
        }
    }

    /// <summary>What a whole period did not need is left to the collector.</summary>
    static void DropUnused()
    {
        lock (Gate)
        {
            foreach (var (length, kept) in Reserve)
            {
                // The latest are taken first, so that those which were not needed lie at the beginning.
                var unused = kept.FindIndex(free => free.Returned >= period - 1) is >= 0 and var needed ? needed : kept.Count;
                foreach (var free in CollectionsMarshal.AsSpan(kept)[..unused])
                    released -= free.Released;
                kept.RemoveRange(0, unused);
                if (kept.Count == 0)
                    Reserve.Remove(length);
            }
        }
    }

    sealed class Companion(Real[] array)
    {
        DependentHandle handle;
        bool isFinalized;

        /// <summary>The array, which from now on alone keeps this companion reachable.</summary>
        public Real[] HandOut()
        {
            handle = new(array, this);
            if (isFinalized)
                GC.ReRegisterForFinalize(this);
            return array;
        }

#pragma warning disable MA0055 // That it runs when the array is unreachable is all that is wanted of it.
        ~Companion()
#pragma warning restore MA0055
        {
#if REAL_IS_DOUBLE
            array.AsSpan().Fill(Real.NaN);
#endif
            handle.Dispose();
            isFinalized = true;
            Keep(new(array, this, period));
        }
    }

    /// <summary>An array to be handed out.</summary>
    /// <param name="Array">The array.</param>
    /// <param name="Companion">Its companion, where the collector had found both unreachable.</param>
    /// <param name="Returned">In which period it came back.</param>
    readonly record struct Free(Real[] Array, Companion? Companion, long Returned)
    {
        /// <summary>Its bytes, if it was released.</summary>
        public long Released => Companion is null ? (long)Array.Length * sizeof(Real) : 0;
    }
}
