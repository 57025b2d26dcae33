using System.Text;

namespace Functional.Llm;

/// <summary>SentencePiece's byte-pair encoding, as Llama 1 and 2 use it: characters are merged across the whole text, and those that the vocabulary lacks become bytes (Kudo and Richardson 2018).</summary>
/// <remarks>
/// A text may get a space in front, which decoding takes away. Half of a surrogate pair becomes U+FFFD. Control tokens such as <c>&lt;s&gt;</c> come from
/// their ids alone, never from text, and decode to nothing.
/// </remarks>
public sealed class SentencePieceTokenizer : Tokenizer
{
    /// <summary>The tokens of a text's beginning and of its end: files may have either between texts.</summary>
    static readonly ImmutableArray<string> EndNames = ["<s>", "</s>"];

    readonly TokenTable pieces;
    readonly int[] idOfByte;
    readonly MergeTable table;
    readonly bool hasSpaceWithin;
    readonly Dictionary<int, byte> byteOfId;

    /// <summary>A tokenizer of pieces and merges.</summary>
    /// <param name="pieces">The bytes of each id; empty for control tokens, and for those of bytes.</param>
    /// <param name="idOfByte">The id of the token of each of the 256 bytes.</param>
    /// <param name="merges">What becomes of pairs of pieces.</param>
    /// <param name="controls">The names of the control tokens and their ids.</param>
    /// <param name="front">Whether a text gets a space in front.</param>
    internal SentencePieceTokenizer(IReadOnlyList<ReadOnlyMemory<byte>> pieces, int[] idOfByte, IReadOnlyCollection<Merge> merges, ImmutableSortedDictionary<string, int> controls, SpaceInFront front)
    {
        (this.pieces, this.idOfByte, Merges, Controls, Front, table) = (new(pieces), idOfByte, merges, controls, front, new(merges));
        hasSpaceWithin = pieces.Any(piece => piece.Span.TrimStart((byte)' ').Contains((byte)' '));
        byteOfId = idOfByte.Index().ToDictionary(entry => entry.Item, entry => (byte)entry.Index);
    }

    /// <summary>The control tokens and their ids.</summary>
    public ImmutableSortedDictionary<string, int> Controls { get; }

    /// <inheritdoc/>
    public override ImmutableArray<int> BeginIds => Controls.TryGetValue("<s>", out var id) ? [id] : [];

    internal SpaceInFront Front { get; }

    internal IReadOnlyCollection<Merge> Merges { get; }

    /// <summary>The byte that an id stands for, where it does.</summary>
    internal byte? ByteOf(int id) => byteOfId.TryGetValue(id, out var b) ? b : null;

    /// <inheritdoc/>
    public override int VocabularySize => pieces.Count;

    /// <inheritdoc/>
    public override ImmutableArray<int> EndIds => [.. EndNames.Where(Controls.ContainsKey).Select(name => Controls[name])];

    /// <inheritdoc/>
    public override ImmutableArray<int> EncodeToIds(string text) => [.. Encode(text is { Length: > 0 } && (Front == SpaceInFront.Always || Front == SpaceInFront.WhereAbsent && text[0] != ' ') ? " " + text : text)];

    /// <inheritdoc/>
    public override IEnumerable<int> EncodeToIds(TextReader text)
    {
        var isFirst = true;
        foreach (var block in TextBlocks.Of(text, LastCut))
        {
            foreach (var id in isFirst ? [.. EncodeToIds(block)] : Encode(block))
                yield return id;
            isFirst = false;
        }
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Bytes(int id) =>
        id < 0 || id >= pieces.Count ? throw NoSuchId(id)
        : byteOfId.TryGetValue(id, out var b) ? new[] { b }
        : pieces[id];

    /// <inheritdoc/>
    public override byte[] DecodeToBytes(IEnumerable<int> ids) =>
        base.DecodeToBytes(ids) is var bytes && Front != SpaceInFront.None && bytes is [(byte)' ', ..] ? bytes[1..] : bytes;

    /// <inheritdoc/>
    internal override int LastCut(ReadOnlySpan<char> text)
    {
        for (var i = text.Length - 1; !hasSpaceWithin && i > 0; i--)
        {
            if (text[i] == ' ' && text[i - 1] != ' ')
                return i;
        }

        return 0;
    }

    int[] Encode(string text)
    {
        var ids = new List<int>(text.Length);
        Span<byte> room = stackalloc byte[4];
        foreach (var character in text.EnumerateRunes())
        {
            var bytes = room[..character.EncodeToUtf8(room)];
            if (pieces.Find(bytes) is >= 0 and var id)
            {
                ids.Add(id);
                continue;
            }

            foreach (var b in bytes)
                ids.Add(idOfByte[b]);
        }

        int[] all = [.. ids];
        return all[..table.Merge(all)];
    }
}

/// <summary>Whether a text gets a space in front, so that its first word is as any other.</summary>
enum SpaceInFront
{
    /// <summary>It gets none.</summary>
    None,

    /// <summary>It gets one.</summary>
    Always,

    /// <summary>It gets one unless it begins with one, which is then lost in decoding.</summary>
    WhereAbsent,
}
