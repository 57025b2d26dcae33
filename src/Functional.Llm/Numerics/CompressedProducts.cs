using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Functional.Llm;

/// <summary>Products of a few rows with many that are compressed: each code is read once, and becomes a number in a register.</summary>
/// <remarks>
/// y = Σ over groups s_g Σᵢ qᵢ xᵢ. Every result is a function of its two rows alone, summed in one order for each width of vectors: the same bits for any
/// number of rows beside them and any number of threads.
/// </remarks>
static unsafe class CompressedProducts
{
    const int Group = CompressedNumbers.Group;

    /// <summary>Scales of two rows that a thread's stack has room for.</summary>
    const int MostOnStack = 2048;

    /// <summary>Bytes by which codes are fetched ahead: more than a page, past whose end the processor does not do so by itself (measured).</summary>
    public const int Ahead = 5 << 10;

    /// <summary>C (M × N) = bias + X (M × K) Yᵀ, where X has at most 8 rows, and Y some rows from <paramref name="first"/> on; the bias is another array than C's, or none.</summary>
    public static void Multiply(int m, int n, Matrix x, CompressedNumbers y, int first, Matrix c, Matrix? bias) => y.Do(new Work(m, n, x, y, first, c, bias));

    readonly record struct Work(int M, int N, Matrix X, CompressedNumbers Y, int First, Matrix C, Matrix? Bias) : ICodeWork
    {
        public void Run<L, K>()
            where L : struct, ILanes<L>
            where K : struct, ICodes => Multiply<L, K>(M, N, X, Y, First, C, Bias);
    }

    /// <summary>The same on vectors of one's choice.</summary>
    public static void Multiply<L, K>(int m, int n, Matrix x, CompressedNumbers y, int first, Matrix c, Matrix? bias)
        where L : struct, ILanes<L>
        where K : struct, ICodes
    {
        var rows = m <= 2 ? m : m <= 4 ? 4 : FewRows.Most;
        var packed = K.AreHalfBytes ? HalfByteProducts.Pack<L>(m, x, y) : Pack(m, rows, x, y);
        var atOnce = FewRows.ColumnsAtOnce(n, y.Columns);
        Workers.For((n + atOnce - 1) / atOnce, part =>
        {
            fixed (Real* a = packed.Array, result = c.Array, added = bias?.Array)
            fixed (byte* codes = y.Codes(first, first + n))
            fixed (ushort* scales = y.Scales(first, first + n))
            {
                var operands = new CompressedOperands(a + packed.Offset, codes, scales, y.Row.Bytes, y.Groups, result + c.Offset, c.Row, c.Column,
                    added == null ? null : added + bias!.Value.Offset, bias?.Row ?? 0, bias?.Column ?? 0, m);
                var (from, to) = (part * atOnce, Math.Min(n, (part + 1) * atOnce));
                switch (K.AreHalfBytes ? 0 : rows)
                {
                    case 0: HalfByteProducts.Multiply<L>(operands, from, to); break;
                    case 1: Multiply<L, K, N1>(operands, from, to); break;
                    case 2: Multiply<L, K, N2>(operands, from, to); break;
                    case 4: Multiply<L, K, N4>(operands, from, to); break;
                    default: Multiply<L, K, N8>(operands, from, to); break;
                }
            }
        });
    }

    /// <summary>X row after row, filled up with zeros to whole groups, and to as many rows as are computed.</summary>
    static Scratch Pack(int m, int rows, Matrix x, CompressedNumbers y)
    {
        var (width, columns) = (y.Groups * Group, y.Columns);
        var packed = Scratch.ForLeft((long)rows * width);
        var to = packed.Array.AsSpan(packed.Offset, rows * width);
        for (var i = 0; i < rows; i++)
        {
            var row = to.Slice(i * width, width);
            var count = i < m ? columns : 0;
            if (x.Column == 1)
                x.Array.AsSpan(x.Offset + Math.Min(i, m - 1) * x.Row, count).CopyTo(row);
            for (var k = 0; x.Column != 1 && k < count; k++)
                row[k] = x.Array[x.Offset + i * x.Row + k * x.Column];
            row[count..].Clear();
        }

        return packed;
    }

