using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Llm;

/// <summary>Threefry2x32-20: a keyed bijection of 64-bit counters whose outputs are random numbers (Salmon, Moraes, Dror, Shaw 2011).</summary>
/// <remarks>
/// Nothing is carried from one counter to the next, so that any part of a table can be computed anywhere; JAX draws by it. It consists of additions,
/// rotations and exclusive ors of 32-bit numbers, and so eight counters are done at a time.
/// </remarks>
static class Threefry
{
    /// <summary>The 64-bit number that a key assigns to a counter; low halves are the first of the two 32-bit words.</summary>
    public static ulong Block(ulong key, ulong counter)
    {
        var (low, high) = Blocks(key, Vector256.CreateScalar((uint)counter), Vector256.CreateScalar((uint)(counter >> 32)));
        return low.ToScalar() | (ulong)high.ToScalar() << 32;
    }

    /// <summary>The 32-bit words of a key's table from a place on; the place and the number of words are multiples of 16.</summary>
    /// <remarks>Of every sixteen words, the first eight are the first words of eight counters, the others their second words.</remarks>
    // Compiled at its best at once: unoptimised vector code is so slow that a first draw of a few million numbers would be felt.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(ulong key, ulong place, Span<uint> words)
    {
        for (var i = 0; i < words.Length; i += 16)
        {
            var counter = (place + (ulong)i) >> 1;
            var (first, second) = Blocks(key, Vector256.Create((uint)counter) + Vector256<uint>.Indices, Vector256.Create((uint)(counter >> 32)));
            first.CopyTo(words[i..]);
            second.CopyTo(words[(i + 8)..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector256<uint> First, Vector256<uint> Second) Blocks(ulong key, Vector256<uint> x, Vector256<uint> y)
    {
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        var k2 = k0 ^ k1 ^ 0x1BD11BDA;
        Add(ref x, k0, ref y, k1);
        Mix(ref x, ref y, 13, 15, 26, 6);
        Add(ref x, k1, ref y, k2 + 1);
        Mix(ref x, ref y, 17, 29, 16, 24);
        Add(ref x, k2, ref y, k0 + 2);
        Mix(ref x, ref y, 13, 15, 26, 6);
        Add(ref x, k0, ref y, k1 + 3);
        Mix(ref x, ref y, 17, 29, 16, 24);
        Add(ref x, k1, ref y, k2 + 4);
        Mix(ref x, ref y, 13, 15, 26, 6);
        Add(ref x, k2, ref y, k0 + 5);
        return (x, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(ref Vector256<uint> x, uint k, ref Vector256<uint> y, uint l)
    {
        x += Vector256.Create(k);
        y += Vector256.Create(l);
    }

    /// <summary>Four rounds: x takes in y, y is rotated and takes in x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Mix(ref Vector256<uint> x, ref Vector256<uint> y, int a, int b, int c, int d)
    {
        x += y;
        y = (y << a | y >>> 32 - a) ^ x;
        x += y;
        y = (y << b | y >>> 32 - b) ^ x;
        x += y;
        y = (y << c | y >>> 32 - c) ^ x;
        x += y;
        y = (y << d | y >>> 32 - d) ^ x;
    }
}
