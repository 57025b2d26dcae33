using Xunit;

namespace Functional.Llm.Tests;

/// <summary>The kernels of the matrix product, on vectors of every width that this processor has, and without vectors.</summary>
public sealed class MatrixProductTests
{
    delegate void Kernel(int m, int n, int k, Matrix a, Matrix b, Matrix c, Matrix? start);

    static readonly (string Name, bool IsSupported, Kernel Blocked, Kernel FewRows)[] Kernels =
    [
        ("512", Lanes512.IsSupported, MatrixProduct.Multiply<Lanes512>, FewRows.Multiply<Lanes512>),
        ("256", Lanes256.IsSupported, MatrixProduct.Multiply<Lanes256>, FewRows.Multiply<Lanes256>),
        ("128", Lanes128.IsSupported, MatrixProduct.Multiply<Lanes128>, FewRows.Multiply<Lanes128>),
        ("scalar", true, MatrixProduct.Multiply<Lanes1>, FewRows.Multiply<Lanes1>),
    ];

    public static TheoryData<string> Widths => [.. Kernels.Where(kernel => kernel.IsSupported).Select(kernel => kernel.Name)];

    static (string Name, bool IsSupported, Kernel Blocked, Kernel FewRows) Of(string width) => Kernels.Single(kernel => kernel.Name == width);

    /// <summary>A matrix of random numbers in an array that has others around it; rows or columns are runs, or neither.</summary>
    static Matrix Random(Case c, int rows, int columns, int layout)
    {
        var (row, column) = layout switch { 0 => (columns + c.Draw.Int(0, 3), 1), 1 => (1, rows + c.Draw.Int(0, 3)), _ => (2 * columns, 2) };
        var offset = c.Draw.Int(0, 5);
        var size = offset + rows * Math.Max(row, 1) + columns * column + 5;
        return new([.. Enumerable.Range(0, size).Select(_ => (Real)c.Draw.Uniform(-1, 1))], offset, row, column);
    }

    static Real At(Matrix x, int i, int j) => x.Array[x.Offset + i * x.Row + j * x.Column];

