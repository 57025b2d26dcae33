namespace Functional.Llm;

/// <summary>What an index takes of one axis: one place, or every so-manyth place of a range.</summary>
/// <remarks>
/// <c>x[2]</c> takes a place and drops the axis; <c>x[1..4]</c> takes a range; <c>x[(1..9, 2)]</c> every second of it, from its start;
/// <c>x[(.., -1)]</c> takes the range backwards, from its end.
/// </remarks>
public readonly record struct Slice
{
    readonly Range range;
    readonly int step;

    Slice(Range range, int step) => (this.range, this.step) = (range, step);

    /// <summary>One place: the axis is dropped.</summary>
    public static implicit operator Slice(Index index) => new(index..index, 0);

    /// <summary>One place, a negative one counted from the end: the axis is dropped.</summary>
    public static implicit operator Slice(int index) => index < 0 ? new Index(-index, fromEnd: true) : new Index(index);

    /// <summary>The places of a range.</summary>
    public static implicit operator Slice(Range range) => new(range, 1);

    /// <summary>Every <c>Step</c>th place of a range; a negative step begins at the range's end.</summary>
    public static implicit operator Slice((Range Range, int Step) slice) =>
        slice.Step != 0 ? new(slice.Range, slice.Step)
        : throw new ShapeException("slice", "a step of 0 goes nowhere", "Pass a step of 1 or more, or of -1 or less to go backwards.");

    /// <summary>The layout of what this takes of one axis, and whether the axis remains.</summary>
    /// <remarks>Messages speak of the <paramref name="whole"/> as the caller sees it, where the axis is <paramref name="named"/>.</remarks>
    internal (Layout Layout, bool Remains) Of(Layout layout, int axis, Shape whole, int named)
    {
        var size = layout.Shape.Sizes[axis];
        var (start, stop) = (range.Start.GetOffset(size), range.End.GetOffset(size));
        if (step == 0)
        {
            return start >= 0 && start < size ? (layout.Slice(axis, start, 1, 1).Drop(axis), false)
                : throw new ShapeException("slice", $"index {range.Start} is out of range for axis {named} of shape {whole}",
                    size == 0 ? "The axis is empty." : $"Pass an index from 0 to {size - 1}, or from ^{size} to ^1 counted from the end.");
        }

        if (start < 0 || stop > size || start > stop)
        {
            throw new ShapeException("slice", $"range {range} does not lie in axis {named} of shape {whole}",
                $"Pass a range within 0..{size} whose start is not behind its end.");
        }

        var count = (int)((stop - start + Math.Abs((long)step) - 1) / Math.Abs((long)step));
        return (layout.Slice(axis, step > 0 ? start : stop - 1, count, step), true);
    }
}
