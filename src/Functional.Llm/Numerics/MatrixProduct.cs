using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>A matrix in an array: element (i, j) is at offset + i · row + j · column.</summary>
readonly record struct Matrix(Real[] Array, int Offset, int Row, int Column);

/// <summary>The matrix product C = start + A B, blocked for the caches (Goto and van de Geijn 2008).</summary>
/// <remarks>
/// Panels of A (12 rows) stay in the first-level cache, strips of panels of B in the second, and all of the packed block in the third. Sums run
/// over k in order within blocks whose depth depends on K alone, so that an element has the same bits for any tiling and any number of threads.
/// </remarks>
static unsafe class MatrixProduct
{
    // Measured: a strip of 7 panels of B, 768 deep, is two thirds of a second-level cache; deeper, it would be too narrow, and flatter, C would be
    // read and written more often.
    const int Depth = 768;
    const int Strip = 7;
    const int Columns = 3072;
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
        var (rows, columns) = (L.Rows, 2 * L.Count);
        var (high, wide, deep) = (Even(m, Rows, rows), Even(n, Columns, columns), Even(k, Depth, 16));
        var threads = (long)m * n * k < WorthSharing ? 1 : Parallelism.Threads;
        var buffer = Scratch.Of((long)(high + wide) * deep);
        for (var j = 0; j < n; j += wide)
        {
            for (var p = 0; p < k; p += deep)
            {
                for (var i = 0; i < m; i += high)
                {
                    var block = new Block<L>(a, b, c, p == 0 ? start : c, buffer, high * deep, i, Math.Min(high, m - i), j, Math.Min(wide, n - j), p, Math.Min(deep, k - p));
                    block.Compute(threads, packRight: i == 0);
                }
            }
        }
    }

    /// <summary>The size of the fewest equal blocks of at most <paramref name="most"/>, rounded up to a multiple.</summary>
    static int Even(int size, int most, int multiple)
    {
        var blocks = Math.Max(1, (size + most - 1) / most);
        return ((size + blocks - 1) / blocks + multiple - 1) / multiple * multiple;
    }

    /// <summary>A block of the product: what of A and B is packed at a time, and the part of C that it adds to.</summary>
    sealed class Block<L>(Matrix a, Matrix b, Matrix c, Matrix? start, Scratch buffer, int right, int top, int height, int left, int width, int first, int depth)
        where L : struct, ILanes<L>
    {
        const int PanelsAtOnce = 8;

        static int TileRows => L.Rows;

        static int TileColumns => 2 * L.Count;

        public void Compute(int threads, bool packRight)
        {
            var (panelsA, panelsB) = (Parts(height, TileRows), Parts(width, TileColumns));
            var (packsA, packsB) = (Parts(panelsA, PanelsAtOnce), packRight ? Parts(panelsB, PanelsAtOnce) : 0);
            Share(threads, packsA + packsB, i =>
            {
                if (i < packsB)
                    PackRight(i * PanelsAtOnce * TileColumns);
                else
                    PackLeft((i - packsB) * PanelsAtOnce * TileRows);
            });

            // Strips of columns for all threads alike; where there are too few, groups of rows as well.
            var strips = Parts(Math.Max(threads, Parts(panelsB, Strip)), threads) * threads;
            var strip = Parts(panelsB, strips);
            strips = Parts(panelsB, strip);
            var group = Parts(panelsA, Parts(threads, strips));
            Share(threads, strips * Parts(panelsA, group), i => Tiles(
                i / strips * group, Math.Min(panelsA, (i / strips + 1) * group), i % strips * strip, Math.Min(panelsB, (i % strips + 1) * strip)));
        }

        static int Parts(int size, int part) => (size + part - 1) / part;

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
            fixed (Real* source = a.Array, panels = buffer.Array)
            {
                Packing.Pack(source + a.Offset + (nint)(top + line) * a.Row + (nint)first * a.Column, a.Row, a.Column,
                    Math.Min(PanelsAtOnce * TileRows, height - line), TileRows, depth, panels + buffer.Offset + (nint)line * depth);
            }
        }

        void PackRight(int line)
        {
            fixed (Real* source = b.Array, panels = buffer.Array)
            {
                Packing.Pack(source + b.Offset + (nint)(left + line) * b.Column + (nint)first * b.Row, b.Column, b.Row,
                    Math.Min(PanelsAtOnce * TileColumns, width - line), TileColumns, depth, panels + buffer.Offset + right + (nint)line * depth);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Tiles(int fromA, int toA, int fromB, int toB)
        {
            fixed (Real* panels = buffer.Array, sums = c.Array, initial = start?.Array)
            {
                for (var x = fromA; x < toA; x++)
                {
                    for (var y = fromB; y < toB; y++)
                    {
                        var (i, j) = (x * TileRows, y * TileColumns);
                        Real* panelA = panels + buffer.Offset + (nint)i * depth, panelB = panels + buffer.Offset + right + (nint)j * depth;
                        var from = start is { } s ? initial + s.Offset + (nint)(top + i) * s.Row + left + j : null;
                        var to = sums + c.Offset + (nint)(top + i) * c.Row + left + j;
                        var (rows, columns) = (Math.Min(TileRows, height - i), Math.Min(TileColumns, width - j));
                        if (columns == TileColumns && rows % 2 == 0 && rows != 10)
                            Multiply(rows, panelA, panelB, from, start?.Row ?? 0, to, c.Row);
                        else
                            AtEdge(rows, columns, panelA, panelB, from, start?.Row ?? 0, to);
                    }
                }
            }
        }

        /// <summary>A tile that reaches beyond C is computed beside it.</summary>
        void AtEdge(int rows, int columns, Real* panelA, Real* panelB, Real* from, nint rowFrom, Real* to)
        {
            var spare = stackalloc Real[TileRows * TileColumns];
            Multiply(TileRows, panelA, panelB, null, 0, spare, TileColumns);
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++)
                    to[i * (nint)c.Row + j] = from == null ? spare[i * TileColumns + j] : from[i * rowFrom + j] + spare[i * TileColumns + j];
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Multiply(int rows, Real* panelA, Real* panelB, Real* from, nint rowFrom, Real* to, nint rowTo)
        {
            if (rows <= 2)
                Tile.Multiply<L, N2>(depth, panelA, TileRows, panelB, TileColumns, from, rowFrom, to, rowTo);
            else if (rows <= 4)
                Tile.Multiply<L, N4>(depth, panelA, TileRows, panelB, TileColumns, from, rowFrom, to, rowTo);
            else if (rows <= 6)
                Tile.Multiply<L, N6>(depth, panelA, TileRows, panelB, TileColumns, from, rowFrom, to, rowTo);
            else if (rows <= 8)
                Tile.Multiply<L, N8>(depth, panelA, TileRows, panelB, TileColumns, from, rowFrom, to, rowTo);
            else
                Tile.Multiply<L, N12>(depth, panelA, TileRows, panelB, TileColumns, from, rowFrom, to, rowTo);
        }
    }
}
