using FsCheck.Xunit;
using Functional.Llm.Tests.Gradients;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Numerics;

/// <summary>A table with a few rows added to it is, for whoever reads it, the table that was written out.</summary>
public class ScatteredRowsTests
{
    [Property]
    public void It_is_the_table_written_out(ulong seed)
    {
        var d = new Draw(seed);
        var (count, width) = (d.Int(3, 40), d.Int(1, 5));
        var ((a, denseA), (b, denseB)) = (Rows(), Rows());
        var table = d.Tensor((count, width));
        AssertSame(denseA, a);
        AssertSame(denseA + table, a + table);
        AssertSame(table + denseA, table + a);
        AssertSame(denseA + denseB + table, a + b + table);
        AssertSame(table + denseA + denseB, table + a + b);
        AssertSame((denseA + table).T, (a + table).T);
        AssertSame((denseA + table)[1..], (a + table)[1..]);
        AssertSame(denseA.Reshape(count * width), a.Reshape(count * width));
        AssertSame(denseA + table[..1], a + table[..1]);
        AssertSame((denseA * table).MatMul(table.T), (a * table).MatMul(table.T));

        (Tensor, Tensor) Rows()
        {
            var places = Enumerable.Range(0, d.Int(1, count - 1)).Select(_ => d.Int(0, count - 1)).ToImmutableArray();
            var rows = d.Tensor((places.Length, width)).Packed();
            var scattered = Tensor.Scatter(rows, places, count);
            Assert.NotNull(scattered.Scattered);
            return (scattered, Kernels.ScatterAdd(rows, places, count));
        }

        static void AssertSame(Tensor expected, Tensor actual)
        {
            Assert.Equal(expected.Shape, actual.Shape);
            Assert.True(Enumerable.Range(0, expected.Size).All(i => Math.Abs(expected.ToArray()[i] - actual.ToArray()[i]) <= 1e-5), $"{expected} is not {actual}");
        }
    }

    sealed record Twice(Tensor First, Tensor Second);

    /// <summary>The gradient of the second is the first's dense part, which the first's rows must then not be added to.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rows_are_not_added_to_a_table_that_another_gradient_shares(bool shares)
    {
        const int Count = 300, Width = 7;
        var start = new Twice(new Key(0).Normal((Count, Width)), new Key(1).Normal((Count, Width)));
        var (rows, dense) = (new Key(2).Normal((2, Width)), new Key(3).Normal((Count, Width)));
        Differentiable<Twice, Real> loss = _ => (1, Pullbacks.Tidy<Real, Twice>(_ =>
        {
            var table = Kernels.Pack(dense);
            return new(Tensor.Scatter(rows, [5, 250], Count) + table, shares ? table : default);
        }));
        var after = Functional.Llm.Training.Start(start).Descend(new Sgd(1), loss);
        Assert.True(after.Parameters.First.SameBits(start.First - (Kernels.ScatterAdd(rows, [5, 250], Count) + dense)));
        Assert.True(after.Parameters.Second.SameBits(shares ? start.Second - dense : start.Second));
    }

    [Fact]
    public void The_gradient_of_a_table_of_tokens_keeps_its_rows_apart()
    {
        var model = new Gpt2(500, 4, 6, 1, 1);
        var ids = Tokens.Of((1, 4), [7, 7, 300, 1]);
        var gradient = model.Loss(ids, ids).ValueAndGradient(model.Start(new Key(0))).Gradient.Embedding.Token;
        Assert.False(gradient.Scattered!.Table.IsZero);
        Assert.Null(Embedding(new(new Key(0).Normal((3, 2))), Tokens.Of((1, 3), [0, 1, 2])).Pullback(Tensor.Ones((1, 3, 2))).Parameters.Token.Scattered);
    }
}
