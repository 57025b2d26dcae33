using Xunit;

namespace Functional.Llm.Tests;

/// <summary>The matrix product against three loops.</summary>
public sealed class MatMulTests
{
    /// <summary>Two operands whose inner sizes agree and whose batches broadcast; vectors among them.</summary>
    static (Pair Left, Pair Right) Operands(Case c, Func<double> number)
    {
        var (m, k, n) = (c.Draw.Int(0, 5), c.Draw.Int(0, 6), c.Draw.Int(0, 5));
        var batch = c.Shape(0, 2);
        int[] left = c.Draw.Int(0, 5) == 0 ? [k] : [.. batch, m, k];
        int[] right = c.Draw.Int(0, 5) == 0 ? [k] : [.. c.Draw.Coin() ? batch : c.Partner(batch), k, n];
        return (c.View(left, number), c.View(right, number));
    }

    static NaiveTensor Product(NaiveTensor x, NaiveTensor y, Func<double[], double> sum)
    {
        var (row, column) = (x.Rank == 1, y.Rank == 1);
        var product = NaiveTensor.MatMul(row ? x.Reshape([1, x.Shape[0]]) : x, column ? y.Reshape([y.Shape[0], 1]) : y, sum);
        int[] shape = [.. product.Shape[..^2], .. row ? Array.Empty<int>() : [product.Shape[^2]], .. column ? Array.Empty<int>() : [product.Shape[^1]]];
        return product.Reshape(shape);
    }

    [Fact]
    public void Products_of_whole_numbers_are_exact() => Case.ForAll(1500, c =>
    {
        var (x, y) = Operands(c, c.WholeNumber);
        c.Note("x.MatMul(y)");
        Agree.Exactly(Product(x.Naive, y.Naive, terms => terms.Sum()), x.Tensor.MatMul(y.Tensor));
    });

    [Fact]
    public void Products_are_within_rounding() => Case.ForAll(500, c =>
    {
        var (x, y) = Operands(c, c.Number);
        c.Note("x.MatMul(y)");
        Agree.Within(Product(x.Naive, y.Naive, NaiveTensor.Sum), x.Tensor.MatMul(y.Tensor),
            Product(x.Naive.Map(Math.Abs), y.Naive.Map(Math.Abs), terms => 8 * Tolerance.Epsilon * terms.Sum()));
    });

    [Fact]
    public void Long_products_in_all_four_orientations() => Case.ForAll(30, c =>
    {
        var (m, k, n) = (c.Draw.Int(1, 40), c.Draw.Int(1, 600), c.Draw.Int(1, 40));
        Tensor Random(int rows, int columns) => Tensor.From((rows, columns), Enumerable.Range(0, rows * columns).Select(_ => c.WholeNumber()));
        c.Note($"({m}, {k}) × ({k}, {n})");
        foreach (var x in new[] { Random(m, k), Random(k, m).T })
        {
            foreach (var y in new[] { Random(k, n), Random(n, k).T })
                Assert.Equal(Tensor.Of((m, n), ThreeLoops(x.ToArray(), y.ToArray(), m, k, n)), x.MatMul(y));
        }
    });

    static Real[] ThreeLoops(Real[] x, Real[] y, int m, int k, int n)
    {
        var z = new Real[m * n];
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                for (var p = 0; p < k; p++)
                    z[i * n + j] += x[i * k + p] * y[p * n + j];
            }
        }

        return z;
    }

    [Fact]
    public void A_product_over_no_terms_is_zero()
    {
        Assert.Equal(Tensor.Zeros((3, 2)), Tensor.Zeros((3, 0)).MatMul(Tensor.Zeros((0, 2))));
        Assert.Equal(Tensor.Zeros((4, 3, 2)), Tensor.Zeros((4, 3, 0)).MatMul(Tensor.Zeros((2, 0)).T));
        Assert.Equal(Tensor.Scalar(0), Tensor.Zeros(0).MatMul(Tensor.Zeros(0)));
        Assert.Equal(Tensor.Zeros((3, 0)), Tensor.Zeros((3, 5)).MatMul(Tensor.Zeros((5, 0))));
    }

    [Fact]
    public void Not_a_number_and_infinity_pass_through_a_product()
    {
        Assert.True(Real.IsNaN(Tensor.From([0.0, 1]).MatMul(Tensor.From([double.NaN, 1])).Value));
        Assert.True(Real.IsNaN(Tensor.From([0.0, 1]).MatMul(Tensor.From([double.PositiveInfinity, 1])).Value));
        Assert.True(Real.IsPositiveInfinity(Tensor.From([2.0, 1]).MatMul(Tensor.From([double.PositiveInfinity, 1])).Value));
    }
}
