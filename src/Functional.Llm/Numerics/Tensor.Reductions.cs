namespace Functional.Llm;

/// <content>Reductions over any axes; none named means all. Kept axes stay with size 1, so that the result broadcasts back.</content>
public readonly partial struct Tensor
{
    /// <summary>The sum over axes, which are dropped; 0 over an empty axis.</summary>
    /// <exception cref="ShapeException">There is no such axis, or one is named twice.</exception>
    public Tensor Sum(params ReadOnlySpan<int> axes) => Sum(axes, keep: false);

    /// <summary>The sum over axes, which are kept with size 1 if asked.</summary>
    /// <exception cref="ShapeException">There is no such axis, or one is named twice.</exception>
    public Tensor Sum(ReadOnlySpan<int> axes, bool keep) => IsZero ? default : Kernels.Reduce(Kernels.SumReduction, this, axes, keep);

    /// <summary>The sum over one axis, which is kept with size 1 if asked.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public Tensor Sum(int axis, bool keep) => Sum([axis], keep);

    /// <summary>The mean over axes, which are dropped; NaN over an empty axis.</summary>
    /// <exception cref="ShapeException">There is no such axis, or one is named twice.</exception>
    public Tensor Mean(params ReadOnlySpan<int> axes) => Mean(axes, keep: false);

    /// <summary>The mean over axes, which are kept with size 1 if asked.</summary>
    /// <exception cref="ShapeException">There is no such axis, or one is named twice.</exception>
    public Tensor Mean(ReadOnlySpan<int> axes, bool keep)
    {
        if (IsZero)
            return default;
        double count = 1;
        foreach (var axis in Shape.Axes("mean", axes))
            count *= Shape.Sizes[axis];
        return Sum(axes, keep) / count;
    }

    /// <summary>The mean over one axis, which is kept with size 1 if asked.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public Tensor Mean(int axis, bool keep) => Mean([axis], keep);

    /// <summary>The largest element over axes, which are dropped; NaN where one is among them.</summary>
    /// <exception cref="ShapeException">There is no such axis, one is named twice, or one is empty.</exception>
    public Tensor Max(params ReadOnlySpan<int> axes) => Max(axes, keep: false);

    /// <summary>The largest element over axes, which are kept with size 1 if asked.</summary>
    /// <exception cref="ShapeException">There is no such axis, one is named twice, or one is empty.</exception>
    public Tensor Max(ReadOnlySpan<int> axes, bool keep) => Kernels.Reduce(Kernels.MaxReduction, this, axes, keep);

    /// <summary>The largest element over one axis, which is kept with size 1 if asked.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is empty.</exception>
    public Tensor Max(int axis, bool keep) => Max([axis], keep);

    /// <summary>The smallest element over axes, which are dropped; NaN where one is among them.</summary>
    /// <exception cref="ShapeException">There is no such axis, one is named twice, or one is empty.</exception>
    public Tensor Min(params ReadOnlySpan<int> axes) => Kernels.Reduce(Kernels.MinReduction, this, axes, keep: false);

    /// <summary>The place of the first largest element over axes, counted in row-major order within them; NaN counts as largest.</summary>
    /// <exception cref="ShapeException">There is no such axis, one is named twice, or one is empty.</exception>
    public Tokens ArgMax(params ReadOnlySpan<int> axes) => Kernels.ArgMax(this, axes);

    /// <summary>The sum over the axes along which a tensor of <paramref name="shape"/> was repeated to reach this one's shape.</summary>
    /// <remarks>The pullback of <see cref="BroadcastTo"/>.</remarks>
    internal Tensor SumTo(Shape shape)
    {
        if (IsZero || Shape == shape)
            return this;
        var added = Rank - shape.Rank;
        var repeated = new List<int>();
        for (var axis = 0; axis < Rank; axis++)
        {
            if (axis < added || (shape.Sizes[axis - added] == 1 && Shape.Sizes[axis] != 1))
                repeated.Add(axis);
        }

        return repeated.Count == 0 ? Reshape(shape) : Sum([.. repeated], keep: false).Reshape(shape);
    }
}
