namespace Functional.Llm;

/// <summary>Where the elements of a tensor lie in its array: element (i, j, …) is at offset + i·stride₀ + j·stride₁ + ….</summary>
/// <remarks>Views are functions from layout to layout; no element moves. A stride of 0 repeats, a negative one reverses.</remarks>
sealed class Layout(Shape shape, ImmutableArray<int> strides, int offset)
{
    public Shape Shape { get; } = shape;

    public ImmutableArray<int> Strides { get; } = strides;

    // Nothing lies anywhere in an empty tensor, and a place beyond the array's end would be refused when spans are taken.
    public int Offset { get; } = shape.Size == 0 ? 0 : offset;

    /// <summary>Whether the elements lie one after the other in row-major order.</summary>
    public bool IsPacked { get; } = shape.Size <= 1 || Packed(shape, strides);

    public static Layout Of(Shape shape) => new(shape, shape.Strides(), 0);

    public Layout Permute(ImmutableArray<int> axes) =>
        new(Shape.Create([.. axes.Select(a => Shape.Sizes[a])]), [.. axes.Select(a => Strides[a])], Offset);

    /// <summary>The elements start, start + step, … (count of them) of one axis.</summary>
    public Layout Slice(int axis, int start, int count, int step) =>
        new(Shape.With(axis, count), Strides.SetItem(axis, Strides[axis] * step), Offset + start * Strides[axis]);

    public Layout Drop(int axis) => new(Shape.Create([.. Shape.Sizes.RemoveAt(axis)]), Strides.RemoveAt(axis), Offset);

    public Layout Insert(int axis) => new(Shape.Create([.. Shape.Sizes.Insert(axis, 1)]), Strides.Insert(axis, 0), Offset);

    /// <summary>Repeats axes of size 1, and adds axes in front, to reach a shape that this one is known to broadcast to.</summary>
    public Layout Broadcast(Shape target)
    {
        if (target == Shape)
            return this;
        var strides = new int[target.Rank];
        for (int axis = target.Rank - 1, own = Shape.Rank - 1; own >= 0; axis--, own--)
            strides[axis] = Shape.Sizes[own] == 1 ? 0 : Strides[own];
        return new(target, [.. strides], Offset);
    }

    /// <summary>The same elements in the same order under another shape, or null where strides cannot say that.</summary>
    public Layout? Reshape(Shape target)
    {
        if (IsPacked)
            return new(target, target.Strides(), Offset);

        // Runs of old axes that are packed among themselves are matched with runs of new axes of the same size.
        var strides = new int[target.Rank];
        var (old, axis) = (Shape.Rank - 1, target.Rank - 1);
        while (old >= 0)
        {
            var (size, step) = (Shape.Sizes[old], Strides[old]);
            for (old--; old >= 0 && (Shape.Sizes[old] == 1 || size == 1 || Strides[old] == step * size); old--)
                (size, step) = (size * Shape.Sizes[old], size == 1 ? Strides[old] : step);
            for (; axis >= 0 && size % target.Sizes[axis] == 0 && (size > 1 || target.Sizes[axis] == 1); axis--)
            {
                strides[axis] = step;
                step *= target.Sizes[axis];
                size /= target.Sizes[axis];
            }

            if (size != 1)
                return null;
        }

        return new(target, [.. strides], Offset);
    }

    static bool Packed(Shape shape, ImmutableArray<int> strides)
    {
        for (int axis = shape.Rank - 1, step = 1; axis >= 0; axis--)
        {
            if (shape.Sizes[axis] != 1 && strides[axis] != step)
                return false;
            step *= shape.Sizes[axis];
        }

        return true;
    }
}
