namespace Functional.Llm.Benchmarks;

/// <summary>Matrix products of GPT-2's shapes in all three forms, small and batched ones, and a few rows with large matrices.</summary>
static class MatMulSuite
{
    static readonly (int M, int N, int K)[] Shapes =
    [
        (256, 768, 768), (256, 2304, 768), (256, 3072, 768), (256, 768, 3072), (1024, 3072, 768), (256, 50257, 768), (1024, 1024, 1024), (2048, 2048, 2048),
    ];

    public static void Run(Report report, int threads)
    {
        foreach (var form in new[] { "AB", "ABt", "AtB" })
        {
            foreach (var (m, n, k) in Shapes)
                Product(report, $"{form} {m}x{n}x{k}", form, m, n, k, threads);
            report.Mean($"{form} ");
        }

        Product(report, "small 64x64x64", "AB", 64, 64, 64, threads);
        var (q, kT) = (Random((12, 256, 64)), Random((12, 256, 64)).T);
        Rate(report, "12 heads 256x64x256", 2.0 * 12 * 256 * 64 * 256, () => q.MatMul(kT), threads);
        foreach (var rows in new[] { 1, 2, 4, 8 })
        {
            Read(report, $"rows ABt {rows}x50257x768", Random((rows, 768)), Random((50257, 768)).T, threads);
            Read(report, $"rows AB {rows}x50257x768", Random((rows, 768)), Random((768, 50257)), threads);
        }
    }

    static void Product(Report report, string name, string form, int m, int n, int k, int threads)
    {
        if (!report.Wants(name))
            return;

        // Into one array again and again, as the peer does.
        var (a, b, c) = (Numbers(m * k), Numbers(k * n), new Real[m * n]);
        var (left, right) = (form == "AtB" ? new Matrix(a, 0, 1, m) : new Matrix(a, 0, k, 1), form == "ABt" ? new Matrix(b, 0, 1, k) : new Matrix(b, 0, n, 1));
        Rate(report, name, 2.0 * m * n * k, () => Kernels.Multiply(m, n, k, left, right, new(c, 0, n, 1), null), threads);
    }

    static void Rate(Report report, string name, double operations, Action product, int threads)
    {
        if (!report.Wants(name))
            return;
        var (seconds, peak) = Clock.Beside(product, () => Limits.Peak(threads));
        report.Add(new(name, operations / seconds / 1e9, "GFLOP/s", operations / seconds / 1e9 / peak));
    }

    static void Read(Report report, string name, Tensor x, Tensor y, int threads)
    {
        if (!report.Wants(name))
            return;
        var (seconds, read) = Clock.Beside(() => x.MatMul(y), () => Limits.Read(threads));
        report.Add(new(name, 4.0 * y.Size / seconds / 1e9, "GB/s", 4.0 * y.Size / seconds / 1e9 / read));
    }

    static Real[] Numbers(int count) => Random(count).ToArray();

    static Tensor Random(Shape shape) => new Key(1).Uniform(shape, -1, 1);
}
