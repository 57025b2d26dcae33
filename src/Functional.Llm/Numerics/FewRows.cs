
namespace Functional.Llm;

/// <summary>Products with at most 8 rows on one side, as in generation: each number of the large matrix is read once, where it lies.</summary>
static unsafe class FewRows
{
    /// <summary>The most rows that this is for.</summary>
    public const int Most = 8;

    /// <summary>Columns whose sums are held at a time: more than a page of every row, past whose end the processor does not fetch ahead.</summary>
    const int Strip = 1536;

    /// <summary>Rows of the large matrix that are read side by side: as many as the processor fetches ahead.</summary>
    const int Abreast = 16;

    /// <summary>Numbers of the large matrix that are worth a thread's while.</summary>
    const int Share = 1 << 15;

    /// <summary>Parts for each thread, so that one that is slowed down takes fewer.</summary>
    const int PartsPerThread = 8;

    /// <summary>C = start + X Y, where X (M × K) has at most 8 rows; of Y (K × N) the rows are runs, or the columns are.</summary>
    public static void Multiply(int m, int n, int k, Matrix x, Matrix y, Matrix c, Matrix? start) => Lanes.Widest(new Work(m, n, k, x, y, c, start));

    readonly record struct Work(int M, int N, int K, Matrix X, Matrix Y, Matrix C, Matrix? Start) : ILaneWork
    {
        public void Run<L>()
            where L : struct, ILanes<L> => Multiply<L>(M, N, K, X, Y, C, Start);
    }

    /// <summary>The same on vectors of one's choice.</summary>
    public static void Multiply<L>(int m, int n, int k, Matrix x, Matrix y, Matrix c, Matrix? start)
        where L : struct, ILanes<L>
    {
        var rows = m <= 2 ? m : m <= 4 ? 4 : Most;
        var columnsAreRuns = y.Row == 1;
        var packed = Pack(m, rows, k, x, columnsAreRuns);
        var atOnce = columnsAreRuns ? ColumnsAtOnce(n, k) : Strip * (int)Math.Max(1, Share / ((long)Strip * k));
        Workers.For((n + atOnce - 1) / atOnce, part =>
        {
            Span<Real> sums = stackalloc Real[Most * Strip];
            for (var first = part * atOnce; first < Math.Min(n, (part + 1) * atOnce); first += Strip)
            {
                var width = Math.Min(Strip, Math.Min(n, (part + 1) * atOnce) - first);
                fixed (Real* a = packed.Array, b = y.Array, s = sums)
                {
                    if (columnsAreRuns)
                        DotProducts.Multiply<L>(rows, width, k, a + packed.Offset, b + y.Offset + (nint)first * y.Column, y.Column, s, Strip);
                    else
                        Combine<L>(rows, width, k, a + packed.Offset, b + y.Offset + first, y.Row, s);
                }

                Write(m, first, sums, width, c, start);
            }
        });
    }

    /// <summary>Columns of Y, each a run of K numbers, that a thread takes at a time: an even number.</summary>
    public static int ColumnsAtOnce(int n, int k) =>
        Math.Max(2 * (int)Math.Clamp(Share / (2L * Math.Max(1, k)), 1, 1 << 15), (n + 2 * PartsPerThread * Parallelism.Threads - 1) / (2 * PartsPerThread * Parallelism.Threads) * 2);

    /// <summary>X with zeros for the rows that it lacks: row after row for dot products; for tiles, the rows of one k together.</summary>
    static Scratch Pack(int m, int rows, int k, Matrix x, bool rowAfterRow)
    {
        var packed = Scratch.ForLeft((long)rows * k);
        fixed (Real* source = x.Array, destination = packed.Array)
        {
            var to = destination + packed.Offset;
            if (rowAfterRow)
            {
                Packing.Pack(source + x.Offset, x.Column, x.Row, k, k, m, to);
                new Span<Real>(to + (nint)m * k, (rows - m) * k).Clear();
            }
            else
            {
                Packing.Pack(source + x.Offset, x.Row, x.Column, m, rows, k, to);
            }
        }

        return packed;
    }

    /// <summary>Sums of rows of Y times numbers of X: tiles of a few rows of Y at a time, so that all of it is read from left to right.</summary>
    static void Combine<L>(int rows, int width, int k, Real* x, Real* y, nint rowY, Real* sums)
        where L : struct, ILanes<L>
    {
        new Span<Real>(sums, rows * Strip).Clear();
        var whole = width / (2 * L.Count) * (2 * L.Count);
        for (var p = 0; p < k; p += Abreast)
        {
            var depth = Math.Min(Abreast, k - p);
            Real* panel = x + (nint)p * rows, from = y + p * rowY;
            for (var j = 0; j < whole; j += 2 * L.Count)
            {
                var s = sums + j;
                Tile.Multiply<L, N1>(rows, depth, panel, rows, from + j, rowY, s, Strip, s, Strip, s);
            }

            for (var j = whole; j < width; j++)
            {
                for (var i = 0; i < rows; i++)
                {
                    Real sum = 0;
                    for (var q = 0; q < depth; q++)
                        sum += panel[q * rows + i] * from[q * rowY + j];
                    sums[i * Strip + j] += sum;
                }
            }
        }
    }

    static void Write(int m, int first, ReadOnlySpan<Real> sums, int width, Matrix c, Matrix? start)
    {
        for (var i = 0; i < m; i++)
        {
            var row = sums.Slice(i * Strip, width);
            var to = c.Offset + i * c.Row + first * c.Column;
            if (start is { } s)
            {
                for (var j = 0; j < width; j++)
                    c.Array[to + j * c.Column] = s.Array[s.Offset + i * s.Row + (first + j) * s.Column] + row[j];
            }
            else if (c.Column == 1)
            {
                row.CopyTo(c.Array.AsSpan(to));
            }
            else
            {
                for (var j = 0; j < width; j++)
                    c.Array[to + j * c.Column] = row[j];
            }
        }
    }
}
