using System.Collections;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>The extents of a tensor's axes, outermost first; <c>(B, T, C)</c> converts to a shape and back.</summary>
/// <remarks>The default value is the shape of a scalar: no axes, one element.</remarks>
[CollectionBuilder(typeof(Shape), nameof(Create))]
[DebuggerDisplay("{ToString(),nq}")]
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<int>
{
    readonly ImmutableArray<int> sizes;

    Shape(ImmutableArray<int> sizes)
    {
        long count = 1;
        foreach (var size in sizes)
        {
            if (size < 0)
                throw new ShapeException("shape", $"an axis has the negative size {size} in [{string.Join(", ", sizes)}]", "Give every axis a size of 0 or more.");
            // Sizes of 0 come with any other sizes, so the product is capped where it stops to matter.
            count = Math.Min(count, int.MaxValue + 1L) * size;
        }

        if (count > Array.MaxLength)
            throw new ShapeException("shape", $"[{string.Join(", ", sizes)}] has more elements than one array can hold ({Array.MaxLength})", "Split the tensor.");
        this.sizes = sizes;
        Size = (int)count;
    }

    /// <summary>The shape with the given extents.</summary>
    /// <exception cref="ShapeException">An extent is negative, or there are more elements than an array can hold.</exception>
    public static Shape Create(params ReadOnlySpan<int> sizes) => sizes.IsEmpty ? Scalar : new(ImmutableArray.Create(sizes));

    /// <summary>No axes and one element.</summary>
    public static Shape Scalar { get; } = new([]);

    /// <summary>The extents as an array; never a default one.</summary>
    public ImmutableArray<int> Sizes => sizes.IsDefault ? [] : sizes;

    /// <summary>The number of axes.</summary>
    public int Rank => sizes.IsDefault ? 0 : sizes.Length;

    /// <summary>The number of elements: the product of the extents, 1 for a scalar.</summary>
    public int Size => sizes.IsDefault ? 1 : field;

    /// <summary>The extent of an axis; negative axes count from the end.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public int this[int axis] => Sizes[Axis("shape", axis)];

    /// <summary>The number of elements before and along the last axis: a tensor seen as rows.</summary>
    internal (int Rows, int Columns) AsRows => Rank == 0 ? (1, 1) : (Create(sizes.AsSpan()[..^1]).Size, sizes[^1]);

    int IReadOnlyCollection<int>.Count => Rank;

    /// <summary>The axis as an index from 0, where <paramref name="axis"/> may count from the end.</summary>
    internal int Axis(string operation, int axis) =>
        axis >= -Rank && axis < Rank ? (axis + Rank) % Rank
        : throw new ShapeException(operation, $"axis {axis} is out of range for shape {this}",
            Rank == 0 ? "A scalar has no axes." : $"Pass an axis from 0 to {Rank - 1}, or from -{Rank} to -1 counted from the end.");

    /// <summary>The place for a new axis as an index from 0, where <paramref name="axis"/> may count from the end.</summary>
    internal int Place(string operation, int axis) =>
        axis >= -Rank - 1 && axis <= Rank ? (axis + Rank + 1) % (Rank + 1)
        : throw new ShapeException(operation, $"place {axis} is out of range for a new axis in shape {this}", $"Pass a place from 0 to {Rank}, or from -{Rank + 1} to -1 counted from the end.");

    /// <summary>The sizes with the open one, -1, worked out so that there are as many elements as here.</summary>
    internal Shape WithOpenAxis(ReadOnlySpan<int> sizes, int open)
    {
        var wanted = sizes.ToArray();
        wanted[open] = 1;
        if (System.Array.IndexOf(wanted, -1) is var second and >= 0)
            throw new ShapeException("reshape", $"axes {open} and {second} are both -1 in [{string.Join(", ", sizes.ToArray())}]", "Leave one size open; write the others out.");
        var known = Create(wanted).Size;
        if (known == 0 || Size % known != 0)
        {
            throw new ShapeException("reshape", $"no size for axis {open} turns shape {this} of {Size} elements into [{string.Join(", ", sizes.ToArray())}]",
                known == 0 ? "Beside a size of 0 write every size out." : $"Pass sizes whose product divides {Size}.");
        }

        wanted[open] = Size / known;
        return Create(wanted);
    }

    /// <summary>The axes as sorted indices from 0; none given means all.</summary>
    internal ImmutableArray<int> Axes(string operation, ReadOnlySpan<int> axes)
    {
        if (axes.IsEmpty)
            return [.. Enumerable.Range(0, Rank)];
        var found = new int[axes.Length];
        for (var i = 0; i < axes.Length; i++)
            found[i] = Axis(operation, axes[i]);
        Array.Sort(found);
        for (var i = 1; i < found.Length; i++)
        {
            if (found[i] == found[i - 1])
                throw new ShapeException(operation, $"axis {found[i]} is named twice for shape {this}", "Name every axis once.");
        }

        return [.. found];
    }

    /// <summary>This shape with the extent of one axis replaced.</summary>
    internal Shape With(int axis, int size) => new(Sizes.SetItem(axis, size));

    /// <summary>The shape that both broadcast to by NumPy's rule: align at the end; sizes agree, or one of them is 1.</summary>
    /// <remarks>The last <paramref name="inner"/> axes are left out of both: a matrix product has its own rule for them.</remarks>
    internal static Shape Broadcast(string operation, Shape left, Shape right, int inner = 0)
    {
        if (inner == 0 && left == right)
            return left;
        var rank = Math.Max(left.Rank, right.Rank);
        var sizes = new int[rank - inner];
        for (var axis = inner + 1; axis <= rank; axis++)
        {
            var a = axis > left.Rank ? 1 : left.sizes[^axis];
            var b = axis > right.Rank ? 1 : right.sizes[^axis];
            if (a != b && a != 1 && b != 1)
            {
                throw new ShapeException(operation, $"shapes do not broadcast: left {left}, right {right}: axis -{axis} has {a} and {b}",
                    inner == 0 && AlignedInFront(left, right) is { } mend ? mend : $"Give axis -{axis} of both the same size, or size 1 in one of them.");
            }

            sizes[^(axis - inner)] = a == 1 ? b : a;
        }

        return Create(sizes);
    }

    /// <summary>What to do where shapes would broadcast if they were aligned at the front, as with one number for every row; null where they would not.</summary>
    static string? AlignedInFront(Shape left, Shape right)
    {
        var (small, large) = left.Rank < right.Rank ? (left, right) : (right, left);
        var fits = small.Rank < large.Rank && Enumerable.Range(0, small.Rank).All(axis =>
            small.sizes[axis] == large.sizes[axis] || small.sizes[axis] == 1 || large.sizes[axis] == 1);
        return fits ? $"To align {small} with the front of {large}, reshape it to {Create([.. small, .. Enumerable.Repeat(1, large.Rank - small.Rank)])}." : null;
    }

    /// <summary>Row-major strides: the distance between neighbours along each axis.</summary>
    internal ImmutableArray<int> Strides()
    {
        var strides = new int[Rank];
        for (int axis = Rank - 1, step = 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step *= Math.Max(1, sizes[axis]);
        }

        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(strides);
    }

    /// <summary>The index of element <paramref name="place"/> in row-major order.</summary>
    internal ImmutableArray<int> IndexOf(int place)
    {
        var index = new int[Rank];
        for (var axis = Rank - 1; axis >= 0; axis--)
            (place, index[axis]) = (place / sizes[axis], place % sizes[axis]);
        return [.. index];
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => Sizes.AsSpan().SequenceEqual(other.Sizes.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Sizes.Aggregate(17, HashCode.Combine);

    /// <summary>Whether all extents agree.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether an extent differs.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>A shape of one axis.</summary>
    public static implicit operator Shape(int n) => Create(n);

    /// <summary>A shape of two axes.</summary>
    public static implicit operator Shape((int, int) s) => Create(s.Item1, s.Item2);

    /// <summary>A shape of three axes.</summary>
    public static implicit operator Shape((int, int, int) s) => Create(s.Item1, s.Item2, s.Item3);

    /// <summary>A shape of four axes.</summary>
    public static implicit operator Shape((int, int, int, int) s) => Create(s.Item1, s.Item2, s.Item3, s.Item4);

    /// <summary>The extents of two axes.</summary>
    /// <exception cref="ShapeException">The rank is another.</exception>
    public void Deconstruct(out int first, out int second) => (first, second) = (Ranked(2)[0], sizes[1]);

    /// <summary>The extents of three axes.</summary>
    /// <exception cref="ShapeException">The rank is another.</exception>
    public void Deconstruct(out int first, out int second, out int third) => (first, second, third) = (Ranked(3)[0], sizes[1], sizes[2]);

    /// <summary>The extents of four axes.</summary>
    /// <exception cref="ShapeException">The rank is another.</exception>
    public void Deconstruct(out int first, out int second, out int third, out int fourth) =>
        (first, second, third, fourth) = (Ranked(4)[0], sizes[1], sizes[2], sizes[3]);

    ImmutableArray<int> Ranked(int rank) => Rank == rank ? sizes
        : throw new ShapeException("deconstruct", $"shape {this} has rank {Rank}, not {rank}", $"Reshape the tensor to {rank} axes, or take {Rank} extents.");

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)Sizes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>As in <c>[8, 384]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", Sizes)}]";
}
