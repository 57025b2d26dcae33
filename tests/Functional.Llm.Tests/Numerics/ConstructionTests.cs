using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Where tensors and tokens come from.</summary>
public sealed class ConstructionTests
{
    [Fact]
    public void Literals_make_vectors_and_matrices()
    {
        Tensor x = [1, 2, 3];
        Assert.Equal((Shape)3, x.Shape);
        Assert.Equal(Tensor.Range(6).Reshape(2, 3) + 1, Tensor.Of(new Real[,] { { 1, 2, 3 }, { 4, 5, 6 } }));
        Assert.Equal((0, 2), (Tensor.Of(new Real[0, 2]).Shape[0], Tensor.Of(new Real[0, 2]).Shape[1]));
        Assert.Equal((Shape)0, ((Tensor)[]).Shape);
    }

    [Fact]
    public void Constants_store_one_element()
    {
        Assert.Equal(Tensor.From((2, 2), [0.5, 0.5, 0.5, 0.5]), Tensor.Full((2, 2), 0.5));
        Assert.Single(Tensor.Full((1000, 1000), 1).Storage.Array);
        Assert.Equal(Tensor.Ones((0, 3)), Tensor.Zeros((0, 3)));
    }

    [Fact]
    public void Linspace_begins_and_ends_where_it_was_told_to()
    {
        for (var count = 2; count < 300; count++)
        {
            var x = Tensor.Linspace(0.1, 0.3, count).ToArray();
            Assert.Equal(((Real)0.1, (Real)0.3, count), (x[0], x[^1], x.Length));
            Assert.Equal(x.Order(), x);
        }

        Assert.Equal([0, (Real)0.25, (Real)0.5, (Real)0.75, 1], Tensor.Linspace(0, 1, 5).ToArray());
        Assert.Equal([2], Tensor.Linspace(2, 3, 1).ToArray());
        Assert.Equal(0, Tensor.Linspace(2, 3, 0).Size);
    }

    [Fact]
    public void Build_fills_in_row_major_order() =>
        Assert.Equal(2, Tensor.Build((2, 3), d =>
        {
            for (var i = 0; i < d.Length; i++)
                d[i] = i % 3;
        }).At(1, 2));

    [Fact]
    public void Tokens_keep_ids_and_shape()
    {
        Tokens t = [3, 1, 2, 0];
        Assert.Equal(Tokens.Of(4, 3, 1, 2, 0), t);
        Assert.Equal(t.GetHashCode(), Tokens.Of(4, 3, 1, 2, 0).GetHashCode());
        Assert.True(t != t.Reshape((2, 2)) && t.Reshape((2, 2)).Reshape(4) == t);
        Assert.Equal("[3, 1, 2, 0]", t.ToString());
        Assert.Equal((Tokens)[], default);
        Assert.Equal((Shape)0, default(Tokens).Shape);
        Assert.Equal((0, 5), (default(Tokens).OneHot(5).Shape[0], default(Tokens).OneHot(5).Shape[1]));
    }

    [Fact]
    public void One_hot_rows_have_a_one_at_their_id() => Case.ForAll(300, c =>
    {
        var (shape, classes) = (c.Shape(0, 3), c.Draw.Int(1, 6));
        var tokens = c.Draw.Tokens(Shape.Create(shape), classes);
        var expected = NaiveTensor.Build([.. shape, classes], index =>
            tokens.Ids[NaiveTensor.Indices(shape).ToList().FindIndex(i => i.SequenceEqual(index.SkipLast(1)))] == index[^1] ? 1 : 0);
        Agree.Exactly(expected, tokens.OneHot(classes));
        Assert.Equal(tokens, tokens.OneHot(classes).ArgMax(-1));
    });
}
