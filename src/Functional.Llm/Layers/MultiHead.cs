namespace Functional.Llm;

/// <content>Heads of attention that share one product.</content>
public static partial class Layers
{
    /// <summary>H heads of attention at once: y = w(q, k) v of every head, where a row of x holds all queries, then all keys, then all values.</summary>
    /// <remarks>x (…, T, 3 H D) → y (…, T, H D). What <see cref="CausalAttention"/> computes, by its definition.</remarks>
    /// <param name="heads">H.</param>
    /// <param name="weigh">w, for a language model <c>ScaledSimilarity >> CausalMask >> Softmax</c>.</param>
    /// <exception cref="ShapeException">A row of x cannot be divided so.</exception>
    public static Differentiable<Tensor, Tensor> MultiHead(int heads, Differentiable<(Tensor, Tensor), Tensor> weigh) => SplitHeads(heads) >> Attend(weigh) >> JoinHeads;

    /// <summary>Queries, keys and values head by head: rows of numbers become rows of heads.</summary>
    /// <remarks>x (…, T, 3 H D), in every row H queries, then H keys, then H values → q, k, v (…, H, T, D). Copies nothing.</remarks>
    /// <param name="heads">H.</param>
    /// <exception cref="ShapeException">A row of x cannot be divided so.</exception>
    public static Differentiable<Tensor, ((Tensor Queries, Tensor Keys), Tensor Values)> SplitHeads(int heads) => x =>
    {
        if (heads < 1 || x.Rank < 2 || x.Shape.Sizes[^1] % (3 * heads) != 0)
            throw new ShapeException("split heads", $"the input {x.Shape} holds no queries, keys and values of {heads} heads", $"Pass an input of shape [..., places, 3 times {heads} times the size of a head].");
        var parts = x.Reshape(Shape.Create([.. x.Shape.Sizes.AsSpan()[..^1], 3, heads, x.Shape.Sizes[^1] / (3 * heads)]));
        return (((Part(0), Part(1)), Part(2)), dy => Pull(dy.Item1.Item1, dy.Item1.Item2, dy.Item2));

        Tensor Part(int i) => parts[[.. Enumerable.Repeat<Slice>(.., x.Rank - 1), i]].Transpose(-3, -2);

        Tensor Pull(Tensor dq, Tensor dk, Tensor dv) => dq.IsZero && dk.IsZero && dv.IsZero ? default : Tensor.Stack(-3, Rows(dq), Rows(dk), Rows(dv)).Reshape(x.Shape);

        Tensor Rows(Tensor d) => d.IsZero ? Tensor.Full([.. x.Shape.Sizes.AsSpan()[..^1], heads, parts.Shape.Sizes[^1]], 0) : d.Transpose(-3, -2);
    };

    /// <summary>What the heads found, side by side in one row a place.</summary>
    /// <remarks>x (…, H, T, D) → y (…, T, H D).</remarks>
    /// <exception cref="ShapeException">There are fewer than three axes.</exception>
    public static readonly Differentiable<Tensor, Tensor> JoinHeads = x =>
    {
        if (x.Rank < 3)
            throw new ShapeException("join heads", $"the input {x.Shape} has no heads", "Pass an input of shape [..., heads, places, size of a head].");
        var rows = x.Transpose(-3, -2);
        var shape = rows.Shape;
        return (rows.Reshape(Shape.Create([.. shape.Sizes.AsSpan()[..^2], shape.Sizes[^2] * shape.Sizes[^1]])), dy => dy.IsZero ? default : dy.Reshape(shape).Transpose(-3, -2));
    };
}
