using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Gradients;

/// <summary>A public function of the library, by its name, and how to draw a problem with it.</summary>
public sealed record GradientCase(string Name, Func<Draw, IProblem> Problem)
{
    public override string ToString() => Name;
}

/// <summary>Every public layer and differentiable function, as problems for the gradient checks.</summary>
public static class GradientCases
{
    public static ImmutableArray<GradientCase> All { get; } =
    [
        new("Layers.Linear", d =>
        {
            var (inputs, outputs) = (d.Int(1, 5), d.Int(1, 5));
            return Problem.Of(d.Linear(inputs, outputs), d.Tensor([.. d.Shape(0, 3), inputs]), Linear, d);
        }),
        Kinked("Layers.Relu", _ => Relu),
        Kinked("Layers.LeakyRelu", d => LeakyRelu(d.Uniform(0, 0.5))),
        Smooth("Layers.Sigmoid", _ => Sigmoid),
        Smooth("Layers.Tanh", _ => Tanh),
        Smooth("Layers.Softplus", _ => Softplus),
        Smooth("Layers.Silu", _ => Silu),
        Smooth("Layers.Gelu", _ => Gelu),
        Smooth("Layers.GeluErf", _ => GeluErf),
        Smooth("Layers.Dropout", d => Dropout(d.OneOf(0, 0.3, 0.5, 1.0), d.Coin() ? new Key(d.Next()) : null)),
        Smooth("Activations.Function", d => d.OneOf(Activation.None, Activation.Tanh, Activation.Gelu, Activation.Softmax).Function()),
        Smooth("Layers.Softmax", _ => Softmax),
        Smooth("Layers.LogSoftmax", _ => LogSoftmax),
        Smooth("Layers.LogSumExp", _ => LogSumExp),
        new("Layers.LayerNorm", d =>
        {
            var width = d.Int(1, 40);
            return Problem.Of(new LayerNormParameters(d.Tensor(width), d.Coin() ? d.Tensor(width) : default), Spread(d, width), LayerNorm, d);
        }),
        new("Layers.RmsNorm", d =>
        {
            var width = d.Int(1, 40);
            return Problem.Of(new RmsNormParameters(d.Tensor(width)), Spread(d, width), RmsNorm(d.OneOf(1e-5, 1e-2)), d);
        }),
        new("Layers.Embedding", d =>
        {
            var (ids, width) = (d.Shape(1, 3), d.Int(1, 5));
            var (tokens, positions) = (d.Int(1, 6), ids.Sizes[^1] + d.Int(0, 2));
            return Problem.Of(new EmbeddingParameters(d.Tensor((tokens, width)), d.Coin() ? d.Tensor((positions, width)) : default), d.Tokens(ids, tokens), Embedding, d);
        }),
        new("Layers.EmbeddingFrom", d =>
        {
            var (ids, width) = (d.Shape(1, 3), d.Int(1, 5));
            var first = d.Coin() ? [d.Int(0, 3)] : Enumerable.Range(0, ids.Size / Math.Max(1, ids.Sizes[^1])).Select(_ => d.Int(0, 3)).ToImmutableArray();
            var (tokens, positions) = (d.Int(1, 6), 3 + ids.Sizes[^1] + d.Int(0, 2));
            return Problem.Of(new EmbeddingParameters(d.Tensor((tokens, width)), d.Coin() ? d.Tensor((positions, width)) : default), d.Tokens(ids, tokens), EmbeddingFrom(first), d);
        }),
        new("Layers.CausalAttention", d =>
        {
            var (groups, shared) = (d.Int(1, 2), d.Int(1, 2));
            var places = d.Int(0, 3) == 0 ? d.Int(9, 20) : d.Int(1, 8);
            var x = d.Tensor((d.Int(1, 2), places, d.Int(1, 2) * (groups * shared + 2 * groups)));
            return Problem.Of(x, CausalAttention(groups * shared, groups, d.Coin() ? d.Int(1, 20) : null, 0.3, d.Coin() ? new Key(d.Next()) : null), d);
        }),
        Pair("Layers.MatMul", (rows, inner, columns) => ((rows, inner), (inner, columns)), MatMul),
        Pair("Layers.Similarity", (rows, inner, columns) => ((rows, inner), (columns, inner)), Similarity),
        Pair("Layers.ScaledSimilarity", (rows, inner, columns) => ((rows, inner), (columns, inner)), ScaledSimilarity),
        // Scores of −∞ have no difference: the mask is seen through the weights that it makes.
        new("Layers.CausalMask", d =>
        {
            var places = d.Int(1, 5);
            return Problem.Of(d.Tensor([.. d.Shape(0, 2), places, places], 2), CausalMask >> Softmax, d);
        }),
        new("Layers.Attend", d =>
        {
            var (batch, places, size) = (d.Shape(0, 2), d.Int(1, 4), d.Int(1, 4));
            Tensor Rows(int columns) => d.Tensor([.. batch, places, columns]);
            return Problem.Of(((Rows(size), Rows(size)), Rows(d.Int(1, 4))), Attend(Weigh(d)), d);
        }),
        Smooth("Layers.SimpleAttention", _ => SimpleAttention, lowRank: 2),
        new("Layers.SelfAttention", d => Problem.Of(Head(d, 3), d.Tensor([.. d.Shape(0, 2), d.Int(1, 4), 3], 0.5), SelfAttention(Weigh(d)), d)),
        new("Layers.SplitHeads", d =>
        {
            var heads = d.Int(1, 3);
            return Problem.Of(d.Tensor([.. d.Shape(1, 3), 3 * heads * d.Int(1, 3)]), SplitHeads(heads), d);
        }),
        Smooth("Layers.JoinHeads", _ => JoinHeads, lowRank: 3),
        new("Layers.MultiHead", d =>
        {
            var heads = d.Int(1, 3);
            return Problem.Of(d.Tensor([.. d.Shape(0, 2), d.Int(1, 4), 3 * heads * d.Int(1, 3)]), MultiHead(heads, Weigh(d)), d);
        }),
        new("Layers.Attention", d =>
        {
            var (heads, width) = (d.Int(1, 3), d.Int(1, 4));
            var p = new AttentionParameters(d.Linear(width, 3 * heads * 2), d.Linear(heads * 2, width));
            return Problem.Of(p, d.Tensor([.. d.Shape(0, 1), d.Int(1, 5), width]), Attention(CausalAttention(heads)), d);
        }),
        new("Layers.FeedForward", d =>
        {
            var (width, hidden, gated) = (d.Int(1, 4), 2 * d.Int(1, 3), d.Coin());
            var p = new FeedForwardParameters(d.Linear(width, hidden), d.Linear(gated ? hidden / 2 : hidden, width));
            return Problem.Of(p, d.Tensor([.. d.Shape(0, 2), width]), FeedForward(gated ? SwiGlu : Gelu), d);
        }),
        new("Layers.SwiGlu", d => Problem.Of(d.Tensor([.. d.Shape(0, 2), 2 * d.Int(1, 20)], 2), SwiGlu, d)),
        new("Layers.Rotary", d =>
        {
            var (size, heads, places) = (2 * d.Int(1, 18), d.Int(1, 2), d.Int(1, 4));
            var angles = RotaryAngles.Of(size, places + 3, d.OneOf(100.0, 10000.0), d.OneOf(RotaryPairs.Halves, RotaryPairs.Neighbours));
            var first = Enumerable.Range(0, d.Int(1, 2)).Select(_ => d.Int(0, 3)).ToImmutableArray();
            return Problem.Of(d.Tensor((first.Length, places, heads * size + d.Int(0, 3))), Rotary(angles, heads, d.Coin() ? first : first[..1]), d);
        }),
        Smooth("Layers.Sinusoidal", _ => Sinusoidal, lowRank: 2),
        new("Layers.QkNorm", d =>
        {
            var (groups, shared, size) = (d.Int(1, 2), d.Int(1, 2), d.Int(2, 6));
            var p = new QkNormParameters(new(d.Tensor(size)), new(d.Tensor(size)));
            return Problem.Of(p, Spread(d, size * (groups * shared + 2 * groups)), QkNorm(groups * shared, groups, 1e-2), d);
        }),
        Smooth("Layers.Flatten", _ => Flatten, lowRank: 2),
        new("Layers.MeanSquaredError", d =>
        {
            var shape = d.Shape(0, 4);
            return Problem.Of(d.Tensor(shape), MeanSquaredError(d.Tensor(shape)), d);
        }),
        new("Layers.LogLoss", d =>
        {
            var shape = d.Shape(0, 4);
            return Problem.Of(d.Tensor(shape, 3), LogLoss(d.Tensor(shape).Sigmoid()), d);
        }),
        new("Layers.CrossEntropy", d =>
        {
            var (shape, classes) = (d.Shape(0, 3), d.Int(1, 6));
            var targets = d.Tokens(shape, classes);
            var some = Tokens.Of(shape, [.. targets.Ids.Select(t => d.Int(0, 4) == 0 ? -100 : t)]);
            return Problem.Of(d.Tensor([.. shape, classes], 2), CrossEntropy(some), d);
        }),
        new("Layers.Distillation", d =>
        {
            var shape = Shape.Create([.. d.Shape(0, 3).Sizes, d.Int(1, 6)]);
            return Problem.Of(d.Tensor(shape, 2), Distillation(d.Tensor(shape, 2), d.Uniform(0.5, 3)), d);
        }),
        new("Layers.L2Penalty", d => Problem.Of(d.Linear(d.Int(1, 4), d.Int(1, 4)), L2Penalty<LinearParameters>(d.Uniform(0, 1)), d)),
        new("Layers.NegativeSampling", d =>
        {
            var (vocabulary, width) = (d.Int(1, 6), d.Int(1, 5));
            var parameters = new SkipGramParameters(d.Tensor((vocabulary, width)), d.Tensor((vocabulary, width)));
            return Problem.Of(parameters, NegativeSampling(Blocks.Random(d, d.Int(1, 4), d.Int(1, 4), vocabulary)), d);
        }),
        new("Combinators.Identity", d => Problem.Of(d.Tensor(d.Shape(0, 4)), Identity<Tensor>(), d)),
        new("Combinators.Residual", d =>
        {
            var width = d.Int(1, 5);
            return Problem.Of(d.Linear(width, width), d.Tensor([.. d.Shape(0, 2), width]), Residual(Linear >> Tanh), d);
        }),
        new("Combinators.Stack", d =>
        {
            var width = d.Int(1, 4);
            ImmutableArray<LinearParameters> stack = [.. Enumerable.Range(0, d.Int(0, 4)).Select(_ => d.Linear(width, width))];
            var x = d.Tensor([.. d.Shape(0, 2), width]);
            return d.Coin() ? Problem.Of(stack, x, Stack(Linear >> Tanh), d)
                : Problem.Of(stack, x, Stack<LinearParameters, Tensor>(i => i % 2 == 0 ? Linear >> Tanh : Linear >> Sigmoid), d);
        }),
        new("Combinators.Parallel", d =>
        {
            var (inputs, outputs) = (d.Int(1, 4), d.Int(1, 4));
            var x = d.Tensor([.. d.Shape(0, 2), inputs]);
            return d.Int(0, 1) == 0 ? Problem.Of(x, Parallel(Tanh, Gelu >> Softplus), d) : Problem.Of(d.Linear(inputs, outputs), x, Parallel(Linear >> Tanh, Linear >> Gelu), d);
        }),
        new("Combinators.First", d => Problem.Of((d.Tensor(d.Shape(0, 3)), d.Tensor(d.Shape(0, 3))), First<Tensor, Tensor, Tensor>(Gelu), d)),
        new("Combinators.SideBySide", d =>
        {
            var inputs = d.Int(1, 4);
            ImmutableArray<LinearParameters> layers = [.. Enumerable.Range(0, d.Int(1, 3)).Select(_ => d.Linear(inputs, d.Int(1, 4)))];
            return Problem.Of(layers, d.Tensor([.. d.Shape(0, 2), inputs]), SideBySide(Linear >> Tanh), d);
        }),
        new("Combinators.Checkpointed", d =>
        {
            var (inputs, outputs) = (d.Int(1, 4), d.Int(1, 4));
            return Problem.Of(d.Linear(inputs, outputs), d.Tensor([.. d.Shape(0, 2), inputs]), Checkpointed(Linear >> Softplus), d);
        }),
        new("Composition.op_RightShift", d =>
        {
            var width = d.Int(1, 4);
            var (p, x) = (d.Linear(width, width), d.Tensor([.. d.Shape(0, 2), width]));
            return d.Int(0, 3) switch
            {
                0 => Problem.Of(p, x, Linear >> Linear, d),
                1 => Problem.Of(p, x, Linear >> Tanh >> Linear, d),
                2 => Problem.Of(p, x, Tanh >> Linear, d),
                _ => Problem.Of(x, Tanh >> Softmax, d),
            };
        }),
        new("Composition.Plus", d =>
        {
            var shape = d.Shape(0, 3);
            return Problem.Of(d.Tensor(shape), MeanSquaredError(d.Tensor(shape)).Plus(L2Penalty<Tensor>(0.3)), d);
        }),
        new("Composition.op_Multiply", d =>
        {
            var shape = d.Shape(0, 3);
            return Problem.Of(d.Tensor(shape), d.Uniform(-2, 2) * MeanSquaredError(d.Tensor(shape)), d);
        }),
        new("Composition.On", d =>
        {
            var (inputs, outputs) = (d.Int(1, 4), d.Int(1, 4));
            return Problem.Of(d.Linear(inputs, outputs), (Linear >> Tanh).On(d.Tensor([.. d.Shape(0, 2), inputs])), d);
        }),
        new("Composition.With", d =>
        {
            var (inputs, outputs) = (d.Int(1, 4), d.Int(1, 4));
            return Problem.Of(d.Tensor([.. d.Shape(0, 2), inputs]), (Linear >> Tanh).With(d.Linear(inputs, outputs)), d);
        }),
        new("Located.At", d =>
        {
            var width = d.Int(1, 4);
            var model = new Nested(d.Linear(width, width), new Inner("inner", d.Linear(width, width), d.Linear(width, width)));
            var layer = Linear.At((Nested n) => n.First) >> Tanh >> Linear.At((Nested n) => n.Rest.Second) >> Linear.At((Nested n) => n.Rest.Third);
            return Problem.Of(model, d.Tensor([.. d.Shape(0, 2), width]), layer, d);
        }),
        new("Parts.Of", d =>
        {
            var width = d.Int(1, 4);
            var model = new FeedForwardParameters(d.Linear(width, width), d.Linear(width, width));
            var (expand, project) = (Linear.Of((FeedForwardParameters p) => p.Expand), Linear.Of((FeedForwardParameters p) => p.Project));
            return Problem.Of(model, d.Tensor([.. d.Shape(0, 2), width]), d.Coin() ? expand >> Tanh >> project : project >> Tanh >> project, d);
        }),
        new("Accumulation.MeanLoss", d =>
        {
            var (inputs, outputs) = (d.Int(1, 4), d.Int(1, 4));
            (Tensor X, Tensor Y)[] parts = [.. Enumerable.Range(0, d.Int(1, 3)).Select(_ => d.Int(1, 4)).Select(rows => (d.Tensor((rows, inputs)), d.Tensor((rows, outputs))))];
            return Problem.Of(d.Linear(inputs, outputs), parts.MeanLoss(part => Linear.On(part.X) >> MeanSquaredError(part.Y), d.Coin() ? part => part.X.Shape[0] : null), d);
        }),
    ];

