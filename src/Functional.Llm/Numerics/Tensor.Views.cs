using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <content>Views: the same elements under another shape. Nothing is copied, unless a remark says so.</content>
public readonly partial struct Tensor
{
    /// <summary>What the slices take, one an axis from the first on; axes beyond them are taken whole.</summary>
    /// <exception cref="ShapeException">A slice does not lie in its axis, or there are more slices than axes.</exception>
    public Tensor this[params ReadOnlySpan<Slice> slices]
    {
        get
        {
            if (slices.Length > Rank)
                throw new ShapeException("slice", $"{slices.Length} slices for shape {Shape} of rank {Rank}", "Give at most one slice an axis.");
            var view = Layout;
            var axis = 0;
            for (var i = 0; i < slices.Length; i++)
            {
                (view, var remains) = slices[i].Of(view, axis, Shape, i);
                axis += remains ? 1 : 0;
            }

            return new(view, data);
        }
    }

    /// <summary>The same elements in the same order under another shape; an extent of -1 is worked out.</summary>
    /// <remarks>Copies only a view whose strides cannot express the new shape, such as a transposed one.</remarks>
    /// <exception cref="ShapeException">The sizes differ.</exception>
    public Tensor Reshape(params ReadOnlySpan<int> sizes)
    {
        var open = sizes.IndexOf(-1);
        if (sizes.IndexOfAnyExceptInRange(-1, int.MaxValue) is var place and >= 0)
        {
            throw new ShapeException("reshape", $"an axis has the negative size {sizes[place]} in [{string.Join(", ", sizes.ToArray())}]",
                "Give every axis a size of 0 or more, or one of them -1, to be worked out.");
        }

        return open < 0 ? Reshape(Shape.Create(sizes)) : Reshaped(Shape.WithOpenAxis(sizes, open));
    }

    /// <summary>The same elements in the same order under another shape of the same size.</summary>
    /// <remarks>Copies only a view whose strides cannot express the new shape, such as a transposed one.</remarks>
    /// <exception cref="ShapeException">The sizes differ.</exception>
    public Tensor Reshape(Shape shape) => shape.Size == Size ? Reshaped(shape)
        : throw new ShapeException("reshape", $"shape {Shape} of {Size} elements cannot become {shape} of {shape.Size}", $"Pass sizes whose product is {Size}; one may be -1, to be worked out.");

    Tensor Reshaped(Shape shape) => Layout.Reshape(shape) is { } view ? new(view, data) : Packed().Reshaped(shape);

    /// <summary>The matrix transpose: the last two axes change places.</summary>
    /// <exception cref="ShapeException">There are fewer than two axes.</exception>
    public Tensor T => Rank >= 2 ? Transpose(-2, -1)
        : throw new ShapeException("transpose", $"shape {Shape} has fewer than two axes",
            Rank == 0 ? "A scalar is its own transpose." : $"Reshape it to [1, {Size}] or [{Size}, 1] first.");

    /// <summary>Two axes change places.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public Tensor Transpose(int first, int second)
    {
        var axes = Enumerable.Range(0, Rank).ToArray();
        var (a, b) = (Shape.Axis("transpose", first), Shape.Axis("transpose", second));
        (axes[a], axes[b]) = (b, a);
        return new(Layout.Permute([.. axes]), data);
    }

    /// <summary>The axes in another order: axis i of the result is axis <paramref name="axes"/>[i] of this.</summary>
    /// <exception cref="ShapeException">Not every axis is named once.</exception>
    public Tensor Permute(params ReadOnlySpan<int> axes)
    {
        if (axes.Length != Rank)
            throw new ShapeException("permute", $"[{string.Join(", ", axes.ToArray())}] does not name the {Rank} axes of shape {Shape}", "Name every axis once, in the new order.");
        if (axes.IsEmpty)
            return this;
        Shape.Axes("permute", axes);
        var order = new int[Rank];
        for (var i = 0; i < Rank; i++)
            order[i] = Shape.Axis("permute", axes[i]);
        return new(Layout.Permute([.. order]), data);
    }

    /// <summary>Axes of size 1 repeat, and axes are added in front, to reach a shape; no element is copied.</summary>
    /// <exception cref="ShapeException">This does not broadcast to that shape.</exception>
    public Tensor BroadcastTo(Shape shape)
    {
        var own = Shape;
        if (own.Rank > shape.Rank)
            throw new ShapeException("broadcast", $"shape {own} has more axes than {shape}", "Axes can be added in front, not taken away; reduce or reshape first.");
        for (var axis = 1; axis <= own.Rank; axis++)
        {
            if (own.Sizes[^axis] != shape.Sizes[^axis] && own.Sizes[^axis] != 1)
            {
                throw new ShapeException("broadcast", $"shape {own} does not broadcast to {shape}: axis -{axis} has {own.Sizes[^axis]}, not {shape.Sizes[^axis]} or 1",
                    "From the last axis on, sizes must agree, or be 1 in the smaller shape.");
            }
        }

        return new(Layout.Broadcast(shape), data);
    }

    /// <summary>A new axis of size 1 at a place.</summary>
    /// <exception cref="ShapeException">There is no such place.</exception>
    public Tensor Unsqueeze(int axis) => new(Layout.Insert(Shape.Place("unsqueeze", axis)), data);

    /// <summary>Without an axis of size 1.</summary>
    /// <exception cref="ShapeException">The axis has another size, or there is none such.</exception>
    public Tensor Squeeze(int axis)
    {
        var place = Shape.Axis("squeeze", axis);
        return Shape.Sizes[place] == 1 ? new(Layout.Drop(place), data)
            : throw new ShapeException("squeeze", $"axis {place} of shape {Shape} has size {Shape.Sizes[place]}, not 1", "Squeeze only axes of size 1.");
    }

    /// <summary>The places named along the first axis, in that order, repeated where they repeat: (N, …) → (n, …). Copies.</summary>
    /// <exception cref="ShapeException">This is a scalar, or a place does not exist.</exception>
    public Tensor Take(params ReadOnlySpan<int> places)
    {
        var rows = new int[places.Length];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = Rank > 0 ? IndexIn("take", 0, places[i]) : throw new ShapeException("take", "a scalar has no rows", "Reshape it to [1] first.");
        return Kernels.Take(InRows(), Shape.With(0, rows.Length), ImmutableCollectionsMarshal.AsImmutableArray(rows));
    }

    /// <summary>The last axis as columns, all before it as rows: (…, C) seen as (N, C).</summary>
    internal Tensor AsMatrix()
    {
        var (rows, columns) = Shape.AsRows;
        return Reshaped((rows, columns));
    }

    /// <summary>Tensors one after the other along an axis; all other sizes agree.</summary>
    /// <exception cref="ShapeException">Nothing was given, or sizes differ.</exception>
    public static Tensor Concatenate(int axis, params ReadOnlySpan<Tensor> tensors)
    {
        if (tensors.IsEmpty)
            throw new ShapeException("concatenate", "no tensors were given", "Pass at least one tensor.");
        var first = tensors[0].Shape;
        var along = first.Axis("concatenate", axis);
        long total = 0;
        for (var i = 0; i < tensors.Length; i++)
        {
            var shape = tensors[i].Shape;
            if (shape.Rank != first.Rank || shape.With(along, 0) != first.With(along, 0))
            {
                throw new ShapeException("concatenate", $"tensor {i} of shape {shape} does not fit tensor 0 of shape {first} along axis {along}",
                    $"Give every tensor rank {first.Rank}, and the same sizes on all axes but {along}.");
            }

            total += shape.Sizes[along];
        }

        return total <= int.MaxValue ? Kernels.Concatenate(first.With(along, (int)total), along, tensors)
            : throw new ShapeException("concatenate", $"the sizes along axis {along} add up to {total}", $"An axis has at most {int.MaxValue} places; concatenate fewer tensors.");
    }

    /// <summary>Tensors of one shape side by side along a new axis.</summary>
    /// <exception cref="ShapeException">Nothing was given, or shapes differ.</exception>
    public static Tensor Stack(int axis, params ReadOnlySpan<Tensor> tensors)
    {
        if (tensors.IsEmpty)
            throw new ShapeException("stack", "no tensors were given", "Pass at least one tensor.");
        var place = tensors[0].Shape.Place("stack", axis);
        var lifted = new Tensor[tensors.Length];
        for (var i = 0; i < tensors.Length; i++)
        {
            lifted[i] = tensors[i].Shape == tensors[0].Shape ? tensors[i].Unsqueeze(place)
                : throw new ShapeException("stack", $"tensor {i} has shape {tensors[i].Shape}, tensor 0 has {tensors[0].Shape}", "Stack tensors of one shape.");
        }

        return Concatenate(place, lifted);
    }
}
