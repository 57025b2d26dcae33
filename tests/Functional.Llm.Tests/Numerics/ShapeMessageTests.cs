using Xunit;

namespace Functional.Llm.Tests;

/// <summary>What every mistake with shapes is told: the operation, the shapes, the axis, and the mend. Word for word.</summary>
public sealed class ShapeMessageTests
{
    static Tensor Of(params int[] shape) => Tensor.Zeros(Shape.Create(shape));

    static readonly ImmutableArray<(Action Mistake, string Message)> Arithmetic =
    [
        (() => _ = Of(2, 3) + Of(4),
            "add: shapes do not broadcast: left [2, 3], right [4]: axis -1 has 3 and 4. Give axis -1 of both the same size, or size 1 in one of them."),
        (() => _ = Of(8, 1, 3) - Of(2, 4),
            "subtract: shapes do not broadcast: left [8, 1, 3], right [2, 4]: axis -1 has 3 and 4. Give axis -1 of both the same size, or size 1 in one of them."),
        (() => _ = Of(3) * Of(2, 2),
            "multiply: shapes do not broadcast: left [3], right [2, 2]: axis -1 has 3 and 2. Give axis -1 of both the same size, or size 1 in one of them."),
        (() => _ = Of(8, 5) * Of(8),
            "multiply: shapes do not broadcast: left [8, 5], right [8]: axis -1 has 5 and 8. To align [8] with the front of [8, 5], reshape it to [8, 1]."),
        (() => _ = Of(0) / Of(2),
            "divide: shapes do not broadcast: left [0], right [2]: axis -1 has 0 and 2. Give axis -1 of both the same size, or size 1 in one of them."),
        (() => _ = Tensor.Maximum(Of(2), Of(3)),
            "maximum: shapes do not broadcast: left [2], right [3]: axis -1 has 2 and 3. Give axis -1 of both the same size, or size 1 in one of them."),
        (() => _ = Tensor.Minimum(Of(5, 2), Of(5, 3)),
            "minimum: shapes do not broadcast: left [5, 2], right [5, 3]: axis -1 has 2 and 3. Give axis -1 of both the same size, or size 1 in one of them."),
        (() => _ = Of(2, 3) + default(Tensor).Exp(),
            "shape: a symbolic zero (the default tensor) was used where a value is needed. Give the parameter a tensor, as an Init function does."),
        (() => _ = Of(8, 384).MatMul(Of(256, 64)),
            "matmul: inner dimensions differ: left [8, 384] × right [256, 64]. Pass a right operand of shape [384, 64]."),
        (() => _ = Of(8, 384).MatMul(Of(64, 384)),
            "matmul: inner dimensions differ: left [8, 384] × right [64, 384]. Transpose the right operand with .T."),
        (() => _ = Of(384, 8).MatMul(Of(384, 64)),
            "matmul: inner dimensions differ: left [384, 8] × right [384, 64]. Transpose the left operand with .T."),
        (() => _ = Of(2, 3).MatMul(Of(4)),
            "matmul: inner dimensions differ: left [2, 3] × right [4]. Pass a right operand of shape [3]."),
        (() => _ = Of(3).MatMul(Of(4, 5)),
            "matmul: inner dimensions differ: left [3] × right [4, 5]. Pass a right operand of shape [3, 5]."),
        (() => _ = Of(7, 2, 3).MatMul(Of(7, 4, 5)),
            "matmul: inner dimensions differ: left [7, 2, 3] × right [7, 4, 5]. Pass a right operand of shape [7, 3, 5]."),
        (() => _ = Of(2, 4, 5).MatMul(Of(3, 5, 6)),
            "matmul: shapes do not broadcast: left [2, 4, 5], right [3, 5, 6]: axis -3 has 2 and 3. Give axis -3 of both the same size, or size 1 in one of them."),
        (() => _ = Of(2, 3).MatMul(Tensor.Scalar(2)),
            "matmul: a scalar has no rows: left [2, 3] × right []. Multiply by a scalar with *."),
    ];

