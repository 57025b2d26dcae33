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
        var whole = lines / width * width;
        if (line == 1)
        {
            CopyRuns(source, step, whole, width, depth, panels);
        }
        else
        {
            for (var first = 0; first < whole; first += width)
                Transpose(source + first * line, line, step, width, depth, panels + (nint)first * depth);
        }

        if (whole < lines)
            OneByOne(source + whole * line, line, step, lines - whole, width, depth, panels + (nint)whole * depth);
    }

    /// <summary>Lines that lie beside each other: runs are copied, those of one k together, so that the matrix is read row by row.</summary>
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
        for (; i <= count - Vector256<Real>.Count; i += Vector256<Real>.Count)
            Vector256.Load(source + i).Store(destination + i);
        for (; i <= count - Vector128<Real>.Count; i += Vector128<Real>.Count)
            Vector128.Load(source + i).Store(destination + i);
        for (; i < count; i++)
            destination[i] = source[i];
    }

    /// <summary>A whole panel of lines that are runs themselves, or lie anyhow.</summary>
    static void Transpose(Real* source, nint line, nint step, int width, int depth, Real* panel)
    {
        var blocks = step == 1 && sizeof(Real) == sizeof(int) && Avx512F.IsSupported && width % 4 == 0 ? depth / Block * Block : 0;
        for (var first = 0; blocks > 0 && first < width; first += Block)
        {
            for (var k = 0; k < blocks; k += Block)
                TransposeBlock((int*)(source + first * line + k), line, Math.Min(Block, width - first), (int*)(panel + (nint)k * width + first), width);
        }

        OneByOne(source + blocks * step, line, step, width, width, depth - blocks, panel + (nint)blocks * width);
    }

    static void OneByOne(Real* source, nint line, nint step, int lines, int width, int depth, Real* panel)
    {
        for (var k = 0; k < depth; k++, source += step, panel += width)
        {
            for (var l = 0; l < width; l++)
                panel[l] = l < lines ? source[l * line] : 0;
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
