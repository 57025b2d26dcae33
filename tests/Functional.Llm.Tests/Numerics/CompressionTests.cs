using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Numbers in fewer bits: how near they stay, and that every operation reads them.</summary>
public sealed class CompressionTests
{
    public static TheoryData<Compression> All => [.. Enum.GetValues<Compression>()];

    /// <summary>Rows of any sizes and magnitudes.</summary>
    static Tensor Random(Case c, int rows, int columns)
    {
        var scale = c.Draw.Int(0, 3) switch { 0 => 1e-30, 1 => 1e4, _ => 0.02 };
        return Tensor.From((rows, columns), Enumerable.Range(0, rows * columns).Select(_ => c.Draw.Uniform(-1, 1) * (c.Draw.Int(0, 9) == 0 ? 0 : scale)));
    }

    [Theory, MemberData(nameof(All))]
    public void No_number_is_farther_off_than_it_may_be(Compression compression) => Case.ForAll(100, c =>
    {
        var x = Random(c, c.Draw.Int(1, 5), c.Draw.Int(1, 100));
        var (columns, stored) = (x.Shape.Sizes[1], x.Compressed(compression).Stored!);
        var (before, after) = (x.ToArray(), x.Compressed(compression).Decompressed().ToArray());
        for (var i = 0; i < before.Length; i++)
        {
            var (row, column) = (i / columns, i % columns);
            var allowed = compression switch
            {
                Compression.BF16 => Math.Abs((double)before[i]) / 256,
                Compression.F16 => Math.Max(Math.Abs((double)before[i]) / 2048, Math.Pow(2, -25)),
                _ => Math.Abs(BFloat16.Number(stored.Scales(row, row + 1)[column / CompressedNumbers.Group])) * 0.5 * (1 + 1e-4),
            };
            Assert.True(Math.Abs((double)before[i] - after[i]) <= allowed, $"{before[i]} became {after[i]}; allowed {allowed}");
        }
    });

    [Theory]
    [InlineData(Compression.Int8, 3.7, 127)]
    [InlineData(Compression.Int4, 6.5, 7)]
    [InlineData(Compression.BF16, 2, 1)]
    [InlineData(Compression.F16, 2, 1)]
    public void They_take_less_memory_and_a_scale_is_no_larger_than_it_must_be(Compression compression, double times, int most)
    {
        var x = new Key(1).Normal((64, 128));
        var stored = x.Compressed(compression).Stored!;
        Assert.True(sizeof(float) * x.Size >= times * stored.Bytes, $"{stored.Bytes} bytes");
        var groups = x.Reshape(-1, CompressedNumbers.Group);
        for (var row = 0; row < 64 && stored.Scales(0, 1).Length > 0; row++)
        {
            for (var g = 0; g < stored.Groups; g++)
            {
                // Away from 0 to one of 256 between powers of two, and up to the largest of those that are tried.
                var largest = groups[row * stored.Groups + g].ToArray().Max(Math.Abs);
                Assert.InRange(Math.Abs(BFloat16.Number(stored.Scales(row, row + 1)[g])), 0, largest / (most + 0.5) * (1 + 3 / 32.0) * (1 + 1 / 64.0));
            }
        }
    }

    [Fact]
    public void Of_several_scales_the_one_is_taken_that_leaves_the_least()
    {
        var x = new Key(2).Normal((200, 32));
        var first = x.ToArray().Chunk(32).Sum(group => Squares(group, GroupScaleOf(group)));
        var taken = (x - x.Compressed(Compression.Int4).Decompressed()).Square().Sum().Value;
        Assert.InRange(taken / first, 0.8, 0.99);

        static unsafe Real GroupScaleOf(Real[] group)
        {
            fixed (Real* numbers = group)
                return GroupScale.Of(numbers, 7);
        }

        static Real Squares(Real[] group, Real scale) => group.Sum(x => (x - scale * GroupScale.Code(x, scale, 7)) * (x - scale * GroupScale.Code(x, scale, 7)));
    }

    [Theory, MemberData(nameof(All))]
    public void Whatever_is_a_code_stays_itself(Compression compression)
    {
        Tensor x = Tensor.From((2, 16), Enumerable.Range(-8, 16).Concat(Enumerable.Range(-8, 16)).Select(i => i * 0.5));
        Assert.Equal(x, x.Compressed(compression).Decompressed(), (a, b) => a.IsClose(b, compression is Compression.Int8 or Compression.Int4 ? 0.04 : 0, 0));
        Assert.Equal(Tensor.Zeros((3, 40)), Tensor.Zeros((3, 40)).Compressed(compression).Decompressed());
        Assert.Equal(compression, x.Compressed(compression).Compression);
        Assert.Null(x.Compressed(compression).Decompressed().Compression);
    }

    [Theory, MemberData(nameof(All))]
    public void The_largest_and_the_smallest_numbers_do_not_overflow_nor_vanish_into_nothing(Compression compression)
    {
        foreach (var size in compression == Compression.F16 ? [65504, 6e-8] : new[] { 3.3e38, 1e-38, 1e-44 })
        {
            var x = Tensor.From((1, 3), [size, -size / 3, 0]);
            var after = x.Compressed(compression).Decompressed();
            var slack = compression == Compression.Int4 ? 0.1 : 0.01;
            Assert.True(after.ToArray().All(Real.IsFinite));
            Assert.InRange((double)after.At(0, 0), size * (1 - slack) - 6e-41, size * (1 + slack) + 6e-41);
        }
    }