    static readonly ImmutableArray<(Action Mistake, string Message)> Views =
    [
        (() => Of(2, 3).Reshape(4, 2),
            "reshape: shape [2, 3] of 6 elements cannot become [4, 2] of 8. Pass sizes whose product is 6; one may be -1, to be worked out."),
        (() => Of(2, 3).Reshape(4, -1),
            "reshape: no size for axis 1 turns shape [2, 3] of 6 elements into [4, -1]. Pass sizes whose product divides 6."),
        (() => Of(2, 3).Reshape(-1, 2, -1),
            "reshape: axes 0 and 2 are both -1 in [-1, 2, -1]. Leave one size open; write the others out."),
        (() => Of(0, 3).Reshape(0, -1),
            "reshape: no size for axis 1 turns shape [0, 3] of 0 elements into [0, -1]. Beside a size of 0 write every size out."),
        (() => Of(2, 3).Reshape(-2, 3),
            "reshape: an axis has the negative size -2 in [-2, 3]. Give every axis a size of 0 or more, or one of them -1, to be worked out."),
        (() => _ = Of(5).T,
            "transpose: shape [5] has fewer than two axes. Reshape it to [1, 5] or [5, 1] first."),
        (() => _ = Tensor.Scalar(1).T,
            "transpose: shape [] has fewer than two axes. A scalar is its own transpose."),
        (() => Of(2, 3).Transpose(0, 2),
            "transpose: axis 2 is out of range for shape [2, 3]. Pass an axis from 0 to 1, or from -2 to -1 counted from the end."),
        (() => Of(2, 3, 4).Permute(0, 1),
            "permute: [0, 1] does not name the 3 axes of shape [2, 3, 4]. Name every axis once, in the new order."),
        (() => Of(2, 3).Permute(1, 1),
            "permute: axis 1 is named twice for shape [2, 3]. Name every axis once."),
        (() => Of(2, 3).Permute(0, 5),
            "permute: axis 5 is out of range for shape [2, 3]. Pass an axis from 0 to 1, or from -2 to -1 counted from the end."),
        (() => Of(2, 3).BroadcastTo((2, 4)),
            "broadcast: shape [2, 3] does not broadcast to [2, 4]: axis -1 has 3, not 4 or 1. From the last axis on, sizes must agree, or be 1 in the smaller shape."),
        (() => Of(2, 3).BroadcastTo(3),
            "broadcast: shape [2, 3] has more axes than [3]. Axes can be added in front, not taken away; reduce or reshape first."),
        (() => Of(2, 3).Unsqueeze(3),
            "unsqueeze: place 3 is out of range for a new axis in shape [2, 3]. Pass a place from 0 to 2, or from -3 to -1 counted from the end."),
        (() => Of(2, 3).Squeeze(1),
            "squeeze: axis 1 of shape [2, 3] has size 3, not 1. Squeeze only axes of size 1."),
        (() => Of(2, 3).Squeeze(2),
            "squeeze: axis 2 is out of range for shape [2, 3]. Pass an axis from 0 to 1, or from -2 to -1 counted from the end."),
        (() => _ = Of(2, 3)[0, 7],
            "slice: index 7 is out of range for axis 1 of shape [2, 3]. Pass an index from 0 to 2, or from ^3 to ^1 counted from the end."),
        (() => _ = Of(2, 3)[^3],
            "slice: index ^3 is out of range for axis 0 of shape [2, 3]. Pass an index from 0 to 1, or from ^2 to ^1 counted from the end."),
        (() => _ = Of(2, 0)[0, 0],
            "slice: index 0 is out of range for axis 1 of shape [2, 0]. The axis is empty."),
        (() => _ = Of(2, 3)[0, 1..5],
            "slice: range 1..5 does not lie in axis 1 of shape [2, 3]. Pass a range within 0..3 whose start is not behind its end."),
        (() => _ = Of(2, 3)[.., ^1..1],
            "slice: range ^1..1 does not lie in axis 1 of shape [2, 3]. Pass a range within 0..3 whose start is not behind its end."),
        (() => _ = Of(2, 3)[0, 0, 0],
            "slice: 3 slices for shape [2, 3] of rank 2. Give at most one slice an axis."),
        (() => _ = Of(5)[(.., 0)],
            "slice: a step of 0 goes nowhere. Pass a step of 1 or more, or of -1 or less to go backwards."),
        (() => Tensor.Scalar(1).Take(0),
            "take: a scalar has no rows. Reshape it to [1] first."),
        (() => Of(3, 2).Take(0, 3),
            "take: index 3 is out of range for axis 0 of shape [3, 2]. Pass an index from 0 to 2, or from -3 to -1 counted from the end."),
        (() => Tensor.Concatenate(0),
            "concatenate: no tensors were given. Pass at least one tensor."),
        (() => Tensor.Concatenate(0, Of(2, 3), Of(3, 4)),
            "concatenate: tensor 1 of shape [3, 4] does not fit tensor 0 of shape [2, 3] along axis 0. Give every tensor rank 2, and the same sizes on all axes but 0."),
        (() => Tensor.Concatenate(1, Of(2, 3), Of(2)),
            "concatenate: tensor 1 of shape [2] does not fit tensor 0 of shape [2, 3] along axis 1. Give every tensor rank 2, and the same sizes on all axes but 1."),
        (() => Tensor.Concatenate(0, Tensor.Scalar(1), Tensor.Scalar(2)),
            "concatenate: axis 0 is out of range for shape []. A scalar has no axes."),
        (() => Tensor.Stack(0),
            "stack: no tensors were given. Pass at least one tensor."),
        (() => Tensor.Stack(0, Of(2), Of(3)),
            "stack: tensor 1 has shape [3], tensor 0 has [2]. Stack tensors of one shape."),
        (() => Tensor.Stack(2, Of(2), Of(2)),
            "stack: place 2 is out of range for a new axis in shape [2]. Pass a place from 0 to 1, or from -2 to -1 counted from the end."),
    ];

