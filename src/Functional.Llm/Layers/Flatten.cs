namespace Functional.Llm;

/// <content>The same numbers under another shape.</content>
public static partial class Layers
{
    /// <summary>The last two axes joined into one: a window of K rows of C numbers becomes one row of K·C.</summary>
    /// <remarks>x (…, K, C) → y (…, K·C). Retains the shape; copies nothing of a packed x.</remarks>
    /// <exception cref="ShapeException">There are fewer than two axes.</exception>
    public static readonly Differentiable<Tensor, Tensor> Flatten = x =>
    {
        var shape = x.Shape;
        if (shape.Rank < 2)
            throw new ShapeException("flatten", $"shape {shape} has no two axes to join", "Pass a tensor of shape [rows, columns], or one of more axes.");
        return (x.Reshape(Shape.Create([.. shape.Sizes.AsSpan()[..^2], shape.Sizes[^2] * shape.Sizes[^1]])), dy => dy.IsZero ? default : dy.Reshape(shape));
    };
}