    /// <summary>The gradient of the case that a name and a seed draw, leaf by leaf, in double precision, and the pattern of its kinks.</summary>
    public static (double[][] Gradients, bool[] Pattern) Gradient(string name, ulong seed)
    {
        var problem = All.Single(c => c.Name == name).Problem(new Draw(seed));
        return ([.. problem.Gradient().Select(g => g.IsZero ? [] : g.ToArray().Select(e => (double)e).ToArray())], [.. problem.Pattern]);
    }

    /// <summary>A product of two matrices of which either may be repeated along an axis of the other.</summary>
    static GradientCase Pair(string name, Func<int, int, int, (Shape, Shape)> shapes, Differentiable<(Tensor, Tensor), Tensor> function) => new(name, d =>
    {
        var ((left, right), batch) = (shapes(d.Int(1, 4), d.Int(1, 4), d.Int(1, 4)), d.Shape(0, 2));
        var (a, b) = d.Coin() ? (batch, d.Part(batch)) : (d.Part(batch), batch);
        return Problem.Of((d.Tensor([.. a, .. left]), d.Tensor([.. b, .. right])), function, d);
    });

    static Differentiable<(Tensor, Tensor), Tensor> Weigh(Draw d) => ScaledSimilarity >> d.Int(0, 2) switch
    {
        0 => Softmax,
        1 => CausalMask >> Softmax,
        _ => CausalMask >> Softmax >> Dropout(0.3, new Key(d.Next())),
    };