    static readonly ImmutableArray<(Action Mistake, string Message)> Elements =
    [
        (() => Of(2, 3).Sum(2),
            "sum: axis 2 is out of range for shape [2, 3]. Pass an axis from 0 to 1, or from -2 to -1 counted from the end."),
        (() => Of(2, 3).Sum(0, -2),
            "sum: axis 0 is named twice for shape [2, 3]. Name every axis once."),
        (() => Tensor.Scalar(1).Sum(0),
            "sum: axis 0 is out of range for shape []. A scalar has no axes."),
        (() => Of(2, 3).Mean(-3),
            "mean: axis -3 is out of range for shape [2, 3]. Pass an axis from 0 to 1, or from -2 to -1 counted from the end."),
        (() => Of(2, 0).Max(1),
            "max: there is nothing to reduce in shape [2, 0] over axis 1. An empty axis has no largest or smallest element; give it a size of 1 or more."),
        (() => Of(0).Min(),
            "min: there is nothing to reduce in shape [0] over axis 0. An empty axis has no largest or smallest element; give it a size of 1 or more."),
        (() => Of(2, 0, 3).ArgMax(1, 2),
            "argmax: there is nothing to choose from in shape [2, 0, 3] over axis 1, 2. An empty axis has no largest element; give it a size of 1 or more."),
        (() => Of(2, 3).At(1),
            "index: [1] does not fit the 2 axes of shape [2, 3]. Give one number an axis."),
        (() => Of(2, 3).At(1, 3),
            "index: index 3 is out of range for axis 1 of shape [2, 3]. Pass an index from 0 to 2, or from -3 to -1 counted from the end."),
        (() => Of(0).At(0),
            "index: index 0 is out of range for axis 0 of shape [0]. The axis is empty."),
        (() => _ = Of(2, 3).Value,
            "value: shape [2, 3] has 6 elements, not one. Index the tensor, or reduce it with Sum, Mean or Max."),
        (() => Tensor.Of((2, 3), 1, 2),
            "tensor: 2 elements do not fill shape [2, 3]. Pass 6 elements."),
        (() => Of(2, -3),
            "shape: an axis has the negative size -3 in [2, -3]. Give every axis a size of 0 or more."),
        (() => Of(100_000, 100_000),
            "shape: [100000, 100000] has more elements than one array can hold (2147483591). Split the tensor."),
        (() => Tensor.Concatenate(0, Tensor.Ones((2_000_000_000, 1)), Tensor.Ones((2_000_000_000, 1))),
            "concatenate: the sizes along axis 0 add up to 4000000000. An axis has at most 2147483647 places; concatenate fewer tensors."),
        (() => Tensor.Range(-1),
            "shape: an axis has the negative size -1 in [-1]. Give every axis a size of 0 or more."),
        (() => { var (rows, columns) = Of(2, 3, 4).Shape; },
            "deconstruct: shape [2, 3, 4] has rank 3, not 2. Reshape the tensor to 2 axes, or take 3 extents."),
        (() => { var (a, b, c) = Of(2, 3).Shape; },
            "deconstruct: shape [2, 3] has rank 2, not 3. Reshape the tensor to 3 axes, or take 2 extents."),
        (() => _ = Of(2, 3).Shape[2],
            "shape: axis 2 is out of range for shape [2, 3]. Pass an axis from 0 to 1, or from -2 to -1 counted from the end."),
        (() => Tokens.Of((2, 2), 1, 2, 3),
            "tokens: 3 ids do not fill shape [2, 2]. Pass 4 ids."),
        (() => Tokens.Create([1, 2, 3]).Reshape((2, 2)),
            "reshape: 3 tokens of shape [3] cannot become [2, 2]. Pass sizes whose product is 3."),
        (() => Tokens.Create([1, 5]).OneHot(5),
            "one-hot: id 5 at place 1 is not one of 5 classes. Pass ids from 0 to 4."),
        (() => Tokens.Create([1, 5]).OneHot(0),
            "one-hot: 2 ids cannot be among 0 classes. Pass the number of classes, 1 or more."),
    ];

