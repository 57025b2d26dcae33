using System.Text.Json;
using Functional.Llm.Tests.Numerics;
using Xunit;
using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.LayerTests;

/// <summary>The ladder of attention: every matrix that the book prints of it, and each step beside the one before.</summary>
public sealed class SelfAttentionTests
{
    const string File = "attention-ch03.json";

    static readonly Differentiable<(Tensor, Tensor), Tensor> Causal = ScaledSimilarity >> CausalMask >> Softmax;

    static Tensor Inputs => Of("inputs");

    [ReferenceFact(File)]
    public void Similarity_without_weights()
    {
        var scores = Similarity((Inputs, Inputs)).Value;
        AssertPrinted("simple/scores", scores);
        AssertPrinted("simple/weights", Softmax(scores).Value);
        AssertPrinted("simple/context", SimpleAttention(Inputs).Value);
    }

    [ReferenceFact(File)]
    public void Trainable_weights_as_plain_matrices()
    {
        // The matrices (inputs, outputs) are uniform in [0, 1), and drawn one after the other.
        var generator = TorchGenerator.Seeded(123);
        var p = new SelfAttentionParameters(Next(), Next(), Next());
        foreach (var (name, linear) in new[] { ("Wq", p.Query), ("Wk", p.Key), ("Wv", p.Value) })
            Assert.Equal(Of($"selfAttentionV1/{name}"), linear.Weight.T);
        var scores = Scores(p, Inputs)[1];
        AssertPrinted("selfAttentionV1/query2", Linear(p.Query, Inputs[1]).Value);
        AssertPrinted("selfAttentionV1/scores2", scores * Math.Sqrt(2));
        AssertPrinted("selfAttentionV1/weights2", Softmax(scores).Value);
        AssertPublished("selfAttentionV1", SelfAttention(ScaledSimilarity >> Softmax)(p, Inputs).Value);

        LinearParameters Next()
        {
            (var matrix, generator) = generator.Uniform((3, 2));
            return new(matrix.T);
        }
    }

    [ReferenceFact(File)]
    public void Trainable_weights_of_linear_layers_and_the_future_hidden()
    {
        var p = Head(TorchGenerator.Seeded(789)).Value;
        AssertDrawn("selfAttentionV2", p);
        AssertPrinted("selfAttentionV2/weights", Softmax(Scores(p, Inputs)).Value);
        AssertPublished("selfAttentionV2", SelfAttention(ScaledSimilarity >> Softmax)(p, Inputs).Value);
        AssertPrinted("selfAttentionV2/causalWeights", Causal(QueriesAndKeys(p, Inputs)).Value);

        // The book's first way: weights of all places, the future's set to 0, and the rest divided by their sum.
        var kept = Softmax(Scores(p, Inputs)).Value * CausalMask(Tensor.Zeros((6, 6))).Value.Exp();
        Assert.True((kept / kept.Sum(-1, keep: true)).IsClose(Causal(QueriesAndKeys(p, Inputs)).Value, 1e-6, 1e-7));
    }

    [ReferenceFact(File)]
    public void Weights_are_dropped_as_in_print()
    {
        var mask = TorchGenerator.Seeded(123).Dropout((6, 6), 0.5).Value;
        Assert.Equal(Of("dropout/keepMask") * 2, mask);
        Assert.Equal(Of("dropout/publishedOnOnes"), Masked(mask)(Tensor.Ones((6, 6))).Value);
        var p = Head(TorchGenerator.Seeded(789)).Value;
        AssertPrinted("dropout/publishedOnCausalWeights", (Causal >> Masked(mask))(QueriesAndKeys(p, Inputs)).Value);
        Assert.True(SelfAttention(Causal >> Masked(mask))(p, Inputs).Value
            .IsClose(Of("dropout/publishedOnCausalWeights").MatMul(Linear(p.Value, Inputs).Value), 1e-3, 1e-4));
    }

    [ReferenceFact(File)]
    public void A_causal_head_and_two_side_by_side()
    {
        var (first, next) = Head(TorchGenerator.Seeded(123));
        var second = Head(next).Value;
        AssertDrawn("causalAttention", first);
        AssertDrawn("multiHeadWrapper/head2", second);
        var batch = Tensor.Stack(0, Inputs, Inputs);
        var y = SelfAttention(Causal)(first, batch).Value;
        AssertPublished("causalAttention", y[0]);
        Assert.Equal(y[0], y[1]);
        var both = SideBySide(SelfAttention(Causal))([first, second], batch).Value;
        AssertPrinted("multiHeadWrapper/published", both[0]);
        Assert.Equal(both[0], both[1]);
    }

