using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <summary>An immutable, row-major array of real numbers with any number of axes, seen through strides.</summary>
/// <remarks>
/// Views (reshape, transpose, permute, slice, broadcast) share the elements and copy nothing.
/// The default value is the symbolic zero: inside gradients it stands for zeros of whatever shape is wanted, and sums skip it;
/// it has no shape of its own.
/// </remarks>
[CollectionBuilder(typeof(Tensor), nameof(Create))]
[DebuggerDisplay("{ToString(),nq}")]
public readonly partial struct Tensor
{
    readonly Layout? layout;
    readonly object? data;

    /// <summary>A view of numbers: an array of them, which nobody writes to any more, or what they are compressed to.</summary>
    Tensor(Layout layout, object? data)
    {
        this.layout = layout;
        this.data = data;
    }

    /// <summary>Writes the elements of a new tensor, in row-major order.</summary>
    public delegate void Fill(Span<Real> destination);

    /// <summary>A new tensor: an array is allocated, <paramref name="fill"/> writes all of it, and from then on nothing does.</summary>
    public static Tensor Build(Shape shape, Fill fill)
    {
        var elements = Arrays.Uninitialized(shape.Size);
        fill(elements);
        return Freeze(shape, elements);
    }

    /// <summary>A tensor that takes over an array which nobody else will write to.</summary>
    internal static Tensor Freeze(Shape shape, Real[] elements) => Freeze(Layout.Of(shape), elements);

    internal static Tensor Freeze(Layout layout, Real[] elements) => new(layout, elements);

    /// <summary>A vector of the given elements; makes <c>Tensor x = [1, 2, 3]</c> work.</summary>
    public static Tensor Create(ReadOnlySpan<Real> elements) => Freeze(elements.Length, elements.ToArray());

    /// <summary>A tensor of the given shape from elements in row-major order.</summary>
    /// <exception cref="ShapeException">The number of elements is not the shape's size.</exception>
    public static Tensor Of(Shape shape, params ReadOnlySpan<Real> elements) =>
        elements.Length == shape.Size ? Freeze(shape, elements.ToArray())
        : throw new ShapeException("tensor", $"{elements.Length} elements do not fill shape {shape}", $"Pass {shape.Size} elements.");

    /// <summary>A matrix, as in <c>Tensor.Of(new Real[,] { { 1, 2 }, { 3, 4 } })</c>.</summary>
    public static Tensor Of(Real[,] rows) =>
        Of((rows.GetLength(0), rows.GetLength(1)), MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, Real>(ref MemoryMarshal.GetArrayDataReference(rows)), rows.Length));

    /// <summary>A tensor from double-precision elements, each rounded to the library's precision.</summary>
    /// <exception cref="ShapeException">The number of elements is not the shape's size.</exception>
    public static Tensor From(Shape shape, IEnumerable<double> elements) => Of(shape, [.. elements.Select(e => (Real)e)]);

    /// <summary>A vector from double-precision elements, each rounded to the library's precision.</summary>
    public static Tensor From(IEnumerable<double> elements) => Create([.. elements.Select(e => (Real)e)]);

    /// <summary>A scalar: no axes, one element.</summary>
    public static Tensor Scalar(double value) => Freeze(Shape.Scalar, [(Real)value]);

    /// <summary>Every element the same; one element is stored.</summary>
    public static Tensor Full(Shape shape, double value) => Scalar(value).BroadcastTo(shape);

    /// <summary>Zeros of the given shape.</summary>
    public static Tensor Zeros(Shape shape) => Freeze(shape, Arrays.Zeros(shape.Size));

    /// <summary>Ones of the given shape.</summary>
    public static Tensor Ones(Shape shape) => Full(shape, 1);

    /// <summary>The whole numbers from 0 to <paramref name="count"/> − 1.</summary>
    public static Tensor Range(int count) => Build(count, d =>
    {
        for (var i = 0; i < d.Length; i++)
            d[i] = i;
    });

    /// <summary><paramref name="count"/> evenly spaced numbers from <paramref name="start"/> to <paramref name="stop"/>, both included.</summary>
    public static Tensor Linspace(double start, double stop, int count) => Build(count, d =>
    {
        for (var i = 0; i < d.Length; i++)
            d[i] = (Real)(i == 0 ? start : i == d.Length - 1 ? stop : start + (stop - start) * i / (d.Length - 1));
    });

    /// <summary>Whether this is the symbolic zero: no shape, no elements; a zero gradient that costs nothing.</summary>
    public bool IsZero => layout is null;

    /// <summary>The extents of the axes.</summary>
    /// <exception cref="ShapeException">This is the symbolic zero.</exception>
    public Shape Shape => Layout.Shape;

    /// <summary>The number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>The number of elements.</summary>
    public int Size => Shape.Size;

    /// <summary>How far apart neighbours along each axis lie in the array: element (i, j, …) is i·s₀ + j·s₁ + … places from the first.</summary>
    /// <remarks>A stride of 0 repeats one element along its axis (broadcast); a negative one walks backwards.</remarks>
    /// <exception cref="ShapeException">This is the symbolic zero.</exception>
    public ImmutableArray<int> Strides => Layout.Strides;

    internal Layout Layout => layout
        ?? throw new ShapeException("shape", "a symbolic zero (the default tensor) was used where a value is needed", "Give the parameter a tensor, as an Init function does.");

    /// <summary>The one element of a tensor of size 1.</summary>
    /// <exception cref="ShapeException">There is not exactly one element.</exception>
    public Real Value => Size == 1 ? Numbers[Layout.Offset]
        : throw new ShapeException("value", $"shape {Shape} has {Size} elements, not one", "Index the tensor, or reduce it with Sum, Mean or Max.");

    /// <summary>The element at an index, one number an axis; negative ones count from the end.</summary>
    /// <exception cref="ShapeException">The index does not fit the shape.</exception>
    public Real At(params ReadOnlySpan<int> index)
    {
        if (index.Length != Rank)
            throw new ShapeException("index", $"[{string.Join(", ", index.ToArray())}] does not fit the {Rank} axes of shape {Shape}", "Give one number an axis.");
        var place = Layout.Offset;
        for (var axis = 0; axis < Rank; axis++)
            place += IndexIn("index", axis, index[axis]) * Layout.Strides[axis];
        return Numbers[place];
    }

    int IndexIn(string operation, int axis, int index)
    {
        var size = Shape.Sizes[axis];
        return index >= -size && index < size ? (index + size) % size
            : throw new ShapeException(operation, $"index {index} is out of range for axis {axis} of shape {Shape}",
                size == 0 ? "The axis is empty." : $"Pass an index from 0 to {size - 1}, or from -{size} to -1 counted from the end.");
    }

    /// <summary>The elements in row-major order; copied only if this is a view whose elements do not lie so.</summary>
    public ReadOnlySpan<Real> AsSpan() => Packed().Elements;

    /// <summary>Walks over the elements in row-major order.</summary>
    public ReadOnlySpan<Real>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    /// <summary>The elements in row-major order as a new array.</summary>
    public Real[] ToArray() => AsSpan().ToArray();

    /// <summary>The array and the place in it where the elements of a packed tensor begin.</summary>
    internal (Real[] Array, int Offset) Storage => (Numbers, Layout.Offset);

    /// <summary>All numbers of which this is a view; those that are compressed are written out for whoever asks.</summary>
    Real[] Numbers => Layout is not null && data is Real[] array ? array : ((INumbers)data!).Decode();

    /// <summary>The elements of a tensor that is known to be packed.</summary>
    internal ReadOnlySpan<Real> Elements => Numbers.AsSpan().Slice(Layout.Offset, Layout.Shape.Size);

    /// <summary>The same tensor with its elements one after the other: itself, where they are.</summary>
    internal Tensor Packed() => data is Real[] && Layout.IsPacked ? this : Scattered is { } scattered ? Freeze(Shape, scattered.Decode()) : Kernels.Pack(this);

    /// <summary>The table with rows added to it that this is as a whole; null where it is none.</summary>
    internal ScatteredRows? Scattered => data is ScatteredRows scattered && Layout.IsPacked && Layout.Shape.Rank == 2 && Layout.Offset == 0 && Size == scattered.Size ? scattered : null;

    /// <summary>A table (V, C) of zeros, but for the sums of rows of x (…, C) at their places.</summary>
    internal static Tensor Scatter(Tensor rows, ImmutableArray<int> places, int count) => places.Length < count
        ? new(Layout.Of((count, rows.Shape.Sizes[^1])), new ScatteredRows(default, Kernels.Pack(rows), places, count)) : Kernels.ScatterAdd(rows.Packed(), places, count);

    /// <summary>The array is nobody's any more: not this tensor's, nor any other's.</summary>
    internal void Release()
    {
        if (data is Real[] array)
            Arrays.Release(array);
    }

    /// <summary>The arrays of some tensors are nobody's any more; one may be that of several.</summary>
    internal static void Release(IEnumerable<Tensor> tensors)
    {
        foreach (var array in tensors.Select(tensor => tensor.data).OfType<Real[]>().Distinct(ReferenceEqualityComparer.Instance).Cast<Real[]>())
            Arrays.Release(array);
    }

    /// <summary>This tensor, or a copy where it shares the other's array.</summary>
    internal Tensor ApartFrom(Tensor other) => SharesArrayWith(other) ? Kernels.Pack(this) : this;

    /// <summary>Whether both are views of one array, so that none of their elements were copied.</summary>
    public bool SharesArrayWith(Tensor other) => !IsZero && data == other.data;
}
