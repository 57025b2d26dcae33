using System.Runtime.InteropServices;
using System.Text;

namespace Functional.Llm;

/// <summary>How often each piece occurs in texts: all that byte-pair training needs to know of them.</summary>
sealed class PieceCounts
{
    /// <summary>Bytes that are counted at a time.</summary>
    const int Part = 1 << 20;

    readonly Dictionary<byte[], long> counts = new(ByteStrings.Instance);

    /// <summary>Each piece and how often it occurs, in the order of their bytes.</summary>
    public IReadOnlyList<(byte[] Piece, long Count)> Sorted =>
        [.. counts.Select(entry => (entry.Key, entry.Value)).OrderBy(entry => entry.Key, ByteStrings.Instance)];

    /// <summary>The pieces of a text that is read block by block. Special tokens are no part of any piece.</summary>
    public static PieceCounts Of(TextReader text, SpecialTokens specials)
    {
        var all = new PieceCounts();
        foreach (var block in TextBlocks.Of(text, specials.HaveSpaces ? _ => 0 : Gpt2Cut.Last))
            all.Add(Encoding.UTF8.GetBytes(block), specials);
        return all;
    }

    void Add(byte[] text, SpecialTokens specials)
    {
        var ranges = specials.HaveSpaces ? [Range.All] : Gpt2Cut.Parts(text, Part);
        var parts = new PieceCounts[ranges.Count];
        Workers.For(parts.Length, i => (parts[i] = new()).Count(text.AsSpan(ranges[i]), specials));
        foreach (var (piece, count) in parts.SelectMany(part => part.counts))
            CollectionsMarshal.GetValueRefOrAddDefault(counts, piece, out _) += count;
    }

    void Count(ReadOnlySpan<byte> text, SpecialTokens specials)
    {
        var (lookup, ends) = (counts.GetAlternateLookup<ReadOnlySpan<byte>>(), new List<int>());
        while (!text.IsEmpty)
        {
            var (place, length, _) = specials.Find(text);
            ends.Clear();
            PreTokenizer.Gpt2.FindEnds(text[..place], ends);
            var start = 0;
            foreach (var end in ends)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(lookup, text[start..end], out _)++;
                start = end;
            }

            text = text[(place + length)..];
        }
    }
}
