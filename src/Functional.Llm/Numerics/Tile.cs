using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Functional.Llm;

/// <summary>The innermost part of the matrix product: a tile of rows × two vectors, whose sums stay in registers.</summary>
static unsafe class Tile
{
    /// <summary>Steps of k between which other data are fetched.</summary>
    const int Steps = 16;

    /// <summary>Numbers in a cache line.</summary>
    public const int Line = 64 / sizeof(Real);

    /// <summary>As many rows as asked for, or up to the next number of rows that a tile may have: 1, 2, 4, 6, 8 or 12.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<L, A>(int rows, int depth, Real* a, nint stepA, Real* b, nint stepB, Real* start, nint rowStart, Real* c, nint rowC, Real* next)
        where L : struct, ILanes<L>
        where A : struct, IConstant
    {
        if (rows <= 1)
            Multiply<L, N1, A>(depth, a, stepA, b, stepB, start, rowStart, c, rowC, next);
        else if (rows <= 2)
            Multiply<L, N2, A>(depth, a, stepA, b, stepB, start, rowStart, c, rowC, next);
        else if (rows <= 4)
            Multiply<L, N4, A>(depth, a, stepA, b, stepB, start, rowStart, c, rowC, next);
        else if (rows <= 6)
            Multiply<L, N6, A>(depth, a, stepA, b, stepB, start, rowStart, c, rowC, next);
        else if (rows <= 8)
            Multiply<L, N8, A>(depth, a, stepA, b, stepB, start, rowStart, c, rowC, next);
        else
            Multiply<L, N12, A>(depth, a, stepA, b, stepB, start, rowStart, c, rowC, next);
    }

    /// <summary>c = start + a b, where a is R × K, and b is K × two vectors.</summary>
    /// <remarks>
    /// Written out, because only then does every sum get a register of its own; the rows beyond R are gone when this is compiled.
    /// A sum runs over k from first to last wherever in a tile its element lies. The tile of c, and what is needed next, are fetched meanwhile,
    /// a little at a time, as more would keep the tile's own numbers waiting.
    /// </remarks>
    /// <typeparam name="L">The lanes.</typeparam>
    /// <typeparam name="R">The rows of the tile, at most 12.</typeparam>
    /// <typeparam name="A">How far apart the rows of a are: 1 in a packed panel, which holds a column of rows for every k.</typeparam>
    /// <param name="depth">K.</param>
    /// <param name="a">The first row and column of a.</param>
    /// <param name="stepA">How far apart the columns of a are.</param>
    /// <param name="b">For every k, a row of two vectors.</param>
    /// <param name="stepB">How far apart the rows of b are: two vectors in a packed panel.</param>
    /// <param name="start">What is added to the sums, in rows <paramref name="rowStart"/> apart; null for nothing.</param>
    /// <param name="rowStart">0 where every row of c starts with the same one.</param>
    /// <param name="c">Where the sums go, in rows <paramref name="rowC"/> apart.</param>
    /// <param name="rowC">The distance between rows of c.</param>
    /// <param name="next">What is fetched into the second-level cache meanwhile: 2 lines for every 16 steps of k.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<L, R, A>(int depth, Real* a, nint stepA, Real* b, nint stepB, Real* start, nint rowStart, Real* c, nint rowC, Real* next)
        where L : struct, ILanes<L>
        where R : struct, IConstant
        where A : struct, IConstant
    {
        L c00 = default, c01 = default;
        L c10 = default, c11 = default;
        L c20 = default, c21 = default;
        L c30 = default, c31 = default;
        L c40 = default, c41 = default;
        L c50 = default, c51 = default;
        L c60 = default, c61 = default;
        L c70 = default, c71 = default;
        L c80 = default, c81 = default;
        L c90 = default, c91 = default;
        L c100 = default, c101 = default;
        L c110 = default, c111 = default;
        var ahead = Steps * stepB;
        var fetched = c;
        for (var left = depth; left > 0; left -= Steps)
        {
            if (Sse.IsSupported)
            {
                if (left > depth - R.Value * Steps)
                {
                    Sse.Prefetch0(fetched);
                    Sse.Prefetch0(fetched + L.Count);
                    Sse.Prefetch0(fetched + 2 * L.Count - 1);
                    fetched += rowC;
                }

                Sse.Prefetch1(next);
                Sse.Prefetch1(next + Line);
                next += 2 * Line;
            }

            var end = b + Math.Min(left, Steps) * stepB;
            for (; b != end; a += stepA, b += stepB)
            {
                L b0 = L.Load(b), b1 = L.Load(b + L.Count);
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0(b + ahead);
                    if (L.Count >= Line)
                        Sse.Prefetch0(b + ahead + L.Count);
                }

                Add<L>(a[0], b0, b1, ref c00, ref c01);
                if (R.Value > 1) Add<L>(a[1 * A.Value], b0, b1, ref c10, ref c11);
                if (R.Value > 2) Add<L>(a[2 * A.Value], b0, b1, ref c20, ref c21);
                if (R.Value > 3) Add<L>(a[3 * A.Value], b0, b1, ref c30, ref c31);
                if (R.Value > 4) Add<L>(a[4 * A.Value], b0, b1, ref c40, ref c41);
                if (R.Value > 5) Add<L>(a[5 * A.Value], b0, b1, ref c50, ref c51);
                if (R.Value > 6) Add<L>(a[6 * A.Value], b0, b1, ref c60, ref c61);
                if (R.Value > 7) Add<L>(a[7 * A.Value], b0, b1, ref c70, ref c71);
                if (R.Value > 8) Add<L>(a[8 * A.Value], b0, b1, ref c80, ref c81);
                if (R.Value > 9) Add<L>(a[9 * A.Value], b0, b1, ref c90, ref c91);
                if (R.Value > 10) Add<L>(a[10 * A.Value], b0, b1, ref c100, ref c101);
                if (R.Value > 11) Add<L>(a[11 * A.Value], b0, b1, ref c110, ref c111);
            }
        }

