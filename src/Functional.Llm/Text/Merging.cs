namespace Functional.Llm;

/// <summary>Byte-pair encoding of one piece: again and again the pair of lowest rank, the leftmost of them, becomes one token (Sennrich et al. 2016).</summary>
static class Merging
{
    /// <summary>Up to so many tokens, looking at all pairs each time is faster than a queue.</summary>
    const int Short = 64;

    /// <summary>Merges all that can be merged; the tokens that remain come first in <paramref name="ids"/>.</summary>
    /// <returns>How many remain.</returns>
    public static int Merge(this MergeTable merges, Span<int> ids) => ids.Length <= Short ? MergeShort(merges, ids) : MergeLong(merges, ids);

    static int MergeShort(MergeTable merges, Span<int> ids)
    {
        Span<int> ranks = stackalloc int[Short];
        var count = ids.Length;
        for (var i = 0; i < count - 1; i++)
            ranks[i] = merges.Rank(ids[i], ids[i + 1]);
        while (count > 1)
        {
            var first = 0;
            for (var i = 1; i < count - 1; i++)
            {
                if (ranks[i] < ranks[first])
                    first = i;
            }

            if (ranks[first] == MergeTable.None)
                break;
            ids[first] = merges.Whole(ranks[first]);
            ids[(first + 2)..count].CopyTo(ids[(first + 1)..]);
            if (first + 2 < count)
                ranks[(first + 2)..(count - 1)].CopyTo(ranks[(first + 1)..]);
            count--;
            if (first < count - 1)
                ranks[first] = merges.Rank(ids[first], ids[first + 1]);
            if (first > 0)
                ranks[first - 1] = merges.Rank(ids[first - 1], ids[first]);
        }

        return count;
    }

    /// <summary>Pairs in a queue by rank, then place; tokens in a list linked by places, so that n tokens take time n log n.</summary>
    static int MergeLong(MergeTable merges, Span<int> ids)
    {
        var (previous, next) = (new int[ids.Length], new int[ids.Length]);
        var pairs = new List<(int, ulong)>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            (previous[i], next[i]) = (i - 1, i + 1);
            if (i + 1 < ids.Length && merges.Rank(ids[i], ids[i + 1]) is not MergeTable.None and var rank)
                pairs.Add((i, Priority(rank, i)));
        }

        var queue = new PriorityQueue<int, ulong>(pairs);
        while (queue.TryDequeue(out var place, out var priority))
        {
            // Stale where one of the two has been merged since: it is gone, or makes another pair.
            var rank = (int)(priority >> 32);
            if (next[place] is var right && (right < 0 || right == ids.Length || merges.Rank(ids[place], ids[right]) != rank))
                continue;
            ids[place] = merges.Whole(rank);
            (next[place], next[right]) = (next[right], -1);
            if (next[place] < ids.Length)
            {
                previous[next[place]] = place;
                Offer(place, ids);
            }

            if (previous[place] >= 0)
                Offer(previous[place], ids);
        }

        var count = 0;
        for (var i = 0; i < ids.Length; i = next[i])
            ids[count++] = ids[i];
        return count;

        void Offer(int place, Span<int> ids)
        {
            if (merges.Rank(ids[place], ids[next[place]]) is not MergeTable.None and var rank)
                queue.Enqueue(place, Priority(rank, place));
        }
    }

    static ulong Priority(int rank, int place) => (ulong)rank << 32 | (uint)place;
}
