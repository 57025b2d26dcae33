using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Functional.Llm;

/// <summary>Parts of a matrix laid out as the tiles of a product read them: in panels, one after the other.</summary>
/// <remarks>
/// A panel holds some lines (rows of the left matrix, columns of the right one), for every k a run of one number a line; lines that the matrix
/// lacks are zeros. Line l at k lies at l · <c>line</c> + k · <c>step</c> in the matrix.
/// </remarks>
static unsafe class Packing
{
    /// <summary>Packs lines × depth numbers into panels of <paramref name="width"/> lines.</summary>
    public static void Pack(Real* source, nint line, nint step, int lines, int width, int depth, Real* panels)
    {
        var whole = line == 1 ? lines / width * width : 0;
        CopyRuns(source, step, whole, width, depth, panels);
        for (var first = whole; first < lines; first += width)
            Transpose(source + first * line, line, step, Math.Min(width, lines - first), width, depth, panels + (nint)first * depth);
    }

    /// <summary>Lines that lie beside each other: runs are copied, those of one k together, so that the matrix is read row by row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyRuns(Real* source, nint step, int lines, int width, int depth, Real* panels)
    {
        for (var k = 0; k < depth; k++, source += step, panels += width)
        {
            for (var first = 0; first < lines; first += width)
                CopyRun(source + first, width, panels + (nint)first * depth);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopyRun(Real* source, int count, Real* destination)
    {
        var i = 0;
        for (; Lanes512.IsSupported && i <= count - Vector512<Real>.Count; i += Vector512<Real>.Count)
            Vector512.Load(source + i).Store(destination + i);
        for (; i <= count - Vector256<Real>.Count; i += Vector256<Real>.Count)
            Vector256.Load(source + i).Store(destination + i);
        for (; i <= count - Vector128<Real>.Count; i += Vector128<Real>.Count)
            Vector128.Load(source + i).Store(destination + i);
        for (; i < count; i++)
            destination[i] = source[i];
    }

    /// <summary>A panel of lines that are runs themselves, or lie anyhow: blocks where lines are runs, and what is left one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Transpose(Real* source, nint line, nint step, int lines, int width, int depth, Real* panel)
    {
        if (lines < width)
            new Span<Real>(panel, width * depth).Clear();
        var inBlocks = step == 1 && sizeof(Real) == sizeof(int) && Avx2.IsSupported;
        var (linesInBlocks, depthInBlocks) = inBlocks ? (lines / 2 * 2, depth / 4 * 4) : (0, 0);
        for (int first = 0, count; first < linesInBlocks; first += count)
        {
            count = BlockOf(linesInBlocks - first);
            var (from, to) = ((nint)(source + first * line), (nint)(panel + first));

            // What a vector has more than its block is overwritten by the next ones, unless it is another block's.
            var toSpill = first == 0 || first + (count <= Block / 2 ? Block / 2 : Block) <= width ? depth - Block : 0;
            switch (count)
            {
                case 2: Transpose256<N2>((int*)from, line, (int*)to, width, depthInBlocks, toSpill); break;
                case 4: Transpose256<N4>((int*)from, line, (int*)to, width, depthInBlocks, toSpill); break;
                case 6: Transpose256<N6>((int*)from, line, (int*)to, width, depthInBlocks, toSpill); break;
                case 8: Transpose256<N8>((int*)from, line, (int*)to, width, depthInBlocks, toSpill); break;
                case 12: Transpose512<N12>((int*)from, line, (int*)to, width, depthInBlocks, toSpill); break;
                default: Transpose512<N16>((int*)from, line, (int*)to, width, depthInBlocks, toSpill); break;
            }
        }

        OneByOne(source + linesInBlocks * line, line, step, lines - linesInBlocks, width, depthInBlocks, panel + linesInBlocks);
        OneByOne(source + depthInBlocks * step, line, step, lines, width, depth - depthInBlocks, panel + (nint)depthInBlocks * width);
    }

    /// <summary>How many of some lines are transposed together.</summary>
    static int BlockOf(int lines) => lines switch
    {
        >= 16 when Avx512F.IsSupported => 16,
        >= 12 when Avx512F.IsSupported => 12,
        >= 8 => 8,
        _ => lines,
    };

    static void OneByOne(Real* source, nint line, nint step, int lines, int width, int depth, Real* panel)
    {
        for (var k = 0; k < depth; k++, source += step, panel += width)
        {
            for (var l = 0; l < lines; l++)
                panel[l] = source[l * line];
        }
    }

    /// <summary>The widest block, of as many lines as a vector of 64 bytes has 32-bit numbers.</summary>
    const int Block = 16;

    /// <summary>12 or 16 lines. Quarters of vectors come from lines 4 apart, which leaves 4 × 4 transpositions within quarters.</summary>
    /// <remarks>Up to the column <paramref name="toSpill"/> whole vectors are stored, even where the block has fewer lines.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Transpose512<Lines>(int* source, nint line, int* panel, int width, int columns, int toSpill)
        where Lines : struct, IConstant
    {
        for (var k = 0; k < columns; k += 4, source += 4, panel += 4 * width)
        {
            Vector512<int> x0 = Quarters<Lines>(source, line), x1 = Quarters<Lines>(source + line, line),
                x2 = Quarters<Lines>(source + 2 * line, line), x3 = Quarters<Lines>(source + 3 * line, line);
            Vector512<long> low01 = Avx512F.UnpackLow(x0, x1).AsInt64(), high01 = Avx512F.UnpackHigh(x0, x1).AsInt64(),
                low23 = Avx512F.UnpackLow(x2, x3).AsInt64(), high23 = Avx512F.UnpackHigh(x2, x3).AsInt64();
            Vector512<int> y0 = Avx512F.UnpackLow(low01, low23).AsInt32(), y1 = Avx512F.UnpackHigh(low01, low23).AsInt32(),
                y2 = Avx512F.UnpackLow(high01, high23).AsInt32(), y3 = Avx512F.UnpackHigh(high01, high23).AsInt32();
            var whole = Lines.Value == Block || k < toSpill;
            Store<Lines>(y0, panel, whole);
            Store<Lines>(y1, panel + width, whole);
            Store<Lines>(y2, panel + 2 * width, whole);
            Store<Lines>(y3, panel + 3 * width, whole);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Quarters<Lines>(int* source, nint line)
        where Lines : struct, IConstant => Vector512.Create(Halves<N8>(source, line, 0),
            Vector256.Create(Vector128.Load(source + 8 * line), Lines.Value > 12 ? Vector128.Load(source + 12 * line) : default));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<Lines>(Vector512<int> x, int* destination, bool whole)
        where Lines : struct, IConstant
    {
        if (whole)
        {
            x.Store(destination);
            return;
        }

        x.GetLower().Store(destination);
        x.GetUpper().GetLower().Store(destination + 8);
    }

    /// <summary>2, 4, 6 or 8 lines, likewise, by vectors of 32 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Transpose256<Lines>(int* source, nint line, int* panel, int width, int columns, int toSpill)
        where Lines : struct, IConstant
    {
        for (var k = 0; k < columns; k += 4, source += 4, panel += 4 * width)
        {
            Vector256<int> x0 = Halves<Lines>(source, line, 0), x1 = Halves<Lines>(source, line, 1),
                x2 = Halves<Lines>(source, line, 2), x3 = Halves<Lines>(source, line, 3);
            Vector256<long> low01 = Avx2.UnpackLow(x0, x1).AsInt64(), high01 = Avx2.UnpackHigh(x0, x1).AsInt64(),
                low23 = Avx2.UnpackLow(x2, x3).AsInt64(), high23 = Avx2.UnpackHigh(x2, x3).AsInt64();
            Vector256<int> y0 = Avx2.UnpackLow(low01, low23).AsInt32(), y1 = Avx2.UnpackHigh(low01, low23).AsInt32(),
                y2 = Avx2.UnpackLow(high01, high23).AsInt32(), y3 = Avx2.UnpackHigh(high01, high23).AsInt32();
            var whole = Lines.Value == Block / 2 || k < toSpill;
            Store<Lines>(y0, panel, whole);
            Store<Lines>(y1, panel + width, whole);
            Store<Lines>(y2, panel + 2 * width, whole);
            Store<Lines>(y3, panel + 3 * width, whole);
        }
    }

    /// <summary>Four numbers of line <paramref name="first"/> and of the one 4 further, as far as there are so many lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Halves<Lines>(int* source, nint line, int first)
        where Lines : struct, IConstant => Vector256.Create(
            Lines.Value > first ? Vector128.Load(source + first * line) : default, Lines.Value > first + 4 ? Vector128.Load(source + (first + 4) * line) : default);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<Lines>(Vector256<int> x, int* destination, bool whole)
        where Lines : struct, IConstant
    {
        if (whole)
            x.Store(destination);
        else if (Lines.Value == 2)
            *(long*)destination = x.AsInt64().GetElement(0);
        else
            x.GetLower().Store(destination);
        if (!whole && Lines.Value == 6)
            *(long*)(destination + 4) = x.AsInt64().GetElement(2);
    }
}
