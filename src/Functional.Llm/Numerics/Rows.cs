using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>What is done with a row of numbers, written once for vectors of every width: whole vectors first, and what is left number by number.</summary>
/// <remarks>Sums are those of a vector's lanes, of chunks of fixed length: a row's result depends on that row alone.</remarks>
static unsafe class Rows
{
    /// <summary>Numbers that are added up before their sum joins the others, so that rounding errors grow with the square root of few.</summary>
    const int Chunk = 4096;

    /// <summary>How many of some numbers fill vectors.</summary>
    public static int Whole<L>(int count)
        where L : struct, ILanes<L> => count / L.Count * L.Count;

    /// <summary>The largest number of a row; where one is NaN, perhaps that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Real Largest<L>(Real* x, int count)
        where L : struct, ILanes<L>
    {
        L vectors = Real.NegativeInfinity;
        var whole = Whole<L>(count);
        for (var i = 0; i < whole; i += L.Count)
            vectors = L.Max(vectors, L.Load(x + i));
        var largest = L.Largest(vectors);
        for (var i = whole; i < count; i++)
            largest = Real.MaxNative(largest, x[i]);
        return largest;
    }

    /// <summary>Σ e^(x − shift), whose terms are written to z unless that is null.</summary>
    public static Real ExpAndSum<L>(Real* x, Real shift, Real* z, int count)
        where L : struct, ILanes<L>
    {
        Real total = 0;
        for (; count > 0; x += Chunk, z += z == null ? 0 : Chunk, count -= Chunk)
        {
            var part = Math.Min(Chunk, count);
            var whole = Whole<L>(part);
            total += z == null ? ExpAndSum<L>(x, shift, whole) + ExpAndSum<Lanes1>(x + whole, shift, part - whole)
                : ExpStoreAndSum<L>(x, shift, z, whole) + ExpStoreAndSum<Lanes1>(x + whole, shift, z + whole, part - whole);
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static Real ExpAndSum<L>(Real* x, L shift, int count)
        where L : struct, ILanes<L>
    {
        L sum = 0;
        for (var i = 0; i < count; i += L.Count)
            sum += Elementary.Exp(L.Load(x + i) - shift);
        return L.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static Real ExpStoreAndSum<L>(Real* x, L shift, Real* z, int count)
        where L : struct, ILanes<L>
    {
        L sum = 0;
        for (var i = 0; i < count; i += L.Count)
        {
            var e = Elementary.Exp(L.Load(x + i) - shift);
            sum += e;
            L.Store(e, z + i);
        }

        return L.Sum(sum);
    }

    /// <summary>Σ x.</summary>
    public static Real Sum<L>(Real* x, int count)
        where L : struct, ILanes<L> => Total<L, Self>(default, x, x, count);

    /// <summary>Σ (x − mean)².</summary>
    public static Real SumOfSquares<L>(Real* x, Real mean, int count)
        where L : struct, ILanes<L> => Total<L, Square>(new(mean), x, x, count);

    /// <summary>Σ x y.</summary>
    public static Real Dot<L>(Real* x, Real* y, int count)
        where L : struct, ILanes<L> => Total<L, Product>(default, x, y, count);

    interface ITerm
    {
        void AddTo<L>(ref L sum, L x, L y)
            where L : struct, ILanes<L>;
    }

    /// <summary>The sum of a term over a row, on two sums in turn, which hide each other's latency.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static Real Total<L, T>(T term, Real* x, Real* y, int count)
        where L : struct, ILanes<L>
        where T : struct, ITerm
    {
        Real total = 0;
        for (; count > 0; x += Chunk, y += Chunk, count -= Chunk)
        {
            L even = 0, odd = 0;
            var part = Math.Min(Chunk, count);
            var (pairs, whole) = (part / (2 * L.Count) * (2 * L.Count), Whole<L>(part));
            for (var i = 0; i < pairs; i += 2 * L.Count)
            {
                term.AddTo(ref even, L.Load(x + i), L.Load(y + i));
                term.AddTo(ref odd, L.Load(x + i + L.Count), L.Load(y + i + L.Count));
            }

            if (pairs < whole)
                term.AddTo(ref even, L.Load(x + pairs), L.Load(y + pairs));
            Lanes1 rest = L.Sum(even + odd);
            for (var i = whole; i < part; i++)
                term.AddTo(ref rest, Lanes1.Load(x + i), Lanes1.Load(y + i));
            total += rest;
        }

        return total;
    }

    readonly struct Self : ITerm
    {
        public void AddTo<L>(ref L sum, L x, L y)
            where L : struct, ILanes<L> => sum += x;
    }

    readonly struct Square(Real mean) : ITerm
    {
        public void AddTo<L>(ref L sum, L x, L y)
            where L : struct, ILanes<L> => L.AddProduct(ref sum, x - mean, x - mean);
    }

    readonly struct Product : ITerm
    {
        public void AddTo<L>(ref L sum, L x, L y)
            where L : struct, ILanes<L> => L.AddProduct(ref sum, x, y);
    }
}
