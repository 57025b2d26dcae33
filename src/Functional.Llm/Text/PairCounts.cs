using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <summary>Words as tokens that are merged pair by pair, and how often each pair stands side by side in them.</summary>
/// <remarks>Tokens are linked by their places, and a merge touches only those where its pair stands, so that one long word costs no more than many short ones.</remarks>
sealed class PairCounts
{
    /// <summary>Stands before and after every word, and takes part in no pair.</summary>
    const int Border = -1;

    /// <summary>Where a token was that is part of another now.</summary>
    const int Gone = -2;

    sealed class Pair
    {
        public long Count;
        public List<int> Places = [];
        public long Queued;
    }

    readonly int[] ids, previous, next, wordOf;
    readonly long[] times;
    readonly Dictionary<(int Left, int Right), Pair> pairs = [];

    // The count that a pair waits with is never too small; where it has fallen since, the pair is put back when its turn comes.
    readonly PriorityQueue<(int Left, int Right), (long Count, int Left, int Right)> queue;
    readonly HashSet<(int Left, int Right)> grown = [];

    /// <summary>The pairs of words, of which each byte is a token.</summary>
    /// <param name="words">Words and how often each occurs.</param>
    /// <param name="tokens">The bytes of each token; the list grows while merges are learnt.</param>
    public PairCounts(IReadOnlyList<(byte[] Word, long Times)> words, List<byte[]> tokens)
    {
        queue = new(new MostFrequent(tokens));
        times = [.. words.Select(word => word.Times)];
        ids = [Border, .. words.SelectMany(word => word.Word.Select(b => (int)b).Append(Border))];
        wordOf = new int[ids.Length];
        (previous, next) = ([.. Enumerable.Range(-1, ids.Length)], [.. Enumerable.Range(1, ids.Length)]);
        for (var (place, word) = (1, 0); place < ids.Length; place++)
        {
            wordOf[place] = word;
            word += ids[place] == Border ? 1 : 0;
        }

        for (var place = 0; place + 1 < ids.Length; place++)
            Add(place);
    }

    /// <summary>The pair that occurs most often, and how often; null when no pair is left.</summary>
    public (int Left, int Right, long Count)? MostFrequentPair()
    {
        foreach (var (left, right) in grown)
            Enqueue(left, right, pairs[(left, right)]);
        grown.Clear();
        while (queue.TryDequeue(out var key, out var priority))
        {
            if (!pairs.TryGetValue(key, out var pair))
                continue;
            if (pair.Count == priority.Count && pair.Count > 0)
                return (key.Left, key.Right, pair.Count);
            if (pair.Count > 0 && pair.Queued == priority.Count)
                Enqueue(key.Left, key.Right, pair);
        }

        return null;
    }

    /// <summary>Makes one token of a pair wherever it stands, in every word from left to right.</summary>
    public void Merge(int left, int right, int whole)
    {
        if (!pairs.Remove((left, right), out var pair))
            return;
        pair.Places.Sort();
        foreach (var place in pair.Places)
        {
            // A place where the pair no longer stands, as it was merged with something else, is listed still.
            var second = ids[place] == left ? next[place] : place;
            if (second == place || ids[second] != right)
                continue;
            Remove(previous[place]);
            Remove(second);
            (ids[place], ids[second]) = (whole, Gone);
            next[place] = next[second];
            previous[next[place]] = place;
            Add(previous[place]);
            Add(place);
        }
    }

    /// <summary>Counts the pair that begins at a place.</summary>
    void Add(int place)
    {
        if (KeyAt(place) is not { } key)
            return;
        ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, key, out _);
        pair ??= new();
        pair.Count += times[wordOf[place]];
        pair.Places.Add(place);
        if (pair.Count > pair.Queued)
            grown.Add(key);
    }

    /// <summary>Counts the pair that begins at a place no longer.</summary>
    void Remove(int place)
    {
        if (KeyAt(place) is { } key && pairs.TryGetValue(key, out var pair))
            pair.Count -= times[wordOf[place]];
    }

    (int Left, int Right)? KeyAt(int place) => ids[place] >= 0 && ids[next[place]] >= 0 ? (ids[place], ids[next[place]]) : null;

    void Enqueue(int left, int right, Pair pair)
    {
        pair.Queued = pair.Count;
        queue.Enqueue((left, right), (pair.Count, left, right));
    }

    sealed class MostFrequent(List<byte[]> tokens) : IComparer<(long Count, int Left, int Right)>
    {
        public int Compare((long Count, int Left, int Right) x, (long Count, int Left, int Right) y) =>
            x.Count != y.Count ? y.Count.CompareTo(x.Count)
            : ByteStrings.Instance.Compare(tokens[y.Left], tokens[x.Left]) is not 0 and var left ? left
            : ByteStrings.Instance.Compare(tokens[y.Right], tokens[x.Right]);
    }
}
