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
        var packed = Pack(m, rows, x, y);
        var (atOnce, groups, bytes) = (FewRows.ColumnsAtOnce(n, y.Columns), y.Groups, y.Row.Bytes);
        Workers.For((n + atOnce - 1) / atOnce, part =>
        {
            var room = (groups + L.Count - 1) / L.Count * L.Count;
            Real* scales0 = stackalloc Real[2 * room], scales1 = scales0 + room, sums = stackalloc Real[2 * FewRows.Most];
            fixed (Real* all = packed.Array, result = c.Array)
            fixed (byte* codes = y.Codes(first, first + n))
            fixed (ushort* scales = y.Scales(first, first + n))
            {
                var a = all + packed.Offset;
                for (var j = part * atOnce; j < Math.Min(n, (part + 1) * atOnce); j += 2)
                {
                    // The last of an odd number is computed twice.
                    var next = Math.Min(j + 1, n - 1);
                    byte* y0 = codes + j * bytes, y1 = codes + next * bytes;
                    for (var g = 0; K.HasScales && g < groups; g += L.Count)
                    {
                        L.Store(L.FromBFloat16(scales + j * groups + g), scales0 + g);
                        L.Store(L.FromBFloat16(scales + next * groups + g), scales1 + g);
                    }

                    switch (rows)
                    {
                        case 1: Pair<L, K, N1>(groups, a, y0, y1, scales0, scales1, sums); break;
                        case 2: Pair<L, K, N2>(groups, a, y0, y1, scales0, scales1, sums); break;
                        case 4: Pair<L, K, N4>(groups, a, y0, y1, scales0, scales1, sums); break;
                        default: Pair<L, K, N8>(groups, a, y0, y1, scales0, scales1, sums); break;
                    }

                    for (var i = 0; i < m; i++)
                    {
                        var to = result + c.Offset + i * c.Row;
                        to[j * c.Column] = sums[2 * i];
                        to[next * c.Column] = sums[2 * i + next - j];
                    }
                }

                Add(m, part * atOnce, Math.Min(n, (part + 1) * atOnce), c, bias);
            }
        });
    }

    /// <summary>C += bias, in some columns.</summary>
    static void Add(int m, int from, int to, Matrix c, Matrix? bias)
    {
        if (bias is not { } b)
            return;
        for (var i = 0; i < m; i++)
        {
            for (var j = from; j < to; j++)
                c.Array[c.Offset + i * c.Row + j * c.Column] += b.Array[b.Offset + i * b.Row + j * b.Column];
        }
    }

    /// <summary>X row after row, filled up with zeros to whole groups, and to as many rows as are computed.</summary>
    static Scratch Pack(int m, int rows, Matrix x, CompressedNumbers y)
    {
        var (width, columns) = (y.Groups * Group, y.Columns);
        var packed = Scratch.ForLeft((long)rows * width);
        var to = packed.Array.AsSpan(packed.Offset, rows * width);
        to.Clear();
        for (var i = 0; i < m; i++)
        {
            for (var k = 0; k < columns; k++)
                to[i * width + k] = x.Array[x.Offset + i * x.Row + k * x.Column];
        }

        return packed;
    }

    /// <summary>R rows of x with two of y. Written out, so that every sum has a register of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Pair<L, K, R>(int groups, Real* x, byte* y0, byte* y1, Real* scales0, Real* scales1, Real* sums)
        where L : struct, ILanes<L>
        where K : struct, ICodes
        where R : struct, IConstant
    {
        L c00 = default, c01 = default;
        L c10 = default, c11 = default;
        L c20 = default, c21 = default;
        L c30 = default, c31 = default;
        L c40 = default, c41 = default;
        L c50 = default, c51 = default;
        L c60 = default, c61 = default;
        L c70 = default, c71 = default;
        var width = (nint)groups * Group;
        for (var g = 0; g < groups; g++)
        {
            L s0 = K.HasScales ? scales0[g] : 1, s1 = K.HasScales ? scales1[g] : 1;
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(y0 + (nint)groups * 2 * K.BytesPerGroup);
                Sse.Prefetch0(y1 + (nint)groups * 2 * K.BytesPerGroup);
            }

            for (var at = 0; at < Group / 2; at += L.Count)
            {
                K.Load(y0, at, out L low0, out L high0);
                K.Load(y1, at, out L low1, out L high1);
                var from = x + g * Group + at;
                Add<L, K>(from + 0 * width, low0, high0, low1, high1, s0, s1, ref c00, ref c01);
                if (R.Value > 1) Add<L, K>(from + 1 * width, low0, high0, low1, high1, s0, s1, ref c10, ref c11);
                if (R.Value > 2) Add<L, K>(from + 2 * width, low0, high0, low1, high1, s0, s1, ref c20, ref c21);
                if (R.Value > 3) Add<L, K>(from + 3 * width, low0, high0, low1, high1, s0, s1, ref c30, ref c31);
                if (R.Value > 4) Add<L, K>(from + 4 * width, low0, high0, low1, high1, s0, s1, ref c40, ref c41);
                if (R.Value > 5) Add<L, K>(from + 5 * width, low0, high0, low1, high1, s0, s1, ref c50, ref c51);
                if (R.Value > 6) Add<L, K>(from + 6 * width, low0, high0, low1, high1, s0, s1, ref c60, ref c61);
                if (R.Value > 7) Add<L, K>(from + 7 * width, low0, high0, low1, high1, s0, s1, ref c70, ref c71);
            }

            y0 += K.BytesPerGroup;
            y1 += K.BytesPerGroup;
        }

        (sums[0], sums[1]) = (L.Sum(c00), L.Sum(c01));
        if (R.Value > 1) (sums[2], sums[3]) = (L.Sum(c10), L.Sum(c11));
        if (R.Value > 2) (sums[4], sums[5]) = (L.Sum(c20), L.Sum(c21));
        if (R.Value > 3) (sums[6], sums[7]) = (L.Sum(c30), L.Sum(c31));
        if (R.Value > 4) (sums[8], sums[9]) = (L.Sum(c40), L.Sum(c41));
        if (R.Value > 5) (sums[10], sums[11]) = (L.Sum(c50), L.Sum(c51));
        if (R.Value > 6) (sums[12], sums[13]) = (L.Sum(c60), L.Sum(c61));
        if (R.Value > 7) (sums[14], sums[15]) = (L.Sum(c70), L.Sum(c71));
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
