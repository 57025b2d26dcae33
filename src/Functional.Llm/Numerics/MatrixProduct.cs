using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>A matrix in an array: element (i, j) is at offset + i · row + j · column.</summary>
readonly record struct Matrix(Real[] Array, int Offset, int Row, int Column);

/// <summary>The matrix product C = start + A B, blocked for the caches (Goto and van de Geijn 2008).</summary>
/// <remarks>
/// A block of A is packed once, in panels of 12 rows. A thread packs a strip of B that fills most of its second-level cache, and multiplies all
/// panels of A by it, so that packed B never goes further than that cache. Sums run over k in order within blocks whose depth depends on K alone,
/// so that an element has the same bits for any tiling and any number of threads.
/// </remarks>
static unsafe class MatrixProduct
{
    // Measured: a strip of 7 panels of B, 768 deep, is two thirds of a second-level cache; deeper, it would be too narrow, and flatter, C would be
    // read and written more often.
    const int Depth = 768;
    const int Strip = 7;
    const int Rows = 3072;

    /// <summary>Below so many multiplications, other threads cost more than they do.</summary>
    const long WorthSharing = 1 << 20;

    /// <summary>C (M × N) = start + A (M × K) B (K × N), on the widest vectors that the processor has.</summary>
    /// <remarks>The start is null for zeros, C itself to add to it, or a bias in rows 0 apart; its columns are 1 apart, as C's.</remarks>
    public static void Multiply(int m, int n, int k, Matrix a, Matrix b, Matrix c, Matrix? start) => Lanes.Widest(new Work(m, n, k, a, b, c, start));

    readonly record struct Work(int M, int N, int K, Matrix A, Matrix B, Matrix C, Matrix? Start) : ILaneWork
    {
        public void Run<L>()
            where L : struct, ILanes<L> => Multiply<L>(M, N, K, A, B, C, Start);
    }

    /// <summary>The same on vectors of one's choice.</summary>
    public static void Multiply<L>(int m, int n, int k, Matrix a, Matrix b, Matrix c, Matrix? start)
        where L : struct, ILanes<L>
    {
        var (high, deep) = (Even(m, Rows, L.Rows), Even(k, Depth, 16));
        var threads = (long)m * n * k < WorthSharing ? 1 : Parallelism.Threads;
        var left = Scratch.ForLeft((long)high * deep);
        for (var p = 0; p < k; p += deep)
        {
            for (var i = 0; i < m; i += high)
                new Block<L>(a, b, c, p == 0 ? start : c, left, i, Math.Min(high, m - i), n, p, Math.Min(deep, k - p)).Compute(threads);
        }
    }

    /// <summary>The size of the fewest equal blocks of at most <paramref name="most"/>, rounded up to a multiple.</summary>
    static int Even(int size, int most, int multiple)
    {
        var blocks = Math.Max(1, Parts(size, most));
        return Parts(Parts(size, blocks), multiple) * multiple;
    }

    static int Parts(int size, int part) => (size + part - 1) / part;

