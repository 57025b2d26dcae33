using System.Text;
using System.Text.RegularExpressions;

namespace Functional.Llm;

/// <summary>Words and signs of punctuation as tokens (Raschka 2024, chapter 2). Without a token for the unknown, an unknown word is refused.</summary>
/// <remarks>White space is not kept: a text comes back with one space between tokens and none before punctuation.</remarks>
public sealed partial class WordTokenizer : Tokenizer
{
    /// <summary>Stands for words that the vocabulary lacks.</summary>
    public const string Unknown = "<|unk|>";

    /// <summary>Stands between texts.</summary>
    public const string EndOfText = "<|endoftext|>";

    /// <summary>What one token is: a sign, a dash, or anything between signs and white space.</summary>
    internal const string Separators = """([,.:;?_!"()']|--|\s)""";

    readonly Dictionary<string, int> ids;

    /// <summary>A tokenizer of these words, in the order of their ids.</summary>
    /// <exception cref="TokenizerException">A word is there twice.</exception>
    public WordTokenizer(ImmutableArray<string> words)
    {
        Words = words;
        ids = new(StringComparer.Ordinal);
        foreach (var (id, word) in words.Index())
        {
            if (!ids.TryAdd(word, id))
                throw new TokenizerException($"vocabulary: the word {Spelling.Quoted(word)} is there twice, with ids {ids[word]} and {id}. Give every word one id.");
        }
    }

    /// <summary>The words of the vocabulary, in the order of their ids.</summary>
    public ImmutableArray<string> Words { get; }

    /// <inheritdoc/>
    public override int VocabularySize => Words.Length;

    /// <inheritdoc/>
    public override ImmutableArray<int> EndIds => ids.TryGetValue(EndOfText, out var id) ? [id] : [];

    /// <summary>The tokenizer of all words of a text, sorted by their characters' codes; with <paramref name="special"/> also <c>&lt;|endoftext|&gt;</c> and <c>&lt;|unk|&gt;</c>.</summary>
    public static WordTokenizer Of(string text, bool special = false) =>
        new([.. Split(text).Distinct().Order(StringComparer.Ordinal), .. special ? [EndOfText, Unknown] : Array.Empty<string>()]);

    /// <inheritdoc/>
    public override ImmutableArray<int> EncodeToIds(string text) => [.. Split(text).Select(Id)];

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Bytes(int id) => Encoding.UTF8.GetBytes(Word(id));

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids) => BeforeSign().Replace(string.Join(' ', ids.Select(Word)), "$1");

    /// <inheritdoc/>
    public override IEnumerable<string> DecodeInPieces(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var waiting = "";
        foreach (var (place, id) in ids.Index())
        {
            // White space waits, since a sign behind it would take it away.
            var text = BeforeSign().Replace(waiting + (place > 0 ? " " : "") + Word(id), "$1");
            var whole = text.TrimEnd();
            waiting = text[whole.Length..];
            yield return whole;
        }

        yield return waiting;
    }

    /// <inheritdoc/>
    public override byte[] DecodeToBytes(IEnumerable<int> ids) => Encoding.UTF8.GetBytes(Decode(ids));

    /// <inheritdoc/>
    internal override int LastCut(ReadOnlySpan<char> text) => Math.Max(0, text.LastIndexOfAny(" \n\t\r"));

    /// <inheritdoc/>
    public override Tokenizer Widened(int size) => size <= VocabularySize ? this : base.Widened(size);

    static IEnumerable<string> Split(string text) => Separator().Split(text).Select(word => word.Trim()).Where(word => word.Length > 0);

    int Id(string word) => ids.TryGetValue(word, out var id) || ids.TryGetValue(Unknown, out id) ? id
        : throw new TokenizerException($"encode: the vocabulary of {Words.Length:N0} words has no {Spelling.Quoted(word)}"
            + $"{(Spelling.Nearest(word, Words) is { } near ? $"; the nearest is {Spelling.Quoted(near)}" : "")}. Learn it from a text with the word, or with a token {Unknown} for the unknown.");

    string Word(int id) => id >= 0 && id < Words.Length ? Words[id] : throw NoSuchId(id);

    [GeneratedRegex(Separators, RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Separator();

    [GeneratedRegex("""\s+([,.:;?!"()'])""", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex BeforeSign();
}
