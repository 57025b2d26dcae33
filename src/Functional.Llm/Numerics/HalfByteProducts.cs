using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Functional.Llm;

/// <summary>Products of a few rows with many whose numbers have 4 bits each, eight of them to a word of 32 bits.</summary>
/// <remarks>
/// A number n, stored as n + 8, is masked in its place p, which makes it (n + 8) 16ᵖ, and becomes a floating-point number so; X is packed in the order of
/// places and divided by 16ᵖ, which is exact, and Σ 8 x is taken off where the sum of a group begins. What a row lacks to whole vectors is multiplied
/// by zeros of X: there the kernel reads codes and scales of the next row, or of the room behind the last.
/// </remarks>
static unsafe class HalfByteProducts
{
    /// <summary>Numbers of a word.</summary>
    const int Places = 8;

    const int WordsPerGroup = CompressedNumbers.Group / Places;

    const int BytesOfWord = 4;

    /// <summary>Numbers of a group in the lower halves of its bytes.</summary>
    const int Half = CompressedNumbers.Group / 2;

    /// <summary>What is added to a number to be stored.</summary>
    const int Excess = 8;

    /// <summary>Words of a cache line.</summary>
    const int Line = Tile.Line * sizeof(Real) / BytesOfWord;

    /// <summary>Words of a row, up to whole vectors.</summary>
    static int Words<L>(int groups)
        where L : struct, ILanes<L> => (groups * WordsPerGroup + L.Count - 1) / L.Count * L.Count;

    /// <summary>For every vector of words: where the sums of its lanes begin, and the numbers of X for each place.</summary>
    public static Scratch Pack<L>(int m, Matrix x, CompressedNumbers y)
        where L : struct, ILanes<L>
    {
        var width = (Places + 1) * Words<L>(y.Groups);
        var packed = Scratch.ForLeft((long)m * width);
        packed.Array.AsSpan(packed.Offset, m * width).Clear();
        var group = stackalloc Real[CompressedNumbers.Group];
        fixed (Real* source = x.Array, rows = packed.Array)
        {
            for (var i = 0; i < m; i++)
            {
                for (var g = 0; g < y.Groups; g++)
                {
                    var from = source + x.Offset + (nint)i * x.Row + (nint)g * CompressedNumbers.Group * x.Column;
                    for (var k = 0; k < CompressedNumbers.Group; k++)
                        group[k] = g * CompressedNumbers.Group + k < y.Columns ? from[k * x.Column] : 0;
                    for (var word = g * WordsPerGroup; word < (g + 1) * WordsPerGroup; word++)
                        Pack<L>(group + word % WordsPerGroup * BytesOfWord, rows + packed.Offset + (nint)i * width + (Places + 1) * (word - word % L.Count) + word % L.Count);
                }
            }
        }

        return packed;
    }

    /// <summary>What a word is multiplied by: its bytes have one of the first numbers of a group in the lower half, and one of the others in the upper.</summary>
    static void Pack<L>(Real* numbers, Real* to)
        where L : struct, ILanes<L>
    {
        Real sum = 0, power = 1;
        for (var place = 0; place < Places; place++, power *= (Real)0.0625)
        {
            var number = numbers[(place >> 1) + (place & 1) * Half];
            sum += number;
            to[(1 + place) * L.Count] = place < Places - 1 ? number * power : number;
        }

        *to = -Excess * sum;
    }

