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
        var (linesInBlocks, depthInBlocks) = step == 1 && sizeof(Real) == sizeof(int) && Avx512F.IsSupported ? (lines / 4 * 4, depth / Block * Block) : (0, 0);
        for (var first = 0; first < linesInBlocks; first += Block)
        {
            for (var k = 0; k < depthInBlocks; k += Block)
                TransposeBlock((int*)(source + first * line + k), line, Math.Min(Block, linesInBlocks - first), (int*)(panel + (nint)k * width + first), width);
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

    /// <summary>4, 8, 12 or 16 lines × 16 columns. Quarters of vectors come from lines 4 apart, which leaves 4 × 4 transpositions within quarters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void TransposeBlock(int* source, nint line, int lines, int* destination, int width)
    {
        for (var k = 0; k < Block; k += 4, destination += 4 * width)
        {
            Vector512<int> x0 = Quarters(source + k, line, lines), x1 = Quarters(source + k + line, line, lines),
                x2 = Quarters(source + k + 2 * line, line, lines), x3 = Quarters(source + k + 3 * line, line, lines);
            Vector512<long> low01 = Avx512F.UnpackLow(x0, x1).AsInt64(), high01 = Avx512F.UnpackHigh(x0, x1).AsInt64(),
                low23 = Avx512F.UnpackLow(x2, x3).AsInt64(), high23 = Avx512F.UnpackHigh(x2, x3).AsInt64();
            Store(Avx512F.UnpackLow(low01, low23).AsInt32(), lines, destination);
            Store(Avx512F.UnpackHigh(low01, low23).AsInt32(), lines, destination + width);
            Store(Avx512F.UnpackLow(high01, high23).AsInt32(), lines, destination + 2 * width);
            Store(Avx512F.UnpackHigh(high01, high23).AsInt32(), lines, destination + 3 * width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Quarters(int* source, nint line, int lines) => Vector512.Create(
        Vector256.Create(Vector128.Load(source), lines > 4 ? Vector128.Load(source + 4 * line) : default),
        Vector256.Create(lines > 8 ? Vector128.Load(source + 8 * line) : default, lines > 12 ? Vector128.Load(source + 12 * line) : default));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector512<int> x, int lines, int* destination)
    {
        if (lines == Block)
        {
            x.Store(destination);
            return;
        }

        x.GetLower().GetLower().Store(destination);
        if (lines > 4)
            x.GetLower().GetUpper().Store(destination + 4);
        if (lines > 8)
            x.GetUpper().GetLower().Store(destination + 8);
    }
}
