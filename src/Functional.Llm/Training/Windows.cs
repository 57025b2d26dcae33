namespace Functional.Llm;

/// <summary>Sliding windows over ids: window i holds the T ids from place i·S on, and its targets are the same places one further.</summary>
/// <remarks>N ids hold ⌊(N − T − 1)/S⌋ + 1 windows, since the last target needs an id too (Raschka 2024, chapter 2). Batches: inputs (B, T), targets (B, T).</remarks>
public sealed class Windows
{
    readonly ITokenSource source;

    /// <summary>The windows of a source, in batches.</summary>
    /// <param name="source">The ids, N of them.</param>
    /// <param name="length">T, the ids in a window.</param>
    /// <param name="stride">S, from the start of a window to the start of the next; T where they shall not overlap.</param>
    /// <param name="batchSize">B, the windows in a batch.</param>
    /// <param name="dropLast">Whether the last batch of a pass is left out where it is smaller.</param>
    /// <exception cref="FunctionalLlmException">A size is not positive, or the source holds no batch.</exception>
    public Windows(ITokenSource source, int length, int stride, int batchSize, bool dropLast = false)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (length < 1 || stride < 1 || batchSize < 1)
            throw new FunctionalLlmException($"windows: length {length}, stride {stride}, {batchSize} in a batch: there are no such windows. Pass numbers of 1 or more.");
        if (source.Count <= length)
            throw new FunctionalLlmException($"windows: {source.Count:N0} ids hold no window of {length:N0} and the id that follows. Pass {length + 1L:N0} ids or more, or a smaller length.");
        (this.source, Length, Stride, BatchSize, DropLast) = (source, length, stride, batchSize, dropLast);
        if (Batches == 0)
            throw new FunctionalLlmException($"windows: {Count:N0} windows do not fill a batch of {batchSize:N0}, and smaller ones are dropped. Pass a smaller batch or stride, or keep the last.");
    }

    /// <summary>T, the ids in a window.</summary>
    public int Length { get; }

    /// <summary>S, from the start of a window to the start of the next.</summary>
    public int Stride { get; }

    /// <summary>B, the windows in a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Whether the last batch of a pass is left out where it is smaller.</summary>
    public bool DropLast { get; }

    /// <summary>The number of windows.</summary>
    public long Count => (source.Count - Length - 1) / Stride + 1;

    /// <summary>The number of batches in a pass.</summary>
    public long Batches => DropLast ? Count / BatchSize : (Count - 1) / BatchSize + 1;

    /// <summary>One pass in the order of the data, or in the order that a key shuffles it to: the first pass of <see cref="From"/>.</summary>
    /// <exception cref="FunctionalLlmException">There are too many windows to shuffle.</exception>
    public IEnumerable<Batch<Tokens, Tokens>> Epoch(Key? key = null) => From(Cursor.Start(key)).TakeWhile((_, i) => i < Batches).Select(step => step.Batch);

    /// <summary>One pass in an order of one's own, such as that of <see cref="TorchGenerator.ShuffledEpoch"/>.</summary>
    /// <param name="order">Windows by their numbers, 0 … Count − 1.</param>
    /// <exception cref="FunctionalLlmException">There is no window of such a number.</exception>
    public IEnumerable<Batch<Tokens, Tokens>> Epoch(ImmutableArray<int> order) =>
        order.FirstOrDefault(i => i < 0 || i >= Count, 0) is var wrong and not 0
            ? throw new FunctionalLlmException($"windows: there is no window {wrong} of {Count:N0}. Pass numbers from 0 to {Count - 1}.")
        : order.Chunk(BatchSize).Where(places => !DropLast || places.Length == BatchSize).Select(places => Read([.. places.Select(i => (long)i * Stride)]));

    /// <summary>Pass after pass without end from a cursor on: each batch, and the cursor from which the next one follows.</summary>
    /// <remarks>The order of pass e is a function of (key, e), or the order of the data without a key.</remarks>
    /// <exception cref="FunctionalLlmException">There are too many windows to shuffle, or no such place.</exception>
    public IEnumerable<(Batch<Tokens, Tokens> Batch, Cursor Next)> From(Cursor cursor)
    {
        if (cursor.Epoch < 0 || cursor.Position < 0 || cursor.Position > Batches)
            throw new FunctionalLlmException($"windows: {cursor} is no place in passes of {Batches:N0} batches. It was made for other windows: begin anew with Cursor.Start.");
        if (cursor.Key is not null && Count > Array.MaxLength)
            throw new FunctionalLlmException($"windows: {Count:N0} windows are too many to shuffle. Pass a larger stride, or draw them with RandomFrom.");
        return Passes(cursor);
    }

    /// <summary>Windows that begin anywhere, drawn without end from a cursor on: each batch, and the cursor from which the next one follows.</summary>
    /// <remarks>Window i of batch s, the cursor's position, is a function of (key, s, i): it begins at any of the N − T places, each as likely as any other.</remarks>
    /// <exception cref="FunctionalLlmException">The cursor has no key.</exception>
    public IEnumerable<(Batch<Tokens, Tokens> Batch, Cursor Next)> RandomFrom(Cursor cursor) =>
        cursor.Key is { } key ? Draws(key, cursor) : throw new FunctionalLlmException("windows: without a key nothing is drawn. Pass a cursor with a key, such as Cursor.Start(new Key(0)).");

    IEnumerable<(Batch<Tokens, Tokens>, Cursor)> Passes(Cursor cursor)
    {
        for (; ; cursor = new(cursor.Epoch + 1, 0, cursor.Key))
        {
            var order = cursor.Key?.Fold((ulong)cursor.Epoch).Permutation((int)Count);
            for (var batch = cursor.Position; batch < Batches; batch++)
            {
                var first = batch * BatchSize;
                var starts = new long[Math.Min(BatchSize, Count - first)];
                for (var i = 0; i < starts.Length; i++)
                    starts[i] = (order?[(int)first + i] ?? first + i) * Stride;
                yield return (Read(starts), batch + 1 < Batches ? cursor with { Position = batch + 1 } : new(cursor.Epoch + 1, 0, cursor.Key));
            }
        }
    }

    IEnumerable<(Batch<Tokens, Tokens>, Cursor)> Draws(Key key, Cursor cursor)
    {
        for (var step = cursor.Position; ; step++)
        {
            var draw = key.Fold((ulong)step);
            yield return (Read([.. Enumerable.Range(0, BatchSize).Select(i => (long)draw.Fold(i).Below((ulong)(source.Count - Length)))]), cursor with { Position = step + 1 });
        }
    }

    /// <summary>The windows that begin at some places.</summary>
    Batch<Tokens, Tokens> Read(long[] starts)
    {
        var (inputs, targets, window) = (new int[starts.Length * Length], new int[starts.Length * Length], new int[Length + 1]);
        for (var i = 0; i < starts.Length; i++)
        {
            source.Read(starts[i], window);
            window.AsSpan(0, Length).CopyTo(inputs.AsSpan(i * Length));
            window.AsSpan(1, Length).CopyTo(targets.AsSpan(i * Length));
        }

        return new(Tokens.Freeze((starts.Length, Length), inputs), Tokens.Freeze((starts.Length, Length), targets));
    }
}