    /// <summary>All rows of X with some of Y: one with four at a time, or two with two. Written out, so that every sum has a register of its own.</summary>
    public static void Multiply<L>(in CompressedOperands operands, int firstRow, int lastRow)
        where L : struct, ILanes<L>
    {
        var (words, rows) = (Words<L>(operands.Groups), operands.Rows);
        for (var j = firstRow; j < lastRow; j += 4)
        {
            // The last of what is no multiple of four, or of two, is computed again.
            int last = lastRow - 1, j1 = Math.Min(j + 1, last), j2 = Math.Min(j + 2, last), j3 = Math.Min(j + 3, last);
            if (rows == 1)
                OneByFour<L>(operands, words, j, j1, j2, j3);
            for (var i = 0; rows > 1 && i < rows; i += 2)
            {
                TwoByTwo<L>(operands, words, i, Math.Min(i + 1, rows - 1), j, j1);
                TwoByTwo<L>(operands, words, i, Math.Min(i + 1, rows - 1), j2, j3);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void OneByFour<L>(in CompressedOperands operands, int words, int j0, int j1, int j2, int j3)
        where L : struct, ILanes<L>
    {
        L c0 = default, c1 = default, c2 = default, c3 = default;
        var x = operands.X;
        byte* y0 = operands.Codes + j0 * operands.Bytes, y1 = operands.Codes + j1 * operands.Bytes, y2 = operands.Codes + j2 * operands.Bytes, y3 = operands.Codes + j3 * operands.Bytes;
        ushort* s0 = operands.Scales + (nint)j0 * operands.Groups, s1 = operands.Scales + (nint)j1 * operands.Groups,
            s2 = operands.Scales + (nint)j2 * operands.Groups, s3 = operands.Scales + (nint)j3 * operands.Groups;
        for (nint word = 0; word < words; word += L.Count, x += (Places + 1) * L.Count)
        {
            uint* w0 = (uint*)y0 + word, w1 = (uint*)y1 + word, w2 = (uint*)y2 + word, w3 = (uint*)y3 + word;
            Fetch(word, w0, w1);
            Fetch(word, w2, w3);
            L g0 = L.Load(x), g1 = g0, g2 = g0, g3 = g0;
            Add<L>(x, w0, w1, w2, w3, 0, ref g0, ref g1, ref g2, ref g3);
            Add<L>(x, w0, w1, w2, w3, 1, ref g0, ref g1, ref g2, ref g3);
            Add<L>(x, w0, w1, w2, w3, 2, ref g0, ref g1, ref g2, ref g3);
            Add<L>(x, w0, w1, w2, w3, 3, ref g0, ref g1, ref g2, ref g3);
            Add<L>(x, w0, w1, w2, w3, 4, ref g0, ref g1, ref g2, ref g3);
            Add<L>(x, w0, w1, w2, w3, 5, ref g0, ref g1, ref g2, ref g3);
            Add<L>(x, w0, w1, w2, w3, 6, ref g0, ref g1, ref g2, ref g3);
            Add<L>(x, w0, w1, w2, w3, 7, ref g0, ref g1, ref g2, ref g3);
            L.AddProduct(ref c0, g0, L.FromBFloat16FourTimes(s0, (int)word));
            L.AddProduct(ref c1, g1, L.FromBFloat16FourTimes(s1, (int)word));
            L.AddProduct(ref c2, g2, L.FromBFloat16FourTimes(s2, (int)word));
            L.AddProduct(ref c3, g3, L.FromBFloat16FourTimes(s3, (int)word));
        }

        operands.Write(0, j0, j1, L.Sum(c0), L.Sum(c1));
        operands.Write(0, j2, j3, L.Sum(c2), L.Sum(c3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<L>(Real* x, uint* w0, uint* w1, uint* w2, uint* w3, int place, ref L g0, ref L g1, ref L g2, ref L g3)
        where L : struct, ILanes<L>
    {
        var factor = L.Load(x + (1 + place) * L.Count);
        L.AddProduct(ref g0, factor, L.FromNibbles(w0, place));
        L.AddProduct(ref g1, factor, L.FromNibbles(w1, place));
        L.AddProduct(ref g2, factor, L.FromNibbles(w2, place));
        L.AddProduct(ref g3, factor, L.FromNibbles(w3, place));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void TwoByTwo<L>(in CompressedOperands operands, int words, int i0, int i1, int j0, int j1)
        where L : struct, ILanes<L>
    {
        L c00 = default, c01 = default, c10 = default, c11 = default;
        Real* x0 = operands.X + (Places + 1) * (nint)words * i0, x1 = operands.X + (Places + 1) * (nint)words * i1;
        byte* y0 = operands.Codes + j0 * operands.Bytes, y1 = operands.Codes + j1 * operands.Bytes;
        ushort* s0 = operands.Scales + (nint)j0 * operands.Groups, s1 = operands.Scales + (nint)j1 * operands.Groups;
        for (nint word = 0; word < words; word += L.Count, x0 += (Places + 1) * L.Count, x1 += (Places + 1) * L.Count)
        {
            uint* w0 = (uint*)y0 + word, w1 = (uint*)y1 + word;
            Fetch(word, w0, w1);
            L g00 = L.Load(x0), g01 = g00, g10 = L.Load(x1), g11 = g10;
            Add<L>(x0, x1, w0, w1, 0, ref g00, ref g01, ref g10, ref g11);
            Add<L>(x0, x1, w0, w1, 1, ref g00, ref g01, ref g10, ref g11);
            Add<L>(x0, x1, w0, w1, 2, ref g00, ref g01, ref g10, ref g11);
            Add<L>(x0, x1, w0, w1, 3, ref g00, ref g01, ref g10, ref g11);
            Add<L>(x0, x1, w0, w1, 4, ref g00, ref g01, ref g10, ref g11);
            Add<L>(x0, x1, w0, w1, 5, ref g00, ref g01, ref g10, ref g11);
            Add<L>(x0, x1, w0, w1, 6, ref g00, ref g01, ref g10, ref g11);
            Add<L>(x0, x1, w0, w1, 7, ref g00, ref g01, ref g10, ref g11);
            L scale0 = L.FromBFloat16FourTimes(s0, (int)word), scale1 = L.FromBFloat16FourTimes(s1, (int)word);
            L.AddProduct(ref c00, g00, scale0);
            L.AddProduct(ref c01, g01, scale1);
            L.AddProduct(ref c10, g10, scale0);
            L.AddProduct(ref c11, g11, scale1);
        }

        operands.Write(i0, j0, j1, L.Sum(c00), L.Sum(c01));
        operands.Write(i1, j0, j1, L.Sum(c10), L.Sum(c11));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<L>(Real* x0, Real* x1, uint* w0, uint* w1, int place, ref L g00, ref L g01, ref L g10, ref L g11)
        where L : struct, ILanes<L>
    {
        L factor0 = L.Load(x0 + (1 + place) * L.Count), factor1 = L.Load(x1 + (1 + place) * L.Count);
        L number0 = L.FromNibbles(w0, place), number1 = L.FromNibbles(w1, place);
        L.AddProduct(ref g00, factor0, number0);
        L.AddProduct(ref g01, factor0, number1);
        L.AddProduct(ref g10, factor1, number0);
        L.AddProduct(ref g11, factor1, number1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Fetch(nint word, uint* w0, uint* w1)
    {
        if (!Sse.IsSupported || word % Line != 0)
            return;
        Sse.Prefetch0((byte*)w0 + CompressedProducts.Ahead);
        Sse.Prefetch0((byte*)w1 + CompressedProducts.Ahead);
    }
}
