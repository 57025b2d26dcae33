using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.LayerTests;

public class EmbeddingTests
{
    static readonly EmbeddingParameters Tables = Init.Embedding(new Key(1), 7, 5, 4);
    static readonly Tokens Ids = Tokens.Of((2, 3), 6, 0, 2, 2, 2, 5);

    [Fact]
    public void Looking_up_is_a_product_with_one_hot_rows_and_so_is_its_gradient()
    {
        var (y, pull) = Embedding(new(Tables.Token), Ids);
        Assert.Equal(Ids.OneHot(7).MatMul(Tables.Token), y);
        var dy = new Key(2).Normal((2, 3, 5));
        Assert.True(Ids.OneHot(7).Reshape(6, 7).T.MatMul(dy.Reshape(6, 5)).IsClose(pull(dy).Parameters.Token, 1e-5, 1e-6));
        Assert.True(pull(dy).Parameters.Position.IsZero);
        Assert.Equal([0, 0, 0, 0, 0], pull(dy).Parameters.Token[1].ToArray());
    }

    [Fact]
    public void A_place_adds_its_row_in_every_sequence()
    {
        var (y, pull) = Embedding(Tables, Ids);
        Assert.Equal(Embedding(new(Tables.Token), Ids).Value + Tables.Position[..3], y);
        var dy = new Key(2).Normal((2, 3, 5));
        var position = pull(dy).Parameters.Position;
        Assert.Equal(dy[0] + dy[1], position[..3]);
        Assert.Equal(Tensor.Zeros(5), position[3]);
    }

    [Fact]
    public void Ids_have_no_cotangent_and_a_symbolic_zero_stays_one()
    {
        var pull = Embedding(Tables, Ids).Pullback;
        Assert.Equal(default, pull(new Key(2).Normal((2, 3, 5))).Input);
        Assert.True(Tree.IsZero(pull(default).Parameters));
    }

    [Fact]
    public void One_id_alone_is_a_row_where_places_do_not_count()
    {
        Assert.Equal(Tables.Token[3], Embedding(new(Tables.Token), Tokens.Of(Shape.Scalar, 3)).Value);
        Assert.Equal((0, 5), (Embedding(Tables, Tokens.Of((2, 0))).Value.Size, Embedding(Tables, Tokens.Of((2, 0))).Value.Shape[-1]));
        Assert.Equal(Tensor.Zeros((4, 5)), Embedding(Tables, Tokens.Of((2, 0))).Pullback(Tensor.Zeros((2, 0, 5))).Parameters.Position);
    }

    [Fact]
    public void A_head_tied_to_the_table_adds_its_gradient_to_that_of_looking_up()
    {
        var head = Linear.At((Tensor w) => new LinearParameters(w), p => p.Weight);
        var field = head.At((EmbeddingParameters p) => p.Token);
        var (tied, free) = ((Embedding >> field).On(Ids) >> CrossEntropy(Ids), Embedding.On(Ids) >> head.With(Tables.Token) >> CrossEntropy(Ids));
        var alone = field.On(Embedding(Tables, Ids).Value) >> CrossEntropy(Ids);
        Assert.Equal(free(Tables).Value, tied(Tables).Value);
        Assert.True((free.ValueAndGradient(Tables).Gradient.Token + alone.ValueAndGradient(Tables).Gradient.Token)
            .IsClose(tied.ValueAndGradient(Tables).Gradient.Token, 1e-5, 1e-6));
    }

    [Fact]
    public void Frequent_ids_of_wide_tables_add_up_to_the_same_bits_for_any_number_of_threads()
    {
        var (p, ids) = (Init.Embedding(new Key(1), 31, 300, 50), Tokens.Of((40, 50), [.. Enumerable.Range(0, 2000).Select(i => new Key(3).Fold(i).Below(31))]));
        var dy = new Key(4).Normal((40, 50, 300));
        (Tensor, EmbeddingParameters) Both(int threads) => Parallelism.With(threads, () => Embedding(p, ids) is var (y, pull) ? (y, pull(dy).Parameters) : default);
        Assert.True(ids.OneHot(31).Reshape(2000, 31).T.MatMul(dy.Reshape(2000, 300)).IsClose(Both(1).Item2.Token, 1e-4, 1e-5));
        foreach (var threads in new[] { 2, 3, 7 })
            Assert.True(Tree.Equal(Both(1), Both(threads)));
    }

