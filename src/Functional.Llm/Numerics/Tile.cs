using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Functional.Llm;

/// <summary>The innermost part of the matrix product: a tile of rows × two vectors, whose sums stay in registers.</summary>
static unsafe class Tile
{
    const int Ahead = 16;

    /// <summary>c = start + a b, where a is R × K, and b is K × two vectors.</summary>
    /// <remarks>
    /// Written out, because only then does every sum get a register of its own; the rows beyond R are gone when this is compiled.
    /// A sum runs over k from first to last wherever in a tile its element lies. The tile of c is fetched into the cache meanwhile.
    /// </remarks>
    /// <typeparam name="L">The lanes.</typeparam>
    /// <typeparam name="V">The vectors of L.</typeparam>
    /// <typeparam name="R">The rows of the tile, at most 12.</typeparam>
    /// <param name="depth">K.</param>
    /// <param name="a">A packed panel: for every k, a column of rows.</param>
    /// <param name="stepA">How far apart the panel's columns are.</param>
    /// <param name="b">For every k, a row of two vectors.</param>
    /// <param name="stepB">How far apart the rows of b are: two vectors in a packed panel.</param>
    /// <param name="start">What is added to the sums, in rows <paramref name="rowStart"/> apart; null for nothing.</param>
    /// <param name="rowStart">0 where every row of c starts with the same one.</param>
    /// <param name="c">Where the sums go, in rows <paramref name="rowC"/> apart.</param>
    /// <param name="rowC">The distance between rows of c.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<L, V, R>(int depth, Real* a, nint stepA, Real* b, nint stepB, Real* start, nint rowStart, Real* c, nint rowC)
        where L : struct, ILanes<V>
        where V : struct
        where R : struct, IConstant
    {
        V c00 = default, c01 = default;
        V c10 = default, c11 = default;
        V c20 = default, c21 = default;
        V c30 = default, c31 = default;
        V c40 = default, c41 = default;
        V c50 = default, c51 = default;
        V c60 = default, c61 = default;
        V c70 = default, c71 = default;
        V c80 = default, c81 = default;
        V c90 = default, c91 = default;
        V c100 = default, c101 = default;
        V c110 = default, c111 = default;
        for (var i = 0; Sse.IsSupported && i < R.Value; i++)
        {
            Sse.Prefetch0(c + i * rowC);
            Sse.Prefetch0(c + i * rowC + 2 * L.Count - 1);
        }

        var ahead = Ahead * stepB;
        for (var k = depth; k > 0; k--, a += stepA, b += stepB)
        {
            V b0 = L.Load(b), b1 = L.Load(b + L.Count);
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(b + ahead);
                Sse.Prefetch0(b + ahead + L.Count);
            }

            Add<L, V>(a[0], b0, b1, ref c00, ref c01);
            if (R.Value > 1) Add<L, V>(a[1], b0, b1, ref c10, ref c11);
            if (R.Value > 2) Add<L, V>(a[2], b0, b1, ref c20, ref c21);
            if (R.Value > 3) Add<L, V>(a[3], b0, b1, ref c30, ref c31);
            if (R.Value > 4) Add<L, V>(a[4], b0, b1, ref c40, ref c41);
            if (R.Value > 5) Add<L, V>(a[5], b0, b1, ref c50, ref c51);
            if (R.Value > 6) Add<L, V>(a[6], b0, b1, ref c60, ref c61);
            if (R.Value > 7) Add<L, V>(a[7], b0, b1, ref c70, ref c71);
            if (R.Value > 8) Add<L, V>(a[8], b0, b1, ref c80, ref c81);
            if (R.Value > 9) Add<L, V>(a[9], b0, b1, ref c90, ref c91);
            if (R.Value > 10) Add<L, V>(a[10], b0, b1, ref c100, ref c101);
            if (R.Value > 11) Add<L, V>(a[11], b0, b1, ref c110, ref c111);
        }

        Store<L, V>(c00, c01, start, 0 * rowStart, c + 0 * rowC);
        if (R.Value > 1) Store<L, V>(c10, c11, start, 1 * rowStart, c + 1 * rowC);
        if (R.Value > 2) Store<L, V>(c20, c21, start, 2 * rowStart, c + 2 * rowC);
        if (R.Value > 3) Store<L, V>(c30, c31, start, 3 * rowStart, c + 3 * rowC);
        if (R.Value > 4) Store<L, V>(c40, c41, start, 4 * rowStart, c + 4 * rowC);
        if (R.Value > 5) Store<L, V>(c50, c51, start, 5 * rowStart, c + 5 * rowC);
        if (R.Value > 6) Store<L, V>(c60, c61, start, 6 * rowStart, c + 6 * rowC);
        if (R.Value > 7) Store<L, V>(c70, c71, start, 7 * rowStart, c + 7 * rowC);
        if (R.Value > 8) Store<L, V>(c80, c81, start, 8 * rowStart, c + 8 * rowC);
        if (R.Value > 9) Store<L, V>(c90, c91, start, 9 * rowStart, c + 9 * rowC);
        if (R.Value > 10) Store<L, V>(c100, c101, start, 10 * rowStart, c + 10 * rowC);
        if (R.Value > 11) Store<L, V>(c110, c111, start, 11 * rowStart, c + 11 * rowC);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<L, V>(Real a, V b0, V b1, ref V c0, ref V c1)
        where L : struct, ILanes<V>
        where V : struct
    {
        var all = L.All(a);
        c0 = L.MultiplyAdd(all, b0, c0);
        c1 = L.MultiplyAdd(all, b1, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<L, V>(V c0, V c1, Real* start, nint row, Real* destination)
        where L : struct, ILanes<V>
        where V : struct
    {
        if (start != null)
        {
            c0 = L.Add(L.Load(start + row), c0);
            c1 = L.Add(L.Load(start + row + L.Count), c1);
        }

        L.Store(c0, destination);
        L.Store(c1, destination + L.Count);
    }
}
