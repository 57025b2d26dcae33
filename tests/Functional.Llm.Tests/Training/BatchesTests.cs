using Xunit;

namespace Functional.Llm.Tests.Training;

public class BatchesTests
{
    static readonly Tensor Inputs = Tensor.Range(20).Reshape(10, 2);
    static readonly Tensor Targets = Tensor.Range(10);

    [Theory]
    [InlineData(3, false, 4)]
    [InlineData(3, true, 3)]
    [InlineData(5, false, 2)]
    [InlineData(100, false, 1)]
    [InlineData(100, true, 0)]
    public void An_epoch_visits_every_row_once_with_its_target(int size, bool dropLast, int count)
    {
        var batches = Batches.Epoch(Inputs, Targets, size, new Key(1), dropLast).ToArray();
        Assert.Equal(count, batches.Length);
        var rows = batches.SelectMany(b => b.Targets.ToArray()).ToArray();
        Assert.Equal(rows.Length, rows.Distinct().Count());
        Assert.Equal(dropLast ? count * size : 10, rows.Length);
        foreach (var batch in batches)
            Assert.Equal(batch.Targets * 2, batch.Inputs[.., 0]);
    }

    [Fact]
    public void The_order_is_a_function_of_key_and_epoch()
    {
        float[] Order(Key key, int epoch) => [.. Batches.Epochs(Inputs, Targets, 10, key).ElementAt(epoch).Targets.ToArray().Select(t => (float)t)];
        Assert.Equal(Order(new Key(1), 3), Order(new Key(1), 3));
        Assert.NotEqual(Order(new Key(1), 3), Order(new Key(1), 4));
        Assert.NotEqual(Order(new Key(1), 3), Order(new Key(2), 3));
        Assert.NotEqual(Enumerable.Range(0, 10).Select(i => (float)i), Order(new Key(1), 0));
    }

    [Fact]
    public void Tokens_are_visited_in_the_order_of_tensors()
    {
        var (ids, targets) = (Tokens.Of((10, 2), [.. Enumerable.Range(0, 20)]), Tokens.Of(10, [.. Enumerable.Range(0, 10)]));
        var pairs = Batches.Epochs(ids, targets, 3, new Key(1)).Zip(Batches.Epochs(Inputs, Targets, 3, new Key(1))).Take(9).ToArray();
        Assert.All(pairs, pair => Assert.Equal(pair.Item2.Targets.ToArray(), pair.Item1.Targets.Ids.Select(id => (Real)id)));
        Assert.All(pairs, pair => Assert.Equal(pair.Item2.Inputs.ToArray(), pair.Item1.Inputs.Ids.Select(id => (Real)id)));
        Assert.Equal((0, 2), ids.Take().Shape);
        Assert.Contains("place 10 is not one of the 10", Assert.Throws<ShapeException>(() => ids.Take(10)).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => ids.Take(-1));
        Assert.Throws<ShapeException>(() => Tokens.Of(Shape.Scalar, 1).Take(0));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ShapeException>(() => Batches.Epoch(Tokens.Of((2, 2), 1, 2, 3, 4), [1], 3, new Key(1)));
        Assert.Throws<ShapeException>(() => Batches.Epoch(Inputs, Targets[..9], 3, new Key(1)));
        Assert.Throws<ShapeException>(() => Batches.Epoch(Inputs, Targets, 0, new Key(1)));
    }

    [Fact]
    public void Standardised_columns_have_mean_0_and_deviation_1_and_come_back()
    {
        var x = new Key(1).Normal((50, 3), 7, 100) * new Key(2).Uniform(3, 1, 5);
        var scaling = Standardizer.Of(x);
        var z = scaling.Apply(x);
        Assert.True(z.Mean(0).IsClose(Tensor.Zeros(3), absolute: 1e-4));
        Assert.True(z.Square().Mean(0).IsClose(Tensor.Ones(3), 1e-4));
        Assert.True(scaling.Invert(z).IsClose(x, 1e-5));
        Assert.Equal(x, Standardizer.None(3).Apply(x));
        Assert.Equal(1, Standardizer.Of(Tensor.Ones((4, 1))).Deviation.Value);
        Assert.Throws<ShapeException>(() => Standardizer.Of(Tensor.Ones(3)));
        Assert.Throws<ShapeException>(() => Standardizer.Of(Tensor.Ones((0, 3))));
    }

    [Fact]
    public void Conditioning_is_that_of_the_second_moments()
    {
        var c = Conditioning.Of(Tensor.From((2, 1), [1.0, 3]));
        // M = [[5, 2], [2, 1]]: trace 6, determinant 1.
        Assert.Equal(3 + Math.Sqrt(8), c.Steepest, 1e-6);
        Assert.Equal(3 - Math.Sqrt(8), c.Flattest, 1e-6);
        Assert.Equal(1, Conditioning.Of(Tensor.From((2, 1), [-1.0, 1])).Ratio, 1e-6);
    }
}