    /// <summary>C against sums in double precision, and everything around C as it was.</summary>
    static void Check(Kernel kernel, Case c, int m, int n, int k, int layoutA, int layoutB, int layoutC)
    {
        var (a, b, to) = (Random(c, m, k, layoutA), Random(c, k, n, layoutB), Random(c, m, n, layoutC));
        var before = to with { Array = [.. to.Array] };
        var start = c.Draw.Int(0, 2) switch { 0 => (Matrix?)null, 1 => to, _ => new Matrix(Random(c, 1, n, 0).Array, 0, 0, 1) };
        if (start is { Column: 1 } && to.Column != 1)
            start = null;
        c.Note($"({m}, {k}) × ({k}, {n}), layouts {layoutA} {layoutB} {layoutC}, start {start?.Row}");
        kernel(m, n, k, a, b, to, start);
        var written = new HashSet<int>();
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var first = start is { } s ? (double)At(start == to ? before : s, i, j) : 0;
                var terms = Enumerable.Range(0, k).Select(p => (double)At(a, i, p) * At(b, p, j)).ToArray();
                var tolerance = 1e-6 * Math.Sqrt(k) * (Math.Abs(first) + terms.Sum(Math.Abs)) * (sizeof(Real) == sizeof(double) ? 1e-8 : 1);
                Assert.InRange(At(to, i, j), first + terms.Sum() - tolerance, first + terms.Sum() + tolerance);
                written.Add(to.Offset + i * to.Row + j * to.Column);
            }
        }

        Assert.All(Enumerable.Range(0, to.Array.Length).Where(place => !written.Contains(place)), place => Assert.Equal(before.Array[place], to.Array[place]));
    }

    [Theory, MemberData(nameof(Widths))]
    public void Any_sizes_layouts_and_starts(string width) => Case.ForAll(200, c =>
        Check(Of(width).Blocked, c, c.Draw.Int(1, 70), c.Draw.Int(1, 70), c.Draw.Int(1, 50), c.Draw.Int(0, 2), c.Draw.Int(0, 2), 0));

    [Theory, MemberData(nameof(Widths))]
    public void Sums_longer_than_a_block(string width) => Case.ForAll(4, c =>
        Check(Of(width).Blocked, c, c.Draw.Int(1, 30), c.Draw.Int(1, 40), c.Draw.Int(380, 900), c.Draw.Int(0, 1), c.Draw.Int(0, 1), 0));

    [Theory, MemberData(nameof(Widths))]
    public void A_few_rows(string width) => Case.ForAll(200, c =>
        Check(Of(width).FewRows, c, c.Draw.Int(1, FewRows.Most), c.Draw.Int(1, 90), c.Draw.Int(1, 60), c.Draw.Int(0, 2), c.Draw.Int(0, 1), c.Draw.Int(0, 1)));

    [Theory, MemberData(nameof(Widths))]
    public void A_few_rows_by_a_wide_matrix(string width) => Case.ForAll(4, c =>
        Check(Of(width).FewRows, c, c.Draw.Int(1, FewRows.Most), c.Draw.Int(1000, 2200), c.Draw.Int(1, 40), 0, c.Draw.Int(0, 1), 0));

    [Theory]
    [InlineData(1, 300, 200)]
    [InlineData(5, 2100, 70)]
    [InlineData(130, 1000, 500)]
    [InlineData(40, 3100, 20)]
    [InlineData(3100, 40, 20)]
    public void The_bits_are_the_same_for_any_number_of_threads(int m, int n, int k)
    {
        var (a, b) = (new Key(1).Normal((m, k)), new Key(2).Normal((k, n)));
        foreach (var right in new[] { b, b.T.Map(x => x).T })
        {
            var alone = Parallelism.With(1, () => a.MatMul(right));
            foreach (var threads in new[] { 2, 3, 4, 7 })
                Assert.True(alone.SameBits(Parallelism.With(threads, () => a.MatMul(right))), $"{threads} threads");
        }
    }

    [Fact]
    public void An_element_has_the_same_bits_wherever_its_row_and_column_stand()
    {
        var (a, b) = (new Key(1).Normal((90, 700)), new Key(2).Normal((700, 150)));
        var whole = a.MatMul(b);
        foreach (var (rows, columns) in new[] { (20, 40), (33, 65), (90, 17), (9, 150) })
            Assert.True(whole[^rows.., ^columns..].SameBits(a[^rows..].MatMul(b[.., ^columns..])));
    }

    [Fact]
    public void Batches_have_the_bits_of_their_products_one_by_one()
    {
        var (a, b) = (new Key(1).Normal((3, 4, 20, 30)), new Key(2).Normal((4, 30, 25)));
        var all = a.MatMul(b);
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 4; j++)
                Assert.True(all[i, j].SameBits(a[i, j].MatMul(b[j])));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(70)]
    public void Operands_may_repeat_their_rows_or_columns(int rows)
    {
        var (column, row) = ((Tensor.Range(rows) + 1).Reshape(rows, 1).BroadcastTo((rows, 90)), Tensor.Range(90).BroadcastTo((rows, 90)));
        foreach (var x in new[] { column, row })
        {
            Assert.Equal(x.Map(e => e).MatMul(Tensor.Ones((90, 100)).Map(e => e)), x.MatMul(Tensor.Ones((90, 100))));
            Assert.Equal(Tensor.Ones((100, 90)).Map(e => e).MatMul(x.Map(e => e).T), Tensor.Ones((100, 90)).MatMul(x.T));
        }
    }

    [Fact]
    public void A_sum_may_be_as_long_as_a_vector_can_be_wide()
    {
        const int Length = 1 << 22;
        var ones = Tensor.Ones(Length).Map(x => x);
        Assert.Equal(Length, ones.MatMul(ones).Value);
    }

    [Fact]
    public void Infinities_and_NaN_stay_in_their_rows_and_columns()
    {
        var a = Tensor.Concatenate(0, Tensor.Full((1, 20), double.PositiveInfinity), Tensor.Full((1, 20), double.NaN), Tensor.Ones((29, 20)));
        var product = a.MatMul(Tensor.Ones((20, 33)));
        Assert.All(product[0].ToArray(), x => Assert.Equal(Real.PositiveInfinity, x));
        Assert.All(product[1].ToArray(), x => Assert.Equal(Real.NaN, x));
        Assert.All(product[2..].ToArray(), x => Assert.Equal(20, x));
    }
}
