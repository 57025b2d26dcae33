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
        var (linesInBlocks, depthInBlocks) = step == 1 && sizeof(Real) == sizeof(int) && Avx512F.IsSupported ? (lines / 4 * 4, depth / 4 * 4) : (0, 0);
        for (var first = 0; first < linesInBlocks; first += Block)
        {
            var (from, to) = ((nint)(source + first * line), (nint)(panel + first));
            switch (Math.Min(Block, linesInBlocks - first))
            {
                case 4: TransposeBlocks<N4>((int*)from, line, (int*)to, width, depthInBlocks, depth); break;
                case 8: TransposeBlocks<N8>((int*)from, line, (int*)to, width, depthInBlocks, depth); break;
                case 12: TransposeBlocks<N12>((int*)from, line, (int*)to, width, depthInBlocks, depth); break;
                default: TransposeBlocks<N16>((int*)from, line, (int*)to, width, depthInBlocks, depth); break;
            }
        }

        OneByOne(source + linesInBlocks * line, line, step, lines - linesInBlocks, width, depthInBlocks, panel + linesInBlocks);
        OneByOne(source + depthInBlocks * step, line, step, lines, width, depth - depthInBlocks, panel + (nint)depthInBlocks * width);
    }

    static void OneByOne(Real* source, nint line, nint step, int lines, int width, int depth, Real* panel)
    {
        for (var k = 0; k < depth; k++, source += step, panel += width)
        {
            for (var l = 0; l < lines; l++)
                panel[l] = source[l * line];
        }
    }

    /// <summary>As many lines and columns as a vector of 64 bytes has 32-bit numbers.</summary>
    const int Block = 16;

    /// <summary>4, 8, 12 or 16 lines. Quarters of vectors come from lines 4 apart, which leaves 4 × 4 transpositions within quarters.</summary>
    /// <remarks>What a vector has more than the panel is wide is overwritten by the next ones; the last ones must not reach beyond the panel.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void TransposeBlocks<Lines>(int* source, nint line, int* panel, int width, int columns, int depth)
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
            if (Lines.Value == Block || k < depth - Block)
            {
                y0.Store(panel);
                y1.Store(panel + width);
                y2.Store(panel + 2 * width);
                y3.Store(panel + 3 * width);
            }
            else
            {
                StoreQuarters<Lines>(y0, panel);
                StoreQuarters<Lines>(y1, panel + width);
                StoreQuarters<Lines>(y2, panel + 2 * width);
                StoreQuarters<Lines>(y3, panel + 3 * width);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Quarters<Lines>(int* source, nint line)
        where Lines : struct, IConstant => Vector512.Create(
            Vector256.Create(Vector128.Load(source), Lines.Value > 4 ? Vector128.Load(source + 4 * line) : default),
            Vector256.Create(Lines.Value > 8 ? Vector128.Load(source + 8 * line) : default, Lines.Value > 12 ? Vector128.Load(source + 12 * line) : default));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreQuarters<Lines>(Vector512<int> x, int* destination)
        where Lines : struct, IConstant
    {
        x.GetLower().GetLower().Store(destination);
        if (Lines.Value > 4)
            x.GetLower().GetUpper().Store(destination + 4);
        if (Lines.Value > 8)
            x.GetUpper().GetLower().Store(destination + 8);
    }
}
