using System.Runtime.InteropServices;
using System.Text;

namespace Functional.Llm;

/// <summary>Byte-level byte-pair encoding, as GPT-2 and Llama 3 use it: any bytes become ids, and come back the same.</summary>
/// <remarks>
/// A text is cut into pieces; each piece starts as the tokens of its bytes, which are merged pair by pair. Half of a surrogate pair becomes U+FFFD, as it has
/// no bytes of its own; bytes that are no UTF-8 are tokens as any other, and only a <see cref="Tokenizer.Decode"/> to text shows them as U+FFFD.
/// </remarks>
public sealed class BytePairTokenizer : Tokenizer
{
    /// <summary>Bytes from which a text is worth more than one thread, and the size of their parts.</summary>
    const int Part = 1 << 16;

    /// <summary>As GPT-2 and as Llama 3 call the token between texts, and Llama 3 that between turns of a conversation.</summary>
    static readonly ImmutableArray<string> EndNames = ["<|endoftext|>", "<|end_of_text|>", "<|eot_id|>"];

    readonly ByteLevel model;
    readonly SpecialTokens specials;

    internal BytePairTokenizer(ByteLevel model, SpecialTokens specials) => (this.model, this.specials) = (model, specials);

    /// <summary>A vocabulary of the 256 bytes, and nothing that merges them.</summary>
    public static BytePairTokenizer OfBytes { get; } = Of([]);

    /// <inheritdoc/>
    public override int VocabularySize => Math.Max(model.Vocabulary.Count, specials.Ids.Values.DefaultIfEmpty(-1).Max() + 1);

    /// <inheritdoc/>
    public override ImmutableArray<int> EndIds => [.. EndNames.Where(specials.Ids.ContainsKey).Select(name => specials.Ids[name])];

    /// <summary>The vocabulary of the 256 bytes, of what these merges make, and of special tokens after them.</summary>
    /// <param name="merges">Merges in the order of their ranks, as <see cref="BytePairTraining"/> learns them.</param>
    /// <param name="specials">The texts of the special tokens.</param>
    /// <exception cref="TokenizerException">A merge is of tokens that no earlier one makes.</exception>
    public static BytePairTokenizer Of(IEnumerable<LearnedMerge> merges, params ReadOnlySpan<string> specials) =>
        new BytePairTokenizer(ByteLevel.Of(merges), Functional.Llm.SpecialTokens.None).Adding(specials);

    internal ByteLevel Model => model;

    internal SpecialTokens Specials => specials;

    /// <summary>The special tokens and their ids. They are plain text unless <see cref="Allowing"/> says otherwise, or the file that they come from.</summary>
    public ImmutableSortedDictionary<string, int> SpecialTokens => specials.Ids;

    /// <inheritdoc/>
    public override ImmutableArray<int> BeginIds => specials.Ids.TryGetValue("<|begin_of_text|>", out var id) ? [id] : [];

    /// <summary>The tokenizer which takes these special tokens, where a text has them, for one token each; without names, all of them.</summary>
    /// <exception cref="TokenizerException">There is no such special token.</exception>
    public BytePairTokenizer Allowing(params ReadOnlySpan<string> names)
    {
        var allowed = names.IsEmpty ? [.. specials.Ids.Keys] : ImmutableHashSet.Create(names);
        return allowed.FirstOrDefault(name => !specials.Ids.ContainsKey(name)) is { } unknown
            ? throw new TokenizerException($"special tokens: there is no {Spelling.Quoted(unknown)}. This vocabulary has {Spelling.List([.. specials.Ids.Keys])}; Adding(…) adds others.")
            : new(model, new(specials.Ids, allowed, specials.Always));
    }

    /// <summary>The tokenizer with further special tokens, whose ids come after all others.</summary>
    /// <exception cref="TokenizerException">One is empty or there already.</exception>
    public BytePairTokenizer Adding(params ReadOnlySpan<string> names)
    {
        var (ids, next) = (specials.Ids.ToBuilder(), VocabularySize);
        foreach (var name in names)
        {
            if (string.IsNullOrEmpty(name) || !ids.TryAdd(name, next++))
                throw new TokenizerException($"special tokens: {Spelling.Quoted(name ?? "")} cannot be added. Give texts that are not empty and not there yet.");
        }

        return new(model, new(ids.ToImmutable(), specials.Allowed, specials.Always));
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Bytes(int id) =>
        id >= 0 && id < model.Vocabulary.Count && !model.Vocabulary[id].IsEmpty ? model.Vocabulary[id]
        : specials.Ids.FirstOrDefault(special => special.Value == id).Key is { } name ? Encoding.UTF8.GetBytes(name)
        : throw NoSuchId(id);

    /// <inheritdoc/>
    public override ImmutableArray<int> EncodeToIds(string text) => EncodeToIds(Encoding.UTF8.GetBytes(text));

    /// <summary>The ids of bytes, in UTF-8 where they are text. The same for any number of threads.</summary>
    public ImmutableArray<int> EncodeToIds(ReadOnlyMemory<byte> utf8)
    {
        var parts = CanBeCut ? Gpt2Cut.Parts(utf8.Span, Part) : [Range.All];
        if (parts.Count == 1)
            return [.. Encode(utf8.Span)];
        var ids = new List<int>[parts.Count];
        Workers.For(parts.Count, i => ids[i] = Encode(utf8.Span[parts[i]]));
        var all = new int[ids.Sum(part => part.Count)];
        var count = 0;
        foreach (var part in ids)
        {
            part.CopyTo(all, count);
            count += part.Count;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(all);
    }

    /// <inheritdoc/>
    internal override int LastCut(ReadOnlySpan<char> text) => CanBeCut ? Gpt2Cut.Last(text) : 0;

    bool CanBeCut => model.PreTokenizer.EndsWordsAtSpaces && !specials.HaveSpaces;

    List<int> Encode(ReadOnlySpan<byte> text)
    {
        var (ids, ends) = (new List<int>(text.Length / 3), new List<int>());
        while (!text.IsEmpty)
        {
            var (place, length, id) = specials.Find(text);
            model.Encode(text[..place], ends, ids);
            if (id >= 0)
                ids.Add(id);
            text = text[(place + length)..];
        }

        return ids;
    }
}
