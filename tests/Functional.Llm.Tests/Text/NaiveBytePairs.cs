namespace Functional.Llm.Tests.Text;

/// <summary>Byte-pair encoding and training as they are defined, however slow.</summary>
static class NaiveBytePairs
{
    /// <summary>Again and again, the leftmost pair of the lowest rank.</summary>
    public static List<int> Merge(IEnumerable<int> start, IReadOnlyList<Merge> merges)
    {
        var ids = start.ToList();
        while (true)
        {
            var best = Enumerable.Range(0, Math.Max(0, ids.Count - 1))
                .Select(i => (Place: i, Merge: merges.Where(m => m.Left == ids[i] && m.Right == ids[i + 1]).OrderBy(m => m.Rank).Cast<Merge?>().FirstOrDefault()))
                .Where(found => found.Merge is not null).OrderBy(found => found.Merge!.Value.Rank).ThenBy(found => found.Place).FirstOrDefault();
            if (best.Merge is not { } merge)
                return ids;
            ids[best.Place] = merge.Whole;
            ids.RemoveAt(best.Place + 1);
        }
    }

    /// <summary>Counts all pairs of all pieces anew before each merge.</summary>
    public static List<string> Learn(IEnumerable<byte[]> pieces, int merges)
    {
        var words = pieces.Select(piece => piece.Select(b => new[] { b }).ToList()).ToList();
        var learned = new List<string>();
        while (learned.Count < merges)
        {
            var best = words.SelectMany(word => word.Zip(word.Skip(1)))
                .GroupBy(pair => (Left: Convert.ToHexString(pair.Item1), Right: Convert.ToHexString(pair.Item2)))
                .OrderByDescending(group => group.Count())
                .ThenByDescending(group => group.First().Item1, Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y)))
                .ThenByDescending(group => group.First().Item2, Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y)))
                .FirstOrDefault();
            if (best is null)
                break;
            learned.Add($"{best.Key.Left} {best.Key.Right} {best.Count()}");
            foreach (var word in words)
            {
                for (var i = 0; i + 1 < word.Count; i++)
                {
                    if (Convert.ToHexString(word[i]) == best.Key.Left && Convert.ToHexString(word[i + 1]) == best.Key.Right)
                    {
                        word[i] = [.. word[i], .. word[i + 1]];
                        word.RemoveAt(i + 1);
                    }
                }
            }
        }

        return learned;
    }
}
