using System.Runtime.InteropServices;
using System.Text;

namespace Functional.Llm;

/// <summary>A merge that was learnt: the two tokens, the id of what they become, and how often they stood side by side.</summary>
/// <remarks>Ids 0 to 255 are the bytes, and each new token has the next one. Where two ways lead to the same bytes, they lead to one id.</remarks>
public sealed record LearnedMerge(ReadOnlyMemory<byte> Left, ReadOnlyMemory<byte> Right, int Id, long Count);

/// <summary>Byte-pair training: the pair that occurs most often becomes a token, again and again (Gage 1994; Sennrich et al. 2016).</summary>
/// <remarks>Of pairs that occur equally often, the one with the greater bytes, the left token's first, goes first.</remarks>
public static class BytePairTraining
{
    /// <summary>A vocabulary of the 256 bytes, what merges make of them, and the special tokens; smaller than asked for where the text has no pairs left.</summary>
    /// <exception cref="TokenizerException">The size is too small for the bytes and the special tokens.</exception>
    public static BytePairTokenizer Train(string text, int vocabularySize, params ReadOnlySpan<string> specials)
    {
        var start = BytePairTokenizer.OfBytes.Adding(specials);
        if (vocabularySize < start.VocabularySize)
        {
            throw new TokenizerException(
                $"vocabulary: {vocabularySize} tokens are too few. Ask for {start.VocabularySize} or more: 256 bytes and {specials.Length} special tokens.");
        }

        using var reader = new StringReader(text);
        var learnable = vocabularySize - specials.Length;
        return BytePairTokenizer.Of(Learn(reader, specials).TakeWhile(merge => merge.Id < learnable), specials);
    }

    /// <summary>The merges that a text teaches, one after the other, until no pair is left. The text is read once, block by block.</summary>
    /// <param name="text">The text.</param>
    /// <param name="specials">Tokens of their own, which no merge is learnt from or across.</param>
    public static IEnumerable<LearnedMerge> Learn(TextReader text, params ReadOnlySpan<string> specials)
    {
        ArgumentNullException.ThrowIfNull(text);
        var start = BytePairTokenizer.OfBytes.Adding(specials);
        return Learn(PieceCounts.Of(text, start.Allowing().Specials));
    }

    static IEnumerable<LearnedMerge> Learn(PieceCounts pieces)
    {
        List<byte[]> tokens = [.. Enumerable.Range(0, 256).Select(b => new[] { (byte)b })];
        var ids = tokens.Index().ToDictionary(token => token.Item, token => token.Index, ByteStrings.Instance);
        var pairs = new PairCounts([.. pieces.Sorted.Where(piece => piece.Piece.Length > 1)], tokens);
        while (pairs.MostFrequentPair() is var (left, right, count))
        {
            byte[] bytes = [.. tokens[left], .. tokens[right]];
            if (ids.TryAdd(bytes, tokens.Count))
                tokens.Add(bytes);
            pairs.Merge(left, right, ids[bytes]);
            yield return new(tokens[left], tokens[right], ids[bytes], count);
        }
    }
}
