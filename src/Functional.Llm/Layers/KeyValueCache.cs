namespace Functional.Llm;

/// <summary>What a model needs of the past: the keys and values of all places so far. A value: extending it gives another, and leaves this one as it was.</summary>
/// <remarks>
/// Places stand in pages, which caches share. Extending claims the slots behind its own places: in constant time, except where a page begins, when
/// the list of pages is copied. Where another has claimed the slots, the last page alone is copied. Pages that a window has left behind are dropped.
/// </remarks>
public sealed class KeyValueCache
{
    const int Slots = CachePage.Slots;

    readonly int groups;
    readonly int size;
    readonly int layers;
    readonly int? window;
    readonly ImmutableArray<CachePage> pages;

    KeyValueCache(int layers, int groups, int size, int? window, ImmutableArray<CachePage> pages, int dropped, int length) =>
        (this.layers, this.groups, this.size, this.window, this.pages, Dropped, Length) = (layers, groups, size, window, pages, dropped, length);

    /// <summary>How many places there are.</summary>
    public int Length { get; }

    /// <summary>The pages, for those who look at what is shared.</summary>
    internal IEnumerable<object> Pages => pages;

    /// <summary>What all pages take, in bytes.</summary>
    public long Bytes => pages.Sum(page => (long)page.Elements.Length * sizeof(Real));

    /// <summary>Pages at the beginning that no window reaches any more.</summary>
    int Dropped { get; }

    int Rows => layers * 2 * groups;

    /// <summary>No places yet.</summary>
    /// <param name="layers">L.</param>
    /// <param name="groups">G, keys and values a place and layer.</param>
    /// <param name="size">D, numbers of a key.</param>
    /// <param name="window">How many places a place sees, itself included; null for all.</param>
    public static KeyValueCache Empty(int layers, int groups, int size, int? window = null) => new(layers, groups, size, window, [], 0, 0);

    /// <summary>The cache with so many places more, whose keys and values are still to be written, by <see cref="Attend"/>.</summary>
    internal KeyValueCache Extend(int count)
    {
        var (at, to) = (Length % Slots, Length + count);
        var next = pages;
        if (at > 0 && Math.Min(Slots, at + count) is var end && !next[^1].TryClaim(at, end))
            next = next.SetItem(next.Length - 1, next[^1].Copy(at, end));
        for (var first = (Dropped + next.Length) * Slots; first < to; first += Slots)
            next = next.Add(new(Rows, size, Math.Min(Slots, to - first)));
        var left = window is { } w ? Math.Max(Dropped, (Length - w + 1) / Slots) : 0;
        return new(layers, groups, size, window, next.RemoveRange(0, left - Dropped), left, to);
    }

    /// <summary>The first places alone, as if none had come behind them.</summary>
    /// <exception cref="FunctionalLlmException">There are not so many places, or a window has left behind what the next would see.</exception>
    public KeyValueCache First(int count) => count >= 0 && count <= Length && Math.Max(0, count - (window ?? count) + 1) / Slots >= Dropped
        ? new(layers, groups, size, window, pages[..(Math.Max(Dropped, (count + Slots - 1) / Slots) - Dropped)], Dropped, count)
        : throw new FunctionalLlmException($"the first {count} places of a cache of {Length} are not to be had: the first {Dropped * Slots} are dropped. Keep the cache that was extended.");

    /// <summary>Writes the keys and values of the last places of a layer, and lets their queries look at all places.</summary>
    /// <param name="layer">Which one, from 0.</param>
    /// <param name="heads">Its heads.</param>
    /// <param name="x">(1, n, (H + 2G) D): queries, keys and values of the last n places.</param>
    /// <returns>(1, n, H D).</returns>
    internal Tensor Attend(int layer, CausalHeads heads, Tensor x)
    {
        var (count, row) = (x.Shape.Sizes[^2], x.Shape.Sizes[^1]);
        if (x.Size != count * row || heads.Groups != groups || row != (heads.Heads + 2 * groups) * size)
            throw new ShapeException("cached attention", $"the input {x.Shape} does not fit a cache of {groups} keys and values of {size} numbers", $"Pass [1, places, {(heads.Heads + 2 * groups) * size}].");
        var input = x.Packed();
        Write(layer, heads.Heads, input, count);
        if (count == Length)
            return heads.Attend()(x).Value;
        var (queries, places) = (new CachedQueries(input.Storage.Array, input.Storage.Offset, row, count, heads.Heads), new CachedPlaces(pages, Dropped, Length, layer * 2 * groups, groups, size, window ?? int.MaxValue));
        return Tensor.Freeze(Shape.Create([.. x.Shape.Sizes.AsSpan()[..^1], heads.Heads * size]), CachedAttention.Attend(queries, places));
    }

    void Write(int layer, int heads, Tensor x, int count) => Workers.For((count + Slots - 1) / Slots, part =>
    {
        var elements = x.AsSpan();
        for (var i = part * Slots; i < Math.Min(count, (part + 1) * Slots); i++)
        {
            var place = Length - count + i;
            if (place / Slots < Dropped)
                continue;
            var page = pages[place / Slots - Dropped];
            for (var j = 0; j < 2 * groups; j++)
                elements.Slice((i * (heads + 2 * groups) + heads + j) * size, size).CopyTo(page.Elements.AsSpan(page.At(layer * 2 * groups + j) + place % Slots * size));
        }
    });
}
