namespace Functional.Llm;

/// <summary>The blocks of an epoch of skip-gram: frequent words thinned out, windows of random width, negatives drawn (Mikolov et al. 2013).</summary>
/// <remarks>Every draw is a function of the key and of its place, so that any thread may prepare any block.</remarks>
sealed class SkipGramBlocks(SkipGram settings, int[] text, Real[] cumulative, Key windows, Key negatives)
{
    const int Chunk = 1 << 16;
    const int WordsACentre = 16;

    /// <summary>The blocks of a text for an epoch's key.</summary>
    public static SkipGramBlocks Of(SkipGram settings, ImmutableArray<int> ids, ImmutableArray<int> counts, Key key)
    {
        var keys = key.Split(3);
        var cumulative = new Real[counts.Length];
        Real sum = 0;
        for (var i = 0; i < counts.Length; i++)
            cumulative[i] = sum += Real.Pow(counts[i], (Real)settings.Flattening);
        return new(settings, Thinned(ids, KeepChances(counts, ids.Length, settings.Subsample), keys[0]), cumulative, keys[1], keys[2]);
    }

    /// <summary>How many blocks there are. Few words make small blocks: the pairs of a block that share a word would overshoot together.</summary>
    public int Count { get; } = (text.Length + Centres(settings, cumulative.Length) - 1) / Centres(settings, cumulative.Length);

    /// <summary>Block b: words b, b + Count, b + 2 Count, … of the text, so that a block speaks of everything and repeats few words.</summary>
    public SkipGramBlock this[int b]
    {
        get
        {
            var (count, window) = ((text.Length - b + Count - 1) / Count, settings.Window);
            var widths = windows.Fold(b).Uniform(count).AsSpan();
            var (centres, starts, contexts) = (ImmutableArray.CreateBuilder<int>(count), ImmutableArray.CreateBuilder<int>(count + 1), ImmutableArray.CreateBuilder<int>(count * (window + 1)));
            for (var i = 0; i < count; i++)
            {
                var (at, reach) = (b + i * Count, 1 + (int)(widths[i] * window));
                centres.Add(text[at]);
                starts.Add(contexts.Count);
                for (var j = Math.Max(0, at - reach); j <= Math.Min(text.Length - 1, at + reach); j++)
                {
                    if (j != at)
                        contexts.Add(text[j]);
                }
            }

            starts.Add(contexts.Count);
            return new(centres.MoveToImmutable(), starts.MoveToImmutable(), contexts.ToImmutable(), Negatives(b), settings.Negatives, cumulative.Length);
        }
    }

    static int Centres(SkipGram settings, int vocabulary) => Math.Clamp(vocabulary / WordsACentre, 1, settings.Batch);

    ImmutableArray<int> Negatives(int b) => [.. negatives.Fold(b).Uniform(settings.Shared).ToArray().Select(share => At(share * cumulative[^1]))];

    /// <summary>The first word at which the running sum passes a share of the whole.</summary>
    int At(Real share)
    {
        var found = Array.BinarySearch(cumulative, share);
        return Math.Min(cumulative.Length - 1, found < 0 ? ~found : found + 1);
    }

    /// <summary>A word of frequency f is kept with the chance √(t/f) + t/f, as in word2vec's program.</summary>
    static Real[] KeepChances(ImmutableArray<int> counts, int total, double threshold) => [.. counts.Select(count =>
        threshold == 0 ? 1 : (Real)(threshold * total / count) + Real.Sqrt((Real)(threshold * total / count)))];

    static int[] Thinned(ImmutableArray<int> ids, Real[] chances, Key key)
    {
        var parts = new int[(ids.Length + Chunk - 1) / Chunk][];
        Workers.For(parts.Length, part =>
        {
            var all = ids.AsSpan()[(part * Chunk)..Math.Min(ids.Length, (part + 1) * Chunk)];
            var draws = key.Fold(part).Uniform(all.Length).AsSpan();
            var kept = new List<int>(all.Length);
            for (var i = 0; i < all.Length; i++)
            {
                if (draws[i] < chances[all[i]])
                    kept.Add(all[i]);
            }

            parts[part] = [.. kept];
        });
        return [.. parts.SelectMany(part => part)];
    }
}
