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
    public void Run<L>()
        where L : struct, ILanes<L>
    {
        var whole = Rows.Whole<L>(count);
        Map<L>(f, x, z, whole);
        Map<Lanes1>(f, x + whole, z + whole, count - whole);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Map<L>(F f, Real* x, Real* z, int count)
        where L : struct, ILanes<L>
    {
        for (var i = 0; i < count; i += L.Count)
            L.Store(f.At(L.Load(x + i)), z + i);
    }
}

/// <summary>z = f(x, y), number by number.</summary>
readonly unsafe struct Zipping<F>(F f, Real* x, Real* y, Real* z, int count) : ILaneWork
    where F : struct, IFunction2
{
    public void Run<L>()
        where L : struct, ILanes<L>
    {
        var whole = Rows.Whole<L>(count);
        Zip<L>(f, x, y, z, whole);
        Zip<Lanes1>(f, x + whole, y + whole, z + whole, count - whole);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Zip<L>(F f, Real* x, Real* y, Real* z, int count)
        where L : struct, ILanes<L>
    {
        for (var i = 0; i < count; i += L.Count)
            L.Store(f.At(L.Load(x + i), L.Load(y + i)), z + i);
    }
}
