using System.Buffers;
using System.Collections;
using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <summary>Vocabulary and merges over bytes: what a byte-pair tokenizer learns.</summary>
sealed class ByteLevel
{
    readonly int[] idOfByte = new int[256];
    readonly MergeTable table;
    readonly bool[] isWhole;

    /// <summary>Vocabulary by id and merges by rank.</summary>
    /// <param name="tokens">The bytes of each id; every single byte is among them.</param>
    /// <param name="merges">The merges, of which each makes of two tokens the one of both their bytes.</param>
    /// <param name="preTokenizer">What cuts a text into pieces.</param>
    /// <param name="ignoreMerges">Whether a piece that is a token is that token, even where merges would not lead to it.</param>
    /// <exception cref="TokenizerException">A byte has no token, a token is there twice, or there are too many.</exception>
    public ByteLevel(IReadOnlyList<ReadOnlyMemory<byte>> tokens, IReadOnlyList<Merge> merges, PreTokenizer preTokenizer, bool ignoreMerges = false)
    {
        (Vocabulary, Merges, PreTokenizer, IgnoreMerges, table) = (new(tokens), merges, preTokenizer, ignoreMerges, new(merges));
        for (var b = 0; b < 256; b++)
        {
            if ((idOfByte[b] = Vocabulary.Find([(byte)b])) < 0)
                throw new TokenizerException($"vocabulary: byte 0x{b:X2} has no token. A byte-level vocabulary has a token for each of the 256 bytes.");
        }

        isWhole = new bool[Vocabulary.Count];
        const int AtOnce = 1024;
        Workers.For((Vocabulary.Count + AtOnce - 1) / AtOnce, part =>
        {
            for (var id = part * AtOnce; id < Math.Min(Vocabulary.Count, (part + 1) * AtOnce); id++)
                isWhole[id] = ignoreMerges || Merged(Vocabulary[id].Span, new int[Vocabulary[id].Length]) is [var only] && only == id;
        });
    }

    /// <summary>The 256 bytes, and after them what merges make.</summary>
    /// <exception cref="TokenizerException">A merge is of tokens that no earlier one makes.</exception>
    public static ByteLevel Of(IEnumerable<LearnedMerge> merges)
    {
        List<ReadOnlyMemory<byte>> tokens = [.. Enumerable.Range(0, 256).Select(b => new[] { (byte)b })];
        var ids = tokens.Index().ToDictionary(token => token.Item.ToArray(), token => token.Index, ByteStrings.Instance);
        List<Merge> ranked = [];
        foreach (var (left, right, _, _) in merges)
        {
            byte[] whole = [.. left.Span, .. right.Span];
            if (!ids.TryGetValue(left.ToArray(), out var first) || !ids.TryGetValue(right.ToArray(), out var second))
                throw new TokenizerException($"vocabulary: merge {ranked.Count} makes {TokenText.Quoted(whole)} of tokens that are not there yet. Pass merges in the order in which they were learnt.");
            if (ids.TryAdd(whole, tokens.Count))
                tokens.Add(whole);
            ranked.Add(new(first, second, ids[whole], ranked.Count));
        }

        return new(tokens, ranked, PreTokenizer.Gpt2);
    }

    public TokenTable Vocabulary { get; }

    public IReadOnlyList<Merge> Merges { get; }

    public PreTokenizer PreTokenizer { get; }

    public bool IgnoreMerges { get; }

    /// <summary>Appends the ids of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ends">Room for the ends of pieces, to be used again.</param>
    /// <param name="ids">Where the ids go.</param>
    public void Encode(ReadOnlySpan<byte> text, List<int> ends, List<int> ids)
    {
        const int Usual = 256;
        Span<int> room = stackalloc int[Usual];
        ends.Clear();
        PreTokenizer.FindEnds(text, ends);
        var start = 0;
        foreach (var end in CollectionsMarshal.AsSpan(ends))
        {
            var piece = text[start..end];
            start = end;
            var id = Vocabulary.Find(piece);
            if (id >= 0 && isWhole[id])
                ids.Add(id);
            else
                ids.AddRange(Merged(piece, piece.Length <= Usual ? room : new int[piece.Length]));
        }
    }

    ReadOnlySpan<int> Merged(ReadOnlySpan<byte> piece, Span<int> ids)
    {
        for (var i = 0; i < piece.Length; i++)
            ids[i] = idOfByte[piece[i]];
        return ids[..table.Merge(ids[..piece.Length])];
    }
}