        Store<L>(c00, c01, start, 0 * rowStart, c + 0 * rowC);
        if (R.Value > 1) Store<L>(c10, c11, start, 1 * rowStart, c + 1 * rowC);
        if (R.Value > 2) Store<L>(c20, c21, start, 2 * rowStart, c + 2 * rowC);
        if (R.Value > 3) Store<L>(c30, c31, start, 3 * rowStart, c + 3 * rowC);
        if (R.Value > 4) Store<L>(c40, c41, start, 4 * rowStart, c + 4 * rowC);
        if (R.Value > 5) Store<L>(c50, c51, start, 5 * rowStart, c + 5 * rowC);
        if (R.Value > 6) Store<L>(c60, c61, start, 6 * rowStart, c + 6 * rowC);
        if (R.Value > 7) Store<L>(c70, c71, start, 7 * rowStart, c + 7 * rowC);
        if (R.Value > 8) Store<L>(c80, c81, start, 8 * rowStart, c + 8 * rowC);
        if (R.Value > 9) Store<L>(c90, c91, start, 9 * rowStart, c + 9 * rowC);
        if (R.Value > 10) Store<L>(c100, c101, start, 10 * rowStart, c + 10 * rowC);
        if (R.Value > 11) Store<L>(c110, c111, start, 11 * rowStart, c + 11 * rowC);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<L>(Real a, L b0, L b1, ref L c0, ref L c1)
        where L : struct, ILanes<L>
    {
        var all = (L)a;
        L.AddProduct(ref c0, all, b0);
        L.AddProduct(ref c1, all, b1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<L>(L c0, L c1, Real* start, nint row, Real* destination)
        where L : struct, ILanes<L>
    {
        if (start != null)
        {
            c0 = L.Load(start + row) + c0;
            c1 = L.Load(start + row + L.Count) + c1;
        }

        L.Store(c0, destination);
        L.Store(c1, destination + L.Count);
    }
}