    /// <summary>R rows of X with some of Y, two at a time. Written out, so that every sum has a register of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Multiply<L, K, R>(in CompressedOperands operands, int firstRow, int lastRow)
        where L : struct, ILanes<L>
        where K : struct, ICodes
        where R : struct, IConstant
    {
        var (groups, width) = (operands.Groups, (nint)operands.Groups * Group);
        var room = (groups + L.Count - 1) / L.Count * L.Count;
        Span<Real> memory = !K.HasScales ? [] : room <= MostOnStack ? stackalloc Real[2 * room] : new Real[2 * room];
        fixed (Real* scales = memory)
        {
            for (var j = firstRow; j < lastRow; j += 2)
            {
                // The last of an odd number is computed twice.
                var next = Math.Min(j + 1, lastRow - 1);
                for (var g = 0; K.HasScales && g < groups; g += L.Count)
                {
                    L.Store(L.FromBFloat16(operands.Scales + (nint)j * groups + g), scales + g);
                    L.Store(L.FromBFloat16(operands.Scales + (nint)next * groups + g), scales + room + g);
                }

                L c00 = default, c01 = default;
                L c10 = default, c11 = default;
                L c20 = default, c21 = default;
                L c30 = default, c31 = default;
                L c40 = default, c41 = default;
                L c50 = default, c51 = default;
                L c60 = default, c61 = default;
                L c70 = default, c71 = default;
                Real* x = operands.X, s = scales;
                byte* y0 = operands.Codes + j * operands.Bytes, y1 = operands.Codes + next * operands.Bytes;
                for (byte* end = y0 + operands.Bytes; y0 < end; y0 += K.BytesPerGroup, y1 += K.BytesPerGroup, x += Group, s++)
                {
                    if (Sse.IsSupported)
                    {
                        Sse.Prefetch0(y0 + Ahead);
                        Sse.Prefetch0(y1 + Ahead);
                    }

                    L s0 = K.HasScales ? *s : 1, s1 = K.HasScales ? s[room] : 1;
                    for (var at = 0; at < Group / 2; at += L.Count)
                    {
                        K.Load(y0, at, out L low0, out L high0);
                        K.Load(y1, at, out L low1, out L high1);
                        Add<L, K>(x + at + 0 * width, low0, high0, low1, high1, s0, s1, ref c00, ref c01);
                        if (R.Value > 1) Add<L, K>(x + at + 1 * width, low0, high0, low1, high1, s0, s1, ref c10, ref c11);
                        if (R.Value > 2) Add<L, K>(x + at + 2 * width, low0, high0, low1, high1, s0, s1, ref c20, ref c21);
                        if (R.Value > 3) Add<L, K>(x + at + 3 * width, low0, high0, low1, high1, s0, s1, ref c30, ref c31);
                        if (R.Value > 4) Add<L, K>(x + at + 4 * width, low0, high0, low1, high1, s0, s1, ref c40, ref c41);
                        if (R.Value > 5) Add<L, K>(x + at + 5 * width, low0, high0, low1, high1, s0, s1, ref c50, ref c51);
                        if (R.Value > 6) Add<L, K>(x + at + 6 * width, low0, high0, low1, high1, s0, s1, ref c60, ref c61);
                        if (R.Value > 7) Add<L, K>(x + at + 7 * width, low0, high0, low1, high1, s0, s1, ref c70, ref c71);
                    }
                }

                operands.Write(0, j, next, L.Sum(c00), L.Sum(c01));
                if (R.Value > 1) operands.Write(1, j, next, L.Sum(c10), L.Sum(c11));
                if (R.Value > 2) operands.Write(2, j, next, L.Sum(c20), L.Sum(c21));
                if (R.Value > 3) operands.Write(3, j, next, L.Sum(c30), L.Sum(c31));
                if (R.Value > 4) operands.Write(4, j, next, L.Sum(c40), L.Sum(c41));
                if (R.Value > 5) operands.Write(5, j, next, L.Sum(c50), L.Sum(c51));
                if (R.Value > 6) operands.Write(6, j, next, L.Sum(c60), L.Sum(c61));
                if (R.Value > 7) operands.Write(7, j, next, L.Sum(c70), L.Sum(c71));
            }
        }
    }

    /// <summary>A group's sum of products, times its scale, onto the sum of all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<L, K>(Real* x, L low0, L high0, L low1, L high1, L s0, L s1, ref L c0, ref L c1)
        where L : struct, ILanes<L>
        where K : struct, ICodes
    {
        L low = L.Load(x), high = L.Load(x + Group / 2);
        if (K.HasScales)
        {
            L g0 = low * low0, g1 = low * low1;
            L.AddProduct(ref g0, high, high0);
            L.AddProduct(ref g1, high, high1);
            L.AddProduct(ref c0, g0, s0);
            L.AddProduct(ref c1, g1, s1);
        }
        else
        {
            L.AddProduct(ref c0, low, low0);
            L.AddProduct(ref c1, low, low1);
            L.AddProduct(ref c0, high, high0);
            L.AddProduct(ref c1, high, high1);
        }
    }
}