    static IEnumerable<(Action Mistake, string Message)> All => [.. Arithmetic, .. Views, .. Elements];

    public static TheoryData<string> Messages => [.. All.Select(m => m.Message)];

    [Theory, MemberData(nameof(Messages))]
    public void A_mistake_is_told(string message) =>
        Assert.Equal(message, Assert.Throws<ShapeException>(All.Single(m => m.Message == message).Mistake).Message);

    sealed record Mlp(LinearParameters Up);

    sealed record Block(Mlp Mlp);

    sealed record Model(ImmutableArray<Block> Blocks);

    [Fact]
    public void On_its_way_through_a_model_a_message_gets_the_path_to_the_layer()
    {
        var block = Layers.Linear.At((Block p) => p.Mlp.Up);
        var model = Combinators.Stack(block).At((Model p) => p.Blocks);
        Block Of(int inputs) => new(new Mlp(new(Tensor.Ones((4, inputs)))));
        var mistake = Assert.Throws<ShapeException>(() => model(new([Of(4), Of(4), Of(4), Of(3)]), Tensor.Ones((2, 4))));
        Assert.Equal("linear: inner dimensions differ: input [2, 4] × weight [4, 3] transposed in Blocks[3].Mlp.Up. "
            + "Pass a weight of shape [4, 4], or an input whose last size is 3.", mistake.Message);
        Assert.Equal(("linear", "Blocks[3].Mlp.Up"), (mistake.Operation, mistake.Path));
    }

    [Fact]
    public void A_message_of_the_callers_own_gets_the_path_too()
    {
        var mistake = new ShapeException("Odd.").Within("Up").Within("[3]").Within("Blocks");
        Assert.Equal(("Odd. (in Blocks[3].Up)", "Blocks[3].Up"), (mistake.Message, mistake.Path));
        Assert.Equal("Odd.", mistake.InnerException!.InnerException!.InnerException!.Message);
    }
}
