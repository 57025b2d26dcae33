using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Functional.Llm;

/// <summary>Dot products of a few rows with many, each of which is read once.</summary>
static unsafe class DotProducts
{
    /// <summary>sums[i, j] = Σₖ x[i, k] y[j, k] for 1, 2, 4 or 8 rows of x and any number of rows of y.</summary>
    /// <remarks>Numbers a vector apart are summed in order, then the parts of the vector, then what is left of k.</remarks>
    public static void Multiply<L>(int rows, int count, int k, Real* x, Real* y, nint rowY, Real* sums, int rowSums)
        where L : struct, ILanes<L>
    {
        for (var j = 0; j < count; j += 2)
        {
            // The last of an odd number is computed twice.
            var (y0, y1) = ((nint)(y + j * rowY), (nint)(y + Math.Min(j + 1, count - 1) * rowY));
            var (s0, s1) = ((nint)(sums + j), (nint)(sums + Math.Min(j + 1, count - 1)));
            switch (rows)
            {
                case 1: Pair<L, N1>(k, x, (Real*)y0, (Real*)y1, (Real*)s0, (Real*)s1, rowSums, 2 * rowY); break;
                case 2: Pair<L, N2>(k, x, (Real*)y0, (Real*)y1, (Real*)s0, (Real*)s1, rowSums, 2 * rowY); break;
                case 4: Pair<L, N4>(k, x, (Real*)y0, (Real*)y1, (Real*)s0, (Real*)s1, rowSums, 2 * rowY); break;
                default: Pair<L, N8>(k, x, (Real*)y0, (Real*)y1, (Real*)s0, (Real*)s1, rowSums, 2 * rowY); break;
            }
        }
    }

    /// <summary>R rows of x with two of y, while the next two are fetched. Written out, so that every sum has a register of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Pair<L, R>(int k, Real* x, Real* y0, Real* y1, Real* sums0, Real* sums1, int rowSums, nint next)
        where L : struct, ILanes<L>
        where R : struct, IConstant
    {
        L c00 = default, c01 = default;
        L c10 = default, c11 = default;
        L c20 = default, c21 = default;
        L c30 = default, c31 = default;
        L c40 = default, c41 = default;
        L c50 = default, c51 = default;
        L c60 = default, c61 = default;
        L c70 = default, c71 = default;
        var whole = k / L.Count * L.Count;
        for (var p = 0; p < whole; p += L.Count)
        {
            L u = L.Load(y0 + p), v = L.Load(y1 + p);
            if (Sse.IsSupported)
            {
                Sse.Prefetch1(y0 + next + p);
                Sse.Prefetch1(y1 + next + p);
            }

            Add<L>(x + 0 * (nint)k + p, u, v, ref c00, ref c01);
            if (R.Value > 1) Add<L>(x + 1 * (nint)k + p, u, v, ref c10, ref c11);
            if (R.Value > 2) Add<L>(x + 2 * (nint)k + p, u, v, ref c20, ref c21);
            if (R.Value > 3) Add<L>(x + 3 * (nint)k + p, u, v, ref c30, ref c31);
            if (R.Value > 4) Add<L>(x + 4 * (nint)k + p, u, v, ref c40, ref c41);
            if (R.Value > 5) Add<L>(x + 5 * (nint)k + p, u, v, ref c50, ref c51);
            if (R.Value > 6) Add<L>(x + 6 * (nint)k + p, u, v, ref c60, ref c61);
            if (R.Value > 7) Add<L>(x + 7 * (nint)k + p, u, v, ref c70, ref c71);
        }

        (sums0[0 * rowSums], sums1[0 * rowSums]) = (L.Sum(c00), L.Sum(c01));
        if (R.Value > 1) (sums0[1 * rowSums], sums1[1 * rowSums]) = (L.Sum(c10), L.Sum(c11));
        if (R.Value > 2) (sums0[2 * rowSums], sums1[2 * rowSums]) = (L.Sum(c20), L.Sum(c21));
        if (R.Value > 3) (sums0[3 * rowSums], sums1[3 * rowSums]) = (L.Sum(c30), L.Sum(c31));
        if (R.Value > 4) (sums0[4 * rowSums], sums1[4 * rowSums]) = (L.Sum(c40), L.Sum(c41));
        if (R.Value > 5) (sums0[5 * rowSums], sums1[5 * rowSums]) = (L.Sum(c50), L.Sum(c51));
        if (R.Value > 6) (sums0[6 * rowSums], sums1[6 * rowSums]) = (L.Sum(c60), L.Sum(c61));
        if (R.Value > 7) (sums0[7 * rowSums], sums1[7 * rowSums]) = (L.Sum(c70), L.Sum(c71));
        for (var i = 0; i < R.Value; i++)
        {
            for (var p = whole; p < k; p++)
            {
                sums0[i * rowSums] += x[i * (nint)k + p] * y0[p];
                if (sums1 != sums0)
                    sums1[i * rowSums] += x[i * (nint)k + p] * y1[p];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<L>(Real* x, L u, L v, ref L c0, ref L c1)
        where L : struct, ILanes<L>
    {
        var t = L.Load(x);
        L.AddProduct(ref c0, t, u);
        L.AddProduct(ref c1, t, v);
    }
}
