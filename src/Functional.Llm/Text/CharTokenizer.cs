using System.Text;

namespace Functional.Llm;

/// <summary>Characters as tokens: each Unicode code point of a text has an id.</summary>
/// <remarks>Half of a surrogate pair, which no text in UTF-8 has, counts as U+FFFD.</remarks>
public sealed class CharTokenizer : Tokenizer
{
    readonly Dictionary<Rune, int> ids;

    /// <summary>A tokenizer of these characters, in the order of their ids.</summary>
    /// <exception cref="TokenizerException">A character is there twice.</exception>
    public CharTokenizer(ImmutableArray<Rune> characters)
    {
        Characters = characters;
        ids = [];
        foreach (var (id, character) in characters.Index())
        {
            if (!ids.TryAdd(character, id))
                throw new TokenizerException($"vocabulary: the character {Quoted(character)} is there twice, with ids {ids[character]} and {id}. Give every character one id.");
        }
    }

    /// <summary>The characters of the vocabulary, in the order of their ids.</summary>
    public ImmutableArray<Rune> Characters { get; }

    /// <inheritdoc/>
    public override int VocabularySize => Characters.Length;

    /// <summary>The tokenizer of all characters of a text, sorted by their codes.</summary>
    public static CharTokenizer Of(string text) => new([.. text.EnumerateRunes().Distinct().Order()]);

    /// <inheritdoc/>
    public override ImmutableArray<int> EncodeToIds(string text) => Encode(text, 0);

    /// <inheritdoc/>
    public override IEnumerable<int> EncodeToIds(TextReader text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var before = 0L;
        foreach (var block in TextBlocks.Of(text, LastCut))
        {
            var encoded = Encode(block, before);
            before += encoded.Length;
            foreach (var id in encoded)
                yield return id;
        }
    }

    ImmutableArray<int> Encode(string text, long before)
    {
        var result = ImmutableArray.CreateBuilder<int>(text.Length);
        foreach (var character in text.EnumerateRunes())
        {
            result.Add(ids.TryGetValue(character, out var id) ? id
                : throw new TokenizerException($"encode: the vocabulary of {Characters.Length:N0} characters has no {Quoted(character)}, which is character {before + result.Count:N0} of the text. "
                    + "Learn it from a text that has it, or leave it out."));
        }

        return result.DrainToImmutable();
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Bytes(int id) =>
        id >= 0 && id < Characters.Length ? Encoding.UTF8.GetBytes(Characters[id].ToString()) : throw NoSuchId(id);

    /// <inheritdoc/>
    internal override int LastCut(ReadOnlySpan<char> text) =>
        text.Length > 0 && char.IsHighSurrogate(text[^1]) ? text.Length - 1 : text.Length;

    static string Quoted(Rune character) => $"{Spelling.Quoted(character.ToString())} (U+{character.Value:X4})";
}