    /// <summary>A block of A, packed, and the rows of C that its product with B is added to.</summary>
    sealed class Block<L>(Matrix a, Matrix b, Matrix c, Matrix? start, Scratch left, int top, int height, int width, int first, int depth)
        where L : struct, ILanes<L>
    {
        const int PanelsAtOnce = 8;
        const int PartsPerThread = 4;

        /// <summary>A packed B of half a second-level cache.</summary>
        const int SmallRight = (512 << 10) / sizeof(Real);

        static int TileRows => L.Rows;

        static int TileColumns => 2 * L.Count;

        public void Compute(int threads)
        {
            var (panelsA, panelsB) = (Parts(height, TileRows), Parts(width, TileColumns));
            var partsA = Parts(panelsA, PanelsAtOnce);
            if (threads > 1 && (long)panelsB * TileColumns * depth <= SmallRight)
            {
                // A small B is packed once, for all; then a thread that is slow takes fewer rows.
                var (right, rows) = (RightFor(width), Math.Max(1, panelsA / (PartsPerThread * threads)));
                Share(threads, partsA + panelsB, i => Pack(i, partsA, right));
                Share(threads, Parts(panelsA, rows), i => Tiles(i * rows, Math.Min(panelsA, (i + 1) * rows), right, 0, width));
                return;
            }

            Share(threads, partsA, i => PackLeft(i * PanelsAtOnce * TileRows));

            // Strips of columns for all threads alike; where there are too few, groups of rows as well.
            var strips = Parts(Math.Max(threads, Parts(panelsB, Strip)), threads) * threads;
            var strip = Parts(panelsB, strips);
            strips = Parts(panelsB, strip);
            var group = Parts(panelsA, Parts(threads, strips));
            Share(threads, strips * Parts(panelsA, group), i =>
            {
                var (j, columns) = (i % strips * strip * TileColumns, Math.Min(strip * TileColumns, width - i % strips * strip * TileColumns));
                var right = RightFor(columns);
                PackRight(j, columns, right, 0);
                Tiles(i / strips * group, Math.Min(panelsA, (i / strips + 1) * group), right, j, columns);
            });
        }

        void Pack(int i, int partsA, Scratch right)
        {
            if (i < partsA)
                PackLeft(i * PanelsAtOnce * TileRows);
            else
                PackRight((i - partsA) * TileColumns, Math.Min(TileColumns, width - (i - partsA) * TileColumns), right, (i - partsA) * TileColumns);
        }

        Scratch RightFor(int columns) => Scratch.ForRight((long)Parts(columns, TileColumns) * TileColumns * depth);

        static void Share(int threads, int parts, Action<int> part)
        {
            if (threads > 1)
            {
                Workers.For(parts, part);
                return;
            }

            for (var i = 0; i < parts; i++)
                part(i);
        }

        void PackLeft(int line)
        {
            fixed (Real* source = a.Array, panels = left.Array)
            {
                Packing.Pack(source + a.Offset + (nint)(top + line) * a.Row + (nint)first * a.Column, a.Row, a.Column,
                    Math.Min(PanelsAtOnce * TileRows, height - line), TileRows, depth, panels + left.Offset + (nint)line * depth);
            }
        }

        /// <summary>Packs some columns of B to where the column <paramref name="to"/> of packed ones begins.</summary>
        void PackRight(int line, int columns, Scratch right, int to)
        {
            fixed (Real* source = b.Array, panels = right.Array)
            {
                Packing.Pack(source + b.Offset + (nint)line * b.Column + (nint)first * b.Row, b.Column, b.Row, columns, TileColumns, depth,
                    panels + right.Offset + (nint)to * depth);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Tiles(int fromA, int toA, Scratch right, int firstColumn, int columns)
        {
            fixed (Real* panelsA = left.Array, panelsB = right.Array, sums = c.Array, initial = start?.Array)
            {
                for (var i = fromA * TileRows; i < toA * TileRows; i += TileRows)
                {
                    var rows = Math.Min(TileRows, height - i);
                    var from = start is { } s ? initial + s.Offset + (nint)(top + i) * s.Row + firstColumn : null;
                    var to = sums + c.Offset + (nint)(top + i) * c.Row + firstColumn;
                    var panelA = panelsA + left.Offset + (nint)i * depth;
                    var next = panelA + (nint)TileRows * depth;
                    for (var j = 0; j < columns; j += TileColumns, next += depth / 16 * 2 * Tile.Line)
                    {
                        var panelB = panelsB + right.Offset + (nint)j * depth;
                        if (columns - j >= TileColumns && rows % 2 == 0 && rows != 10)
                            Multiply(rows, panelA, panelB, from == null ? null : from + j, start?.Row ?? 0, to + j, c.Row, next);
                        else
                            AtEdge(rows, Math.Min(TileColumns, columns - j), panelA, panelB, from == null ? null : from + j, start?.Row ?? 0, to + j, next);
                    }
                }
            }
        }

        /// <summary>A tile that reaches beyond C is computed beside it.</summary>
        void AtEdge(int rows, int columns, Real* panelA, Real* panelB, Real* from, nint rowFrom, Real* to, Real* next)
        {
            var spare = stackalloc Real[TileRows * TileColumns];
            Multiply(TileRows, panelA, panelB, null, 0, spare, TileColumns, next);
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++)
                    to[i * (nint)c.Row + j] = from == null ? spare[i * TileColumns + j] : from[i * rowFrom + j] + spare[i * TileColumns + j];
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Multiply(int rows, Real* panelA, Real* panelB, Real* from, nint rowFrom, Real* to, nint rowTo, Real* next) =>
            Tile.Multiply<L, N1>(rows, depth, panelA, TileRows, panelB, TileColumns, from, rowFrom, to, rowTo, next);
    }
}