    [ReferenceFact(File)]
    public void Two_heads_of_one_product()
    {
        var (head, next) = Head(TorchGenerator.Seeded(123));
        var output = Init.Linear(next, 2, 2).Value;
        AssertDrawn("multiHead", head);
        Assert.Equal((Of("multiHead/Wo"), Of("multiHead/bo")), (output.Weight, output.Bias));
        var p = new AttentionParameters(Joined(head), output);
        foreach (var attention in new[] { Attention(MultiHead(2, Causal)), Attention(CausalAttention(2)) })
            AssertPublished("multiHead", attention(p, Tensor.Stack(0, Inputs, Inputs)).Value[1]);
    }

    [ReferenceFact(File)]
    public void Products_of_batches()
    {
        var a = Of("batchedMatmul/a");
        AssertPrinted("batchedMatmul/aaT", Similarity((a, a)).Value, 3e-4);
        Assert.True(MatMul((a, a.T)).Value.IsClose(Similarity((a, a)).Value, 1e-6, 1e-7));
    }

    [Theory, InlineData(1, 1, 5, 3), InlineData(2, 3, 32, 8), InlineData(1, 4, 40, 4)]
    public void The_last_step_is_attention_without_a_square(int batch, int heads, int places, int size)
    {
        var (x, dy, key) = (new Key(1).Normal((batch, places, 3 * heads * size)), new Key(2).Normal((batch, places, heads * size)), new Key(3));
        AssertAgree(CausalAttention(heads), MultiHead(heads, Causal), x, dy);
        // Where rows are as long as whole blocks of the key's table, both drop the same weights.
        if (places % 16 == 0)
            AssertAgree(CausalAttention(heads, dropout: 0.3, key: key), MultiHead(heads, Causal >> Dropout(0.3, key)), x, dy);
    }

    [Fact]
    public void Heads_of_one_product_are_heads_side_by_side()
    {
        const int width = 6, heads = 3;
        ImmutableArray<SelfAttentionParameters> apart = [.. Enumerable.Range(0, heads).Select(h => Head(TorchGenerator.Seeded((ulong)h), width, 2).Value)];
        var (joined, x) = (Joined([.. apart]), new Key(5).Normal((2, 7, width)));
        var (y, pull) = SideBySide(SelfAttention(Causal))(apart, x);
        var (z, pullZ) = (Linear >> MultiHead(heads, Causal))(joined, x);
        Assert.True(y.IsClose(z, 1e-5, 1e-6));
        var ((dApart, dx), (dJoined, dz)) = (pull(y), pullZ(y));
        Assert.True(dx.IsClose(dz, 1e-4, 1e-5));
        Assert.True(Joined([.. dApart]).Weight.IsClose(dJoined.Weight, 1e-4, 1e-5));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        foreach (var (words, wrong) in new (string, Action)[]
        {
            ("causal mask: the scores [2, 3] are not of every place for every place. Pass scores of shape [..., places, places].", () => CausalMask(Tensor.Zeros((2, 3)))),
            ("split heads: the input [4, 10] holds no queries, keys and values of 2 heads. Pass an input of shape [..., places, 3 times 2 times the size of a head].", () => SplitHeads(2)(Tensor.Zeros((4, 10)))),
            ("split heads: the input [12] holds no", () => SplitHeads(2)(Tensor.Zeros(12))),
            ("split heads: the input [4, 12] holds no queries, keys and values of 0 heads", () => SplitHeads(0)(Tensor.Zeros((4, 12)))),
            ("join heads: the input [4, 12] has no heads", () => JoinHeads(Tensor.Zeros((4, 12)))),
            ("matmul: inner dimensions differ", () => SimilarityOfUnlike()),
        })
        {
            Assert.Contains(words, Assert.Throws<ShapeException>(wrong).Message, StringComparison.Ordinal);
        }

        static Tensor SimilarityOfUnlike() => Similarity((Tensor.Zeros((2, 3)), Tensor.Zeros((2, 4)))).Value;
    }

    [Fact]
    public void A_hidden_score_counts_for_nothing_forward_and_back()
    {
        var (y, pull) = CausalMask(Tensor.Range(9).Reshape(3, 3));
        const Real low = Real.NegativeInfinity;
        Assert.Equal([0, low, low, 3, 4, low, 6, 7, 8], y.ToArray());
        Assert.Equal([1, 0, 0, 1, 1, 0, 1, 1, 1], pull(Tensor.Ones((3, 3))).ToArray());
    }

