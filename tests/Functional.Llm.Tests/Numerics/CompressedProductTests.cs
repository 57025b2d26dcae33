using Xunit;

namespace Functional.Llm.Tests;

/// <summary>The kernels of compressed products, on vectors of every width that this processor has, and without vectors.</summary>
public sealed class CompressedProductTests
{
    delegate void Kernel(int m, int n, Matrix x, CompressedNumbers y, int first, Matrix c, Matrix? start);

    static Kernel? Of(string width, Compression compression) => width switch
    {
        "512" => Lanes512.IsSupported ? Of<Lanes512>(compression) : null,
        "256" => Lanes256.IsSupported ? Of<Lanes256>(compression) : null,
        "128" => Lanes128.IsSupported ? Of<Lanes128>(compression) : null,
        _ => Of<Lanes1>(compression),
    };

    static Kernel Of<L>(Compression compression)
        where L : struct, ILanes<L> => compression switch
        {
            Compression.BF16 => CompressedProducts.Multiply<L, BFloat16Codes>,
            Compression.F16 => CompressedProducts.Multiply<L, Float16Codes>,
            Compression.Int8 => CompressedProducts.Multiply<L, Int8Codes>,
            _ => CompressedProducts.Multiply<L, Int4Codes>,
        };

    public static TheoryData<string, Compression> Kernels
    {
        get
        {
            var kernels = new TheoryData<string, Compression>();
            foreach (var width in new[] { "512", "256", "128", "scalar" })
            {
                foreach (var compression in Enum.GetValues<Compression>().Where(compression => Of(width, compression) is not null))
                    kernels.Add(width, compression);
            }

            return kernels;
        }
    }

    [Theory, MemberData(nameof(Kernels))]
    public void Sums_are_those_in_double_precision(string width, Compression compression) => Case.ForAll(30, c =>
    {
        var (m, n, k, first) = (c.Draw.Int(1, FewRows.Most), c.Draw.Int(1, 40), c.Draw.Int(1, 130), c.Draw.Int(0, 3));
        var (x, w) = (new Key((ulong)m).Normal((m, k)), new Key((ulong)n).Normal((first + n, k)).Compressed(compression));
        var (y, start) = (new Real[m * n + 2], c.Draw.Int(0, 1) == 0 ? (Matrix?)null : new Matrix(new Key(7).Normal(n).ToArray(), 0, 0, 1));
        c.Note($"({m}, {k}) × ({n}, {k})ᵀ from row {first}");
        (y[0], y[^1]) = (7, 7);
        Of(width, compression)!(m, n, new(x.ToArray(), 0, k, 1), w.Stored!, first, new(y, 1, n, 1), start);
        var (a, b) = (x.ToArray(), w.Decompressed().ToArray());
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = Enumerable.Range(0, k).Sum(p => (double)a[i * k + p] * b[(first + j) * k + p]) + (start is { } s ? s.Array[j] : 0);
                Assert.InRange(y[1 + i * n + j], sum - 1e-5 * Math.Sqrt(k), sum + 1e-5 * Math.Sqrt(k));
            }
        }

        Assert.Equal((7, 7), (y[0], y[^1]));
    });
}
