namespace Functional.Llm;

/// <summary>How the results of kernels come into being: in parts that are shared out to the threads.</summary>
static unsafe class Results
{
    /// <summary>Numbers that are worth a thread's while: some ten microseconds.</summary>
    const int Share = 1 << 14;

    /// <summary>Writes the rows from one to before another, the first of them at the destination.</summary>
    public delegate void Part(int from, int to, Real* destination);

    /// <summary>An array of rows; parts are multiples of rows that belong <paramref name="together"/>, and what they write depends on nothing but its place.</summary>
    public static Real[] Rows(int rows, int columns, Part part, int together = 1)
    {
        var result = Arrays.Uninitialized(rows * columns);
        InParts((rows + together - 1) / together, columns * together, (from, to) =>
        {
            (from, to) = (from * together, Math.Min(rows, to * together));
            fixed (Real* destination = result)
                part(from, to, destination + (nint)from * columns);
        });
        return result;
    }

    /// <summary>An array of numbers, each of which depends on nothing but its place.</summary>
    public static Real[] Numbers(int count, Part part) => Rows(count, 1, part);

    /// <summary>Ranges of rows that are worth a thread's while: work(from, to).</summary>
    public static void InParts(int rows, int columns, Action<int, int> work)
    {
        var atOnce = Math.Max(1, Share / Math.Max(1, columns));
        if (rows <= atOnce)
            work(0, rows);
        else
            Workers.For((rows + atOnce - 1) / atOnce, part => work(part * atOnce, Math.Min(rows, (part + 1) * atOnce)));
    }
}