    [Fact]
    public void What_cannot_be_said_is_refused()
    {
        foreach (var compression in Enum.GetValues<Compression>())
        {
            Assert.Contains("number 1 of row 1 is NaN", Assert.Throws<FunctionalLlmException>(() => Tensor.Of((2, 2), 1, 2, 3, Real.NaN).Compressed(compression)).Message, StringComparison.Ordinal);
            Assert.Throws<FunctionalLlmException>(() => Tensor.Of((1, 2), 1, Real.NegativeInfinity).Compressed(compression));
        }

        Assert.Contains("65504", Assert.Throws<FunctionalLlmException>(() => Tensor.Of((1, 1), 70000).Compressed(Compression.F16)).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => Tensor.Scalar(1).Compressed(Compression.Int8));
        Assert.Contains("Int8", Assert.Throws<FunctionalLlmException>(() => Tensor.Zeros(3).Compressed((Compression)9)).Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(All))]
    public void Products_are_those_of_the_numbers_that_codes_stand_for(Compression compression) => Case.ForAll(100, c =>
    {
        var (m, n, k) = (c.Draw.Int(1, 12), c.Draw.Int(1, 70), c.Draw.Int(1, 150));
        var (x, w) = (new Key((ulong)c.Draw.Int(0, 1000)).Normal((m, k)), new Key((ulong)c.Draw.Int(0, 1000)).Normal((n, k)).Compressed(compression));
        var bias = c.Draw.Int(0, 1) == 0 ? default : new Key(5).Normal(n);
        c.Note($"({m}, {k}) × ({n}, {k})ᵀ");
        Assert.True(x.MatMul(w.Decompressed().T, bias).IsClose(x.MatMul(w.T, bias), 1e-5, 1e-5 * Math.Sqrt(k)));
        Assert.True(w.Decompressed().MatMul(x.T).IsClose(w.MatMul(x.T), 1e-5, 1e-5 * Math.Sqrt(k)));
        var (from, to) = (c.Draw.Int(0, n - 1), n);
        Assert.True(x.MatMul(w.Decompressed()[from..to].T).IsClose(x.MatMul(w[from..to].T), 1e-5, 1e-5 * Math.Sqrt(k)));
    });

    [Theory, MemberData(nameof(All))]
    public void A_row_has_the_same_bits_beside_others_and_for_any_number_of_threads(Compression compression)
    {
        var (x, w) = (new Key(1).Normal((8, 300)), new Key(2).Normal((1001, 300)).Compressed(compression));
        var all = x.MatMul(w.T);
        for (var m = 1; m <= 8; m++)
            Assert.True(all[..m].Packed().SameBits(x[..m].MatMul(w.T)));
        foreach (var threads in new[] { 1, 2, 3, 4, 7 })
            Assert.True(all.SameBits(Parallelism.With(threads, () => x.MatMul(w.T))));
    }

    [Fact]
    public void Wide_rows_do_not_need_a_deep_stack_and_what_no_array_holds_is_refused()
    {
        var (x, w) = (new Key(1).Normal((1, 200_000)), new Key(2).Normal((3, 200_000), 0.02).Compressed(Compression.Int8));
        Assert.True(x.MatMul(w.Decompressed().T).IsClose(x.MatMul(w.T), 1e-4, 1e-3));
        Assert.Throws<FunctionalLlmException>(() => CompressedNumbers.Uninitialized(Compression.BF16, 1 << 26, 2));
        Assert.Throws<FunctionalLlmException>(() => CompressedNumbers.Uninitialized(Compression.BF16, 1, int.MaxValue));
    }

    [Theory, MemberData(nameof(All))]
    public void Every_view_and_operation_reads_them(Compression compression)
    {
        var x = new Key(3).Normal((6, 5, 40)).Compressed(compression);
        var plain = x.Decompressed();
        Assert.Equal(plain, x);
        Assert.Equal(plain[1..4, 2], x[1..4, 2]);
        Assert.Equal(plain.Transpose(0, 2), x.Transpose(0, 2));
        Assert.Equal(plain.Reshape(30, 40)[^1], x.Reshape(30, 40)[^1]);
        Assert.Equal(plain + plain, x + x);
        Assert.Equal(plain.Sum(1), x.Sum(1));
        Assert.Equal(plain.Take(5, 0, 0, 3), x.Take(5, 0, 0, 3));
        Assert.Equal(plain[2..].Take(0, 3), x[2..].Take(0, 3));
        Assert.Equal(plain.At(2, 3, 39), x.At(2, 3, 39));
        Assert.Equal(plain.ToString(), x.ToString());
        Assert.Equal(plain.GetHashCode(), x.GetHashCode());
        Assert.Equal(Tensor.Concatenate(0, plain, plain), Tensor.Concatenate(0, x, x));
        Assert.True(Tree.Equal(Tree.Map(new LinearParameters(x), leaf => leaf), new LinearParameters(plain)));
    }
}
