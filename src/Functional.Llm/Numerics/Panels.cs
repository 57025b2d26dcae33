using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Functional.Llm;

/// <summary>The distance between rows of a panel, two vectors, as a constant.</summary>
readonly struct TwoVectors<L> : IConstant
    where L : struct, ILanes<L>
{
    public static int Value => 2 * L.Count;
}

/// <summary>What is done with panels: rows of two vectors, one after the other.</summary>
static unsafe class Panels
{
    /// <summary>0, 1, 2, … in the lanes of a vector.</summary>
    public static L Indices<L>()
        where L : struct, ILanes<L>
    {
        var indices = stackalloc Real[L.Count];
        for (var i = 0; i < L.Count; i++)
            indices[i] = i;
        return L.Load(indices);
    }

    /// <summary>Copies rows of numbers. Rows that lie far apart are fetched ahead, as the processor does not see that they will be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyRows<L>(Real* from, nint stepFrom, int rows, int columns, Real* to, nint stepTo)
        where L : struct, ILanes<L>
    {
        var whole = Rows.Whole<L>(columns);
        for (var i = 0; i < rows; i++, from += stepFrom, to += stepTo)
        {
            Fetch(from, stepFrom, columns);
            for (var j = 0; j < whole; j += L.Count)
                L.Store(L.Load(from + j), to + j);
            for (var j = whole; j < columns; j++)
                to[j] = from[j];
        }
    }

    /// <summary>Fetches a row that will be read a little later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(Real* row, nint step, int columns)
    {
        const int Ahead = 12;
        for (var j = 0; Sse.IsSupported && j < columns; j += Tile.Line)
            Sse.Prefetch0(row + Ahead * step + j);
    }

    /// <summary>Multiplies every row by two vectors.</summary>
    public static void Multiply<L>(Real* panel, Real* by, int rows)
        where L : struct, ILanes<L>
    {
        L even = L.Load(by), odd = L.Load(by + L.Count);
        for (var i = 0; i < rows; i++, panel += 2 * L.Count)
        {
            L.Store(L.Load(panel) * even, panel);
            L.Store(L.Load(panel + L.Count) * odd, panel + L.Count);
        }
    }
}
