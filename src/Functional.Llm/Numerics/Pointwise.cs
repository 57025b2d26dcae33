using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>A function of one number, written once for vectors of every width.</summary>
interface IFunction
{
    L At<L>(L x)
        where L : struct, ILanes<L>;
}

/// <summary>A function of two numbers, written once for vectors of every width.</summary>
interface IFunction2
{
    L At<L>(L x, L y)
        where L : struct, ILanes<L>;
}

/// <summary>z = f(x), number by number.</summary>
readonly unsafe struct Mapping<F>(F f, Real* x, Real* z, int count) : ILaneWork
    where F : struct, IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<L>()
        where L : struct, ILanes<L>
    {
        var whole = count / L.Count * L.Count;
        for (var i = 0; i < whole; i += L.Count)
            L.Store(f.At(L.Load(x + i)), z + i);
        if (whole == count)
            return;

        // What is left is computed as part of a vector, so that its bits do not depend on its place.
        var last = stackalloc Real[L.Count];
        new Span<Real>(last, L.Count).Clear();
        new Span<Real>(x + whole, count - whole).CopyTo(new(last, L.Count));
        L.Store(f.At(L.Load(last)), last);
        new Span<Real>(last, count - whole).CopyTo(new(z + whole, count - whole));
    }
}

/// <summary>z = f(x, y), number by number.</summary>
readonly unsafe struct Zipping<F>(F f, Real* x, Real* y, Real* z, int count) : ILaneWork
    where F : struct, IFunction2
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<L>()
        where L : struct, ILanes<L>
    {
        var whole = count / L.Count * L.Count;
        for (var i = 0; i < whole; i += L.Count)
            L.Store(f.At(L.Load(x + i), L.Load(y + i)), z + i);
        if (whole == count)
            return;
        var last = stackalloc Real[2 * L.Count];
        new Span<Real>(last, 2 * L.Count).Clear();
        new Span<Real>(x + whole, count - whole).CopyTo(new(last, L.Count));
        new Span<Real>(y + whole, count - whole).CopyTo(new(last + L.Count, L.Count));
        L.Store(f.At(L.Load(last), L.Load(last + L.Count)), last);
        new Span<Real>(last, count - whole).CopyTo(new(z + whole, count - whole));
    }
}
