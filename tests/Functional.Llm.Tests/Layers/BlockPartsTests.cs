using Functional.Llm.Tests.Numerics;
using Xunit;
using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.LayerTests;

/// <summary>What a block is made of, beside its formulas written out in loops.</summary>
public sealed class BlockPartsTests
{
    static readonly double Tight = Tolerance.Of(5e-6, 1e-13);

    [Theory, InlineData(1), InlineData(5), InlineData(40)]
    public void SwiGlu_lets_through_what_its_gates_say(int hidden)
    {
        var x = new Key(1).Normal((2, 3, 2 * hidden), 3);
        var y = SwiGlu(x).Value;
        Assert.Equal((2, 3, hidden), y.Shape);
        for (var t = 0; t < 3; t++)
        {
            for (var i = 0; i < hidden; i++)
            {
                double gate = x.At(1, t, i);
                Assert.Equal(gate / (1 + Math.Exp(-gate)) * x.At(1, t, hidden + i), y.At(1, t, i), 10 * Tight);
            }
        }

        Assert.Contains("swiglu: the input [2, 3] has no two halves", Assert.Throws<ShapeException>(() => SwiGlu(Tensor.Zeros((2, 3)))).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(1, 1, 4), InlineData(4, 2, 3), InlineData(3, 3, 8)]
    public void QkNorm_gives_every_query_and_key_its_length_and_leaves_values_alone(int heads, int groups, int size)
    {
        const int places = 5;
        var x = new Key(2).Normal((2, places, (heads + 2 * groups) * size), 7);
        var p = new QkNormParameters(new(new Key(3).Normal(size)), new(new Key(4).Normal(size)));
        var y = QkNorm(heads, groups, 1e-3)(p, x).Value;
        for (var t = 0; t < places; t++)
        {
            for (var h = 0; h < heads + 2 * groups; h++)
            {
                double square = 0;
                for (var d = 0; d < size; d++)
                    square += (double)x.At(1, t, h * size + d) * x.At(1, t, h * size + d);
                for (var d = 0; d < size; d++)
                {
                    double gain = (h < heads ? p.Query : p.Key).Gain.At(d), one = x.At(1, t, h * size + d);
                    Assert.Equal(h < heads + groups ? gain * one / Math.Sqrt(square / size + 1e-3) : one, y.At(1, t, h * size + d), Tight);
                }
            }
        }

        Assert.Contains("qk-norm: the input [2, 7] holds no", Assert.Throws<ShapeException>(() => QkNorm(2)(new(new(default), new(default)), Tensor.Zeros((2, 7)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Normalised_queries_and_keys_have_scores_within_the_root_of_their_size()
    {
        const int size = 9;
        var x = new Key(5).Normal((30, 3 * size), 1000);
        var parts = SplitHeads(1)(QkNorm(1)(new(Init.RmsNorm(size), Init.RmsNorm(size)), x).Value).Value;
        Assert.All(ScaledSimilarity(parts.Item1).Value.ToArray(), score => Assert.InRange(Math.Abs(score), 0, Math.Sqrt(size) * (1 + Tight)));
        Assert.True(ScaledSimilarity(SplitHeads(1)(x).Value.Item1).Value.Abs().Max().Value > 1000);
    }

    /// <summary>y = W₂ gelu(W₁ x + b₁) + b₂, place by place.</summary>
    [Fact]
    public void A_feed_forward_network_sees_each_place_by_itself()
    {
        var p = new FeedForwardParameters(Init.Linear(new Key(6), 4, 16), Init.Linear(new Key(7), 16, 4));
        var x = new Key(8).Normal((2, 5, 4));
        var y = FeedForward(Gelu)(p, x).Value;
        var one = (Gelu(x[1, 3].MatMul(p.Expand.Weight.T) + p.Expand.Bias).Value.MatMul(p.Project.Weight.T) + p.Project.Bias).ToArray();
        Assert.All(one, (e, i) => Assert.Equal(e, y.At(1, 3, i), Tight));
    }

    [Fact]
    public void Normalised_after_the_sum_a_stream_keeps_its_size_and_before_it_grows()
    {
        const int width = 12, depth = 6;
        var (attention, feedForward) = (Attention(CausalAttention(3)), FeedForward(Gelu));
        ImmutableArray<Gpt2Block> blocks = [.. Enumerable.Range(0, depth).Select(i => new Key((ulong)i)).Select(key => new Gpt2Block(
            Init.LayerNorm(width), new(Init.Linear(key.Fold(0), width, 3 * width), Init.Linear(key.Fold(1), width, width)),
            Init.LayerNorm(width), new(Init.Linear(key.Fold(2), width, 4 * width), Init.Linear(key.Fold(3), 4 * width, width))))];
        // As the first transformer had it (Vaswani et al. 2017), and as all since GPT-2 have it.
        var post = Residual(attention.Of((Gpt2Block b) => b.Attention)) >> LayerNorm.Of((Gpt2Block b) => b.Norm1)
            >> Residual(feedForward.Of((Gpt2Block b) => b.FeedForward)) >> LayerNorm.Of((Gpt2Block b) => b.Norm2);
        var pre = Residual(LayerNorm.Of((Gpt2Block b) => b.Norm1) >> attention.Of((Gpt2Block b) => b.Attention))
            >> Residual(LayerNorm.Of((Gpt2Block b) => b.Norm2) >> feedForward.Of((Gpt2Block b) => b.FeedForward));
        var x = LayerNorm(Init.LayerNorm(width), new Key(9).Normal((2, 7, width))).Value;

        var byHand = x;
        foreach (var b in blocks)
        {
            byHand = LayerNorm(b.Norm1, byHand + attention(b.Attention, byHand).Value).Value;
            byHand = LayerNorm(b.Norm2, byHand + feedForward(b.FeedForward, byHand).Value).Value;
        }

        Assert.Equal(byHand, Stack(post)(blocks, x).Value);
        Assert.Equal(1, Stack(post)(blocks, x).Value.Square().Mean().Value, 1e-3);
        Assert.True(Stack(pre)(blocks, x).Value.Square().Mean().Value > 1.5);
    }
}
