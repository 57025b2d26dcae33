using Xunit;

namespace Functional.Llm.Tests.Models;

public class WordVectorsTests
{
    static readonly WordVectors Vectors = new(["man", "woman", "king", "queen", "fish"],
        Tensor.Of(new Real[,] { { 2, 0, 0 }, { 2, 2, 0 }, { 3, 0, 3 }, { 3, 3, 3 }, { -1, 0, 0 } }));

    [Fact]
    public void Vectors_have_length_1_and_neighbours_come_by_their_cosines()
    {
        Assert.All(Vectors.Unit.Square().Sum(-1).ToArray(), length => Assert.Equal(1, length, 1e-6));
        var near = Vectors.Neighbours("man", 2);
        Assert.Equal(["woman", "king"], near.Select(n => n.Word).Order(StringComparer.Ordinal).Reverse());
        Assert.Equal(Math.Sqrt(0.5), near[0].Cosine, 1e-6);
    }

    [Fact]
    public void King_less_man_and_woman_is_queen()
    {
        Assert.Equal("queen", Vectors.Analogy("man", "king", "woman", 1)[0].Word);
        Assert.Equal(new[] { "queen", "king" }, Vectors.Answers([("man", "king", "woman"), ("woman", "queen", "man")]).AsEnumerable());
    }

    [Fact]
    public void An_unknown_word_and_rows_that_do_not_fit_are_told()
    {
        Assert.Contains("'whale' is not among the 5 words", Assert.Throws<FunctionalLlmException>(() => Vectors.Neighbours("whale", 1)).Message, StringComparison.Ordinal);
        Assert.Contains("for 1 words", Assert.Throws<ShapeException>(() => new WordVectors(["a"], Tensor.Zeros((2, 2)))).Message, StringComparison.Ordinal);
    }
}
