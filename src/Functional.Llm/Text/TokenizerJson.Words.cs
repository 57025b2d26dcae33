using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Functional.Llm;

/// <summary>Reading words and characters, as they are written here: other ways to find words are refused.</summary>
static partial class TokenizerJson
{
    static Tokenizer Words(string path, JsonElement root, JsonElement model)
    {
        Refuse(path, root, "normalizer");
        var ids = VocabularyReader.Ids(path, Object(path, model, "vocab"));
        var tokens = VocabularyReader.ById(path, [.. ids.Select(word => (word.Value, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(word.Key)))]);
        var words = tokens.Select(word => Encoding.UTF8.GetString(word.Span)).ToImmutableArray();
        if (Text(path, model, "unk_token") != (words.Contains(WordTokenizer.Unknown) ? WordTokenizer.Unknown : ""))
            throw Unsupported(path, "model.unk_token", model.GetProperty("unk_token"));
        if (Added(path, root).Keys.FirstOrDefault() is { } added)
            throw new TokenizerException($"{path}: the added token {Spelling.Quoted(added)} is not supported beside words; use a model without such tokens.");
        var pre = Object(path, root, "pre_tokenizer");
        JsonElement[] steps = Type(path, "pre_tokenizer", pre) == "Sequence" ? [.. Array(path, pre, "pretokenizers")] : [pre];
        return steps switch
        {
            [var spaces, var signs] when Splits(path, spaces, WhiteSpace, "Removed") && Splits(path, signs, WordTokenizer.Separators, "Isolated") => new WordTokenizer(words),
            [var every] when Splits(path, every, EveryCharacter, "Isolated") => new CharTokenizer([.. words.Select((word, id) => Character(path, word, id))]),
            _ => throw Unsupported(path, "pre_tokenizer", pre),
        };
    }

    static bool Splits(string path, JsonElement step, string regex, string behavior) =>
        Type(path, "pre_tokenizer", step) == "Split" && PatternOf(path, step) == regex && Text(path, step, "behavior") == behavior && !Flag(step, "invert");

    static Rune Character(string path, string word, int id) =>
        Rune.DecodeFromUtf16(word, out var character, out var length) == OperationStatus.Done && length == word.Length ? character
        : throw new TokenizerException($"{path}: token {id}, {Spelling.Quoted(word)}, is not one character; expected one, as the pre_tokenizer splits into characters; get the file anew.");
}