    [Fact]
    public void Symbolic_zeros_stay_so()
    {
        var x = new Key(1).Normal((2, 3, 6));
        Assert.True(MultiHead(1, Causal)(x).Pullback(default).IsZero);
        Assert.True(Tree.IsZero(SideBySide(SelfAttention(Causal))([Head(TorchGenerator.Seeded(1), 6, 2).Value], x).Pullback(default).Input));
        // A part of which nothing is asked counts as zeros.
        var pull = SplitHeads(2)(x).Pullback;
        var dq = new Key(2).Normal((2, 2, 3, 1));
        Assert.Equal(pull(((dq, Tensor.Zeros((2, 2, 3, 1))), Tensor.Zeros((2, 2, 3, 1)))), pull(((dq, default), default)));
    }

    /// <summary>qkᵀ/√D of a head.</summary>
    static Tensor Scores(SelfAttentionParameters p, Tensor x) => ScaledSimilarity(QueriesAndKeys(p, x)).Value;

    static (Tensor, Tensor) QueriesAndKeys(SelfAttentionParameters p, Tensor x) => (Linear(p.Query, x).Value, Linear(p.Key, x).Value);

    static Differentiable<Tensor, Tensor> Masked(Tensor mask) => x => (x * mask, dy => dy * mask);

    static (SelfAttentionParameters Value, TorchGenerator Next) Head(TorchGenerator generator, int inputs = 3, int outputs = 2)
    {
        (var query, generator) = Init.Linear(generator, inputs, outputs, bias: false);
        (var key, generator) = Init.Linear(generator, inputs, outputs, bias: false);
        (var value, generator) = Init.Linear(generator, inputs, outputs, bias: false);
        return (new(query, key, value), generator);
    }

    /// <summary>One product that makes all queries, then all keys, then all values.</summary>
    static LinearParameters Joined(params ReadOnlySpan<SelfAttentionParameters> heads)
    {
        var all = heads.ToArray();
        return new(Tensor.Concatenate(0, [.. all.Select(p => p.Query.Weight), .. all.Select(p => p.Key.Weight), .. all.Select(p => p.Value.Weight)]));
    }

    static void AssertAgree(Differentiable<Tensor, Tensor> f, Differentiable<Tensor, Tensor> g, Tensor x, Tensor dy)
    {
        var ((y, pullF), (z, pullG)) = (f(x), g(x));
        var tolerance = Tolerance.Of(2e-5, 1e-13);
        Assert.True(y.IsClose(z, tolerance, tolerance));
        Assert.True(pullF(dy).IsClose(pullG(dy), tolerance, tolerance));
    }

    static void AssertDrawn(string section, SelfAttentionParameters p)
    {
        foreach (var (name, linear) in new[] { ("Wq", p.Query), ("Wk", p.Key), ("Wv", p.Value) })
            Assert.Equal(Of($"{section}/{name}"), linear.Weight);
    }

    /// <summary>As printed, to four decimals, and as computed in single precision.</summary>
    static void AssertPublished(string section, Tensor actual)
    {
        AssertPrinted($"{section}/published", actual);
        Assert.True(Of($"{section}/computed").IsClose(actual, 2e-6, 1e-7));
    }

    static void AssertPrinted(string path, Tensor actual, double tolerance = 6e-5)
    {
        var expected = Of(path);
        Assert.Equal(expected.Shape, actual.Shape);
        var numbers = actual.ToArray();
        Assert.All(expected.ToArray(), (e, i) => Assert.Equal(e, numbers[i], tolerance));
    }

    /// <summary>The matrix at a path of the reference file; its numbers are those of single precision.</summary>
    static Tensor Of(string path)
    {
        var element = path.Split('/').Aggregate(Reference.Json(File), (e, name) => e.GetProperty(name));
        var shape = new List<int>();
        for (var e = element; e.ValueKind == JsonValueKind.Array; e = e[0])
            shape.Add(e.GetArrayLength());
        return Tensor.From(Shape.Create([.. shape]), Flat(element).Select(e => (double)e.GetSingle()));

        static IEnumerable<JsonElement> Flat(JsonElement e) => e.ValueKind == JsonValueKind.Array ? e.EnumerateArray().SelectMany(Flat) : [e];
    }
}
