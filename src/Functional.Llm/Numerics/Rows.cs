using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>What is done with a row of numbers, written once for vectors of every width.</summary>
/// <remarks>A row's result depends on that row alone: rows are shared out to the threads.</remarks>
static unsafe class Rows
{
    /// <summary>Numbers that are added up before their sum joins the others, so that rounding errors grow with the square root of few.</summary>
    const int Chunk = 4096;

    /// <summary>Rows shared out in parts that are worth a thread's while: work(from, to).</summary>
    public static void Share(int rows, int columns, Action<int, int> work)
    {
        const int Worthwhile = 1 << 14;
        var atOnce = Math.Max(1, Worthwhile / Math.Max(1, columns));
        if (rows <= atOnce)
            work(0, rows);
        else
            Workers.For((rows + atOnce - 1) / atOnce, part => work(part * atOnce, Math.Min(rows, (part + 1) * atOnce)));
    }

    /// <summary>The largest number of a row; where one is NaN, perhaps that.</summary>
    public static Real Largest<L>(Real* x, int count)
        where L : struct, ILanes<L>
    {
        L largest = Real.NegativeInfinity;
        for (var i = 0; i < count; i += L.Count)
            largest = L.Max(largest, Load<L>(x + i, count - i, Real.NegativeInfinity));
        return L.Largest(largest);
    }

    /// <summary>Σ e^(x − shift), whose terms are written to z unless that is null.</summary>
    public static Real ExpAndSum<L>(Real* x, Real shift, Real* z, int count)
        where L : struct, ILanes<L>
    {
        Real total = 0;
        for (var from = 0; from < count; from += Chunk)
        {
            L sum = 0;
            var to = Math.Min(count, from + Chunk);
            for (var i = from; i < to; i += L.Count)
            {
                var e = Elementary.Exp(Load<L>(x + i, to - i, Real.NegativeInfinity) - shift);
                sum += e;
                if (z != null)
                    Store(e, z + i, to - i);
            }

            total += L.Sum(sum);
        }

        return total;
    }

    /// <summary>Σ x.</summary>
    public static Real Sum<L>(Real* x, int count)
        where L : struct, ILanes<L>
    {
        Real total = 0;
        for (var from = 0; from < count; from += Chunk)
        {
            L sum = 0;
            var to = Math.Min(count, from + Chunk);
            for (var i = from; i < to; i += L.Count)
                sum += Load<L>(x + i, to - i, 0);
            total += L.Sum(sum);
        }

        return total;
    }

    /// <summary>Σ (x − mean)².</summary>
    public static Real SumOfSquares<L>(Real* x, Real mean, int count)
        where L : struct, ILanes<L>
    {
        Real total = 0;
        for (var from = 0; from < count; from += Chunk)
        {
            L sum = 0;
            var to = Math.Min(count, from + Chunk);
            for (var i = from; i < to; i += L.Count)
            {
                var difference = Load<L>(x + i, to - i, mean) - mean;
                L.AddProduct(ref sum, difference, difference);
            }

            total += L.Sum(sum);
        }

        return total;
    }

    /// <summary>Σ x y.</summary>
    public static Real Dot<L>(Real* x, Real* y, int count)
        where L : struct, ILanes<L>
    {
        Real total = 0;
        for (var from = 0; from < count; from += Chunk)
        {
            L sum = 0;
            var to = Math.Min(count, from + Chunk);
            for (var i = from; i < to; i += L.Count)
                L.AddProduct(ref sum, Load<L>(x + i, to - i, 0), Load<L>(y + i, to - i, 0));
            total += L.Sum(sum);
        }

        return total;
    }

    /// <summary>A vector from a row of which <paramref name="left"/> numbers are left; others stand for those that it lacks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Load<L>(Real* x, int left, Real others)
        where L : struct, ILanes<L> => left >= L.Count ? L.Load(x) : LoadPart<L>(x, left, others);

    /// <summary>Writes a vector to a row of which <paramref name="left"/> numbers are left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<L>(L x, Real* row, int left)
        where L : struct, ILanes<L>
    {
        if (left >= L.Count)
            L.Store(x, row);
        else
            StorePart(x, row, left);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static L LoadPart<L>(Real* x, int left, Real others)
        where L : struct, ILanes<L>
    {
        var part = stackalloc Real[L.Count];
        for (var i = 0; i < L.Count; i++)
            part[i] = i < left ? x[i] : others;
        return L.Load(part);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void StorePart<L>(L x, Real* row, int left)
        where L : struct, ILanes<L>
    {
        var part = stackalloc Real[L.Count];
        L.Store(x, part);
        for (var i = 0; i < left; i++)
            row[i] = part[i];
    }
}
