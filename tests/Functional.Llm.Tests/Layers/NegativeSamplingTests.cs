using Functional.Llm.Tests.Gradients;
using Functional.Llm.Tests.Numerics;
using Xunit;

namespace Functional.Llm.Tests.LayerTests;

public class NegativeSamplingTests
{
    [Theory]
    [InlineData(1, 1, 1, 3, 5)]
    [InlineData(300, 64, 50, 20, 3)]
    [InlineData(129, 7, 200, 33, 4)]
    public void An_update_in_place_is_a_step_along_the_gradient_of_the_loss(int centres, int negatives, int vocabulary, int width, ulong seed)
    {
        const double Rate = 1e-3;
        var d = new Draw(seed);
        var block = Blocks.Random(d, centres, negatives, vocabulary);
        var start = new SkipGramParameters(new Key(seed).Normal((vocabulary, width), 0.5), new Key(seed + 1).Normal((vocabulary, width), 0.5));
        var (value, gradient) = Layers.NegativeSampling(block).ValueAndGradient(start);
        var (centre, context) = (start.Centre.ToArray(), start.Context.ToArray());
        var loss = new SkipGramDescent(centre, context, width).Step(block, (Real)Rate, measure: true);
        Assert.Equal(1, loss / value, 1e-4);
        Check(start.Centre, gradient.Centre, centre);
        Check(start.Context, gradient.Context, context);

        void Check(Tensor before, Tensor slope, Real[] after)
        {
            var expected = (before - Rate * slope).ToArray();
            Assert.All(Enumerable.Zip(expected, after), pair => Assert.Equal(pair.First, pair.Second, 2e-6));
        }
    }

    [Fact]
    public void One_pair_and_one_negative_have_the_published_loss()
    {
        var parameters = new SkipGramParameters(Tensor.Of(new Real[,] { { 1, 2 }, { 0, 0 }, { 0, 0 } }), Tensor.Of(new Real[,] { { 0, 0 }, { (Real)0.5, 1 }, { -1, 1 } }));
        var block = new SkipGramBlock([0], [0, 1], [1], [2], 5, 3);
        var expected = Math.Log(1 + Math.Exp(-2.5)) + 5 * Math.Log(1 + Math.Exp(1));
        Assert.Equal(expected, Layers.NegativeSampling(block)(parameters).Value, 1e-5);
    }

    [Fact]
    public void Blocks_and_vectors_that_do_not_fit_are_told()
    {
        Assert.Contains("word 3 is not one of 3", Assert.Throws<ShapeException>(() => new SkipGramBlock([3], [0, 0], [], [0], 1, 3)).Message, StringComparison.Ordinal);
        Assert.Contains("1 starts do not divide", Assert.Throws<ShapeException>(() => new SkipGramBlock([1], [0], [], [0], 1, 3)).Message, StringComparison.Ordinal);
        var block = new SkipGramBlock([0], [0, 0], [], [0], 1, 3);
        Assert.Contains("for 3 words", Assert.Throws<ShapeException>(() => Layers.NegativeSampling(block)(new(Tensor.Zeros((2, 2)), Tensor.Zeros((2, 2))))).Message, StringComparison.Ordinal);
    }
}
