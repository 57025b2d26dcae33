using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <summary>How often each pair of tokens stands side by side in words, and in which of them.</summary>
/// <param name="tokens">The bytes of each token; it grows while merges are learnt.</param>
sealed class PairCounts(List<byte[]> tokens)
{
    sealed class Pair
    {
        public long Count;
        public List<int> Words = [];
        public long Queued;
    }

    readonly Dictionary<(int Left, int Right), Pair> pairs = [];

    // The count that a pair waits with is never too small; where it has fallen since, the pair is put back when its turn comes.
    readonly PriorityQueue<(int Left, int Right), (long Count, int Left, int Right)> queue = new(new MostFrequent(tokens));
    readonly HashSet<(int Left, int Right)> grown = [];

    /// <summary>Counts the pairs of a word that occurs so often.</summary>
    public void Add(ReadOnlySpan<int> ids, long times, int word)
    {
        for (var i = 0; i + 1 < ids.Length; i++)
        {
            ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, (ids[i], ids[i + 1]), out _);
            pair ??= new();
            pair.Count += times;
            if (pair.Count > pair.Queued)
                grown.Add((ids[i], ids[i + 1]));
            if (pair.Words.Count == 0 || pair.Words[^1] != word)
                pair.Words.Add(word);
        }
    }

    /// <summary>Takes the pairs of a word that occurs so often out of the counts.</summary>
    public void Remove(ReadOnlySpan<int> ids, long times)
    {
        for (var i = 0; i + 1 < ids.Length; i++)
            pairs[(ids[i], ids[i + 1])].Count -= times;
    }

    /// <summary>The pair that occurs most often, how often, and the words that have it, each once; null when no pair is left.</summary>
    public (int Left, int Right, long Count, IReadOnlyList<int> Words)? TakeMostFrequent()
    {
        foreach (var (left, right) in grown)
        {
            var pair = pairs[(left, right)];
            pair.Queued = pair.Count;
            queue.Enqueue((left, right), (pair.Count, left, right));
        }

        grown.Clear();
        while (queue.TryDequeue(out var key, out var priority))
        {
            var pair = pairs[key];
            if (pair.Count == priority.Count && pair.Count > 0)
            {
                // Words that have lost it are listed still; to recount them changes nothing.
                return (key.Left, key.Right, pair.Count, [.. pair.Words.Distinct()]);
            }

            if (pair.Count > 0 && pair.Queued == priority.Count)
            {
                pair.Queued = pair.Count;
                queue.Enqueue(key, (pair.Count, key.Left, key.Right));
            }
        }

        return null;
    }

    sealed class MostFrequent(List<byte[]> tokens) : IComparer<(long Count, int Left, int Right)>
    {
        public int Compare((long Count, int Left, int Right) x, (long Count, int Left, int Right) y) =>
            x.Count != y.Count ? y.Count.CompareTo(x.Count)
            : ByteStrings.Instance.Compare(tokens[y.Left], tokens[x.Left]) is not 0 and var left ? left
            : ByteStrings.Instance.Compare(tokens[y.Right], tokens[x.Right]);
    }
}
