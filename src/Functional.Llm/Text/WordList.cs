using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <summary>The frequent words of a text, and the text as their ids: the commonest word has id 0.</summary>
/// <remarks>A word is a run of letters in lower case, with apostrophes within: <c>don't</c>, <c>king's</c>; all else separates words.</remarks>
/// <param name="Words">The words, by falling count; equally frequent ones in ordinal order.</param>
/// <param name="Counts">How often each occurs.</param>
/// <param name="Ids">The text without its rare words.</param>
/// <param name="Total">How many words the text has, rare ones among them.</param>
public sealed record WordList(ImmutableArray<string> Words, ImmutableArray<int> Counts, ImmutableArray<int> Ids, int Total)
{
    /// <summary>The words of a text that occur at least <paramref name="minCount"/> times.</summary>
    public static WordList Of(string text, int minCount = 1)
    {
        var (found, counts, all) = (new Dictionary<string, int>(StringComparer.Ordinal), new List<int>(), new List<int>(text.Length / 5));
        var lookup = found.GetAlternateLookup<ReadOnlySpan<char>>();
        ReadOnlySpan<char> rest = text.ToLowerInvariant().Replace('’', '\'');
        while (Next(ref rest) is { IsEmpty: false } word)
        {
            ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(lookup, word, out var known);
            if (!known)
            {
                id = counts.Count;
                counts.Add(0);
            }

            counts[id]++;
            all.Add(id);
        }

        (string Word, int Id)[] kept = [.. found.Select(pair => (pair.Key, pair.Value)).Where(pair => counts[pair.Value] >= minCount)
            .OrderByDescending(pair => counts[pair.Value]).ThenBy(pair => pair.Key, StringComparer.Ordinal)];
        var places = new int[counts.Count];
        places.AsSpan().Fill(-1);
        foreach (var (place, (_, id)) in kept.Index())
            places[id] = place;
        return new([.. kept.Select(pair => pair.Word)], [.. kept.Select(pair => counts[pair.Id])], [.. all.Select(id => places[id]).Where(id => id >= 0)], all.Count);
    }

    /// <summary>Takes the next word off the text; an empty one at its end.</summary>
    static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> text)
    {
        var start = 0;
        while (start < text.Length && !char.IsLetter(text[start]))
            start++;
        var end = start;
        while (end < text.Length && (char.IsLetter(text[end]) || text[end] == '\'' && end + 1 < text.Length && char.IsLetter(text[end + 1])))
            end++;
        var word = text[start..end];
        text = text[end..];
        return word;
    }
}