    [Fact]
    public void What_does_not_fit_is_told()
    {
        static string Refused(EmbeddingParameters p, Tokens ids) => Assert.Throws<ShapeException>(() => Embedding(p, ids)).Message;
        Assert.Equal("embedding: id 7 at place 1 has no row in the table of tokens [7, 5]. Pass ids from 0 to 6.", Refused(Tables, [0, 7]));
        Assert.Contains("id -1 at place 0", Refused(Tables, [-1]), StringComparison.Ordinal);
        Assert.Equal("embedding: ids of shape [5] do not fit the table of positions [4, 5]. Pass at most 4 ids a sequence, or a table with a row for each of 5 places.", Refused(Tables, [0, 1, 2, 3, 4]));
        Assert.Contains("[1] for one id", Refused(Tables, Tokens.Of(Shape.Scalar, 3)), StringComparison.Ordinal);
        Assert.Contains("positions [4, 6] does not fit the table of tokens [7, 5]", Refused(Tables with { Position = Tensor.Zeros((4, 6)) }, [0]), StringComparison.Ordinal);
        Assert.Contains("the table of tokens has shape [7]", Refused(new(Tensor.Zeros(7)), [0]), StringComparison.Ordinal);
        Assert.Equal("Letters", Assert.Throws<ShapeException>(() => Embedding.At((Holder θ) => θ.Letters)(new(Tables), [9])).Path);
        Assert.Contains("flatten: shape [3]", Assert.Throws<ShapeException>(() => Flatten(Tensor.Zeros(3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flattening_joins_the_last_two_axes_and_back()
    {
        var x = Tensor.Range(24).Reshape(2, 3, 4);
        var (y, pull) = Flatten(x);
        Assert.Equal(x.Reshape(2, 12), y);
        Assert.Equal(x, pull(y));
        Assert.Equal(12, Flatten(x[0]).Value.Shape);
    }

    [Fact]
    public void Initial_embeddings_have_their_deviation_and_tokens_differ_from_positions()
    {
        var p = Init.Embedding(new Key(1), 400, 50, 300, 0.02);
        Assert.Equal(0.02, p.Token.Square().Mean().Sqrt().Value, 5e-4);
        Assert.Equal(0.02, p.Position.Square().Mean().Sqrt().Value, 5e-4);
        Assert.NotEqual(p.Token[0], p.Position[0]);
        Assert.True(Init.Embedding(new Key(1), 3, 2).Position.IsZero);
    }

    [ReferenceFact("text-data-ch02.json")]
    public void The_published_embedding_is_drawn_and_looked_up()
    {
        var published = Reference.Json("text-data-ch02.json").GetProperty("embedding");
        var weight = published.GetProperty("weight").EnumerateArray().Select(row => row.EnumerateArray().Select(e => (Real)(float)e.GetDouble()).ToArray()).ToArray();
        Tokens ids = [.. published.GetProperty("lookup").EnumerateArray().Select(e => e.GetInt32())];
        var (p, next) = Init.Embedding(TorchGenerator.Seeded(123), 6, 3);
        var looked = Embedding(p, ids).Value;
        Assert.All(ids.Ids.Select((id, i) => (id, i)), pair => Assert.Equal(weight[pair.id], looked[pair.i].ToArray()));
        // Positions are drawn after the tokens, from where these left the generator.
        Assert.Equal(next.Normal((4, 3)).Value, Init.Embedding(TorchGenerator.Seeded(123), 6, 3, 4).Value.Position);
    }

    sealed record Holder(EmbeddingParameters Letters);
}
