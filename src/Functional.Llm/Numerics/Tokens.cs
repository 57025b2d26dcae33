using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <summary>Whole numbers with a shape: token ids, classes, places of maxima.</summary>
[CollectionBuilder(typeof(Tokens), nameof(Create))]
public readonly struct Tokens : IEquatable<Tokens>
{
    readonly ImmutableArray<int> ids;

    Tokens(Shape shape, ImmutableArray<int> ids) => (Shape, this.ids) = (shape, ids);

    /// <summary>A vector of ids; makes <c>Tokens t = [1, 2, 3]</c> work.</summary>
    public static Tokens Create(ReadOnlySpan<int> ids) => new(ids.Length, ImmutableArray.Create(ids));

    /// <summary>Ids of the given shape, in row-major order.</summary>
    /// <exception cref="ShapeException">The number of ids is not the shape's size.</exception>
    public static Tokens Of(Shape shape, params ReadOnlySpan<int> ids) =>
        ids.Length == shape.Size ? new(shape, ImmutableArray.Create(ids))
        : throw new ShapeException("tokens", $"{ids.Length} ids do not fill shape {shape}", $"Pass {shape.Size} ids.");

    internal static Tokens Freeze(Shape shape, int[] ids) => new(shape, ImmutableCollectionsMarshal.AsImmutableArray(ids));

    /// <summary>The extents of the axes; the default value is an empty vector.</summary>
    public Shape Shape => ids.IsDefault ? 0 : field;

    /// <summary>The ids in row-major order.</summary>
    public ImmutableArray<int> Ids => ids.IsDefault ? [] : ids;

    /// <summary>Walks over the ids in row-major order.</summary>
    public ImmutableArray<int>.Enumerator GetEnumerator() => Ids.GetEnumerator();

    /// <summary>The same ids in the same order under another shape.</summary>
    /// <exception cref="ShapeException">The sizes differ.</exception>
    public Tokens Reshape(Shape shape) => shape.Size == Ids.Length ? new(shape, Ids)
        : throw new ShapeException("reshape", $"{Ids.Length} tokens of shape {Shape} cannot become {shape}", $"Pass sizes whose product is {Ids.Length}.");

    /// <summary>The places named along the first axis, in that order: (N, …) → (n, …).</summary>
    /// <exception cref="ShapeException">This is a scalar, or a place does not exist.</exception>
    public Tokens Take(params ReadOnlySpan<int> places)
    {
        var shape = Shape.Rank > 0 ? Shape.With(0, places.Length) : throw new ShapeException("take", "a scalar has no rows", "Reshape it to [1] first.");
        var (rows, size, taken) = (Shape.Sizes[0], places.IsEmpty ? 0 : shape.Size / places.Length, new int[shape.Size]);
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i] < 0 || places[i] >= rows)
                throw new ShapeException("take", $"place {places[i]} is not one of the {rows} of tokens {Shape}", $"Pass places from 0 to {rows - 1}.");
            Ids.AsSpan(places[i] * size, size).CopyTo(taken.AsSpan(i * size));
        }

        return Freeze(shape, taken);
    }

    /// <summary>Rows of zeros with a one at each id: (…) → (…, <paramref name="classes"/>).</summary>
    /// <exception cref="ShapeException">An id is not below the number of classes.</exception>
    public Tensor OneHot(int classes)
    {
        if (classes < 1 && Shape.Size > 0)
            throw new ShapeException("one-hot", $"{Shape.Size} ids cannot be among {classes} classes", "Pass the number of classes, 1 or more.");
        var places = Ids;
        return Tensor.Build(Shape.Create([.. Shape.Sizes, classes]), d =>
        {
            d.Clear();
            for (var i = 0; i < places.Length; i++)
            {
                d[i * classes + (places[i] >= 0 && places[i] < classes ? places[i]
                    : throw new ShapeException("one-hot", $"id {places[i]} at place {i} is not one of {classes} classes", $"Pass ids from 0 to {classes - 1}."))] = 1;
            }
        });
    }

    /// <inheritdoc/>
    public bool Equals(Tokens other) => Shape == other.Shape && Ids.AsSpan().SequenceEqual(other.Ids.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Tokens other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Ids.Aggregate(Shape.GetHashCode(), HashCode.Combine);

    /// <summary>Whether shapes and ids agree.</summary>
    public static bool operator ==(Tokens left, Tokens right) => left.Equals(right);

    /// <summary>Whether the shape or an id differs.</summary>
    public static bool operator !=(Tokens left, Tokens right) => !left.Equals(right);

    /// <summary>As in <c>[15496, 995]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", Ids)}]";
}