    /// <summary>A head whose keys have no bias: that would add the same to all scores of a row, which softmax takes out again, so that its gradient is 0 but for rounding.</summary>
    static SelfAttentionParameters Head(Draw d, int inputs)
    {
        var size = d.Int(1, 4);
        return new(d.Linear(inputs, size), d.Linear(inputs, size) with { Bias = default }, d.Linear(inputs, d.Int(1, 4)));
    }

    static GradientCase Smooth(string name, Func<Draw, Differentiable<Tensor, Tensor>> function, int lowRank = 1) =>
        new(name, d => Problem.Of(d.Tensor(d.Shape(lowRank, 4), d.OneOf(0.5, 2.0)), function(d), d));

    /// <summary>Rows around 2 and −2 in turn, so that a step of the differences is small beside their deviation.</summary>
    static Tensor Spread(Draw d, int width)
    {
        var shape = Shape.Create([.. d.Shape(0, 3), width]);
        return Tensor.From(shape, d.Tensor(shape, 0.5).ToArray().Select((e, i) => (double)(float)(e + (i % 2 == 0 ? 2 : -2))));
    }

    static GradientCase Kinked(string name, Func<Draw, Differentiable<Tensor, Tensor>> function) => new(name, d =>
    {
        var kinks = new Kinks();
        return Problem.Of(d.Tensor(d.Shape(0, 4)), kinks.Watch(function(d)), d, kinks);
    });

    sealed record Nested(LinearParameters First, Inner Rest);

    sealed record Inner(string Label, LinearParameters Second, LinearParameters Third);
}
