using System.Runtime.CompilerServices;

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

    /// <summary>Copies rows of numbers.</summary>
    public static void CopyRows(Real* from, nint stepFrom, int rows, int columns, Real* to, nint stepTo)
    {
        for (var i = 0; i < rows; i++, from += stepFrom, to += stepTo)
            new ReadOnlySpan<Real>(from, columns).CopyTo(new(to, columns));
    }

    /// <summary>Multiplies every row by two vectors.</summary>
    public static void Scale<L>(Real* panel, Real* by, int rows)
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
