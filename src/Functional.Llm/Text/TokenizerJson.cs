using System.Text;
using System.Text.Json;

namespace Functional.Llm;

/// <summary>Hugging Face's tokenizer.json: byte-level BPE, SentencePiece's BPE with bytes, and words. What is not supported is refused by its name.</summary>
/// <remarks>What a post-processor adds around a text is left to the caller.</remarks>
static partial class TokenizerJson
{
    const string Metaspace = "▁";
    const string EveryCharacter = "(?s:.)";

    /// <summary>The tokenizer in a file.</summary>
    /// <exception cref="TokenizerException">The file is no such JSON, or asks for something that is not supported.</exception>
    public static Tokenizer Read(string path)
    {
        var root = VocabularyReader.Json(path);
        var model = Object(path, root, "model");
        foreach (var name in new[] { "dropout", "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (model.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null && value.GetRawText() is not ("\"\"" or "0.0" or "0"))
                throw Unsupported(path, $"model.{name}", value);
        }

        return Type(path, "model", model, "BPE") switch
        {
            "BPE" when Flag(model, "byte_fallback") => SentencePiece(path, root, model),
            "BPE" => ByteLevel(path, root, model),
            "WordLevel" => Words(path, root, model),
            _ => throw Unsupported(path, "model.type", model.GetProperty("type")),
        };
    }

    static BytePairTokenizer ByteLevel(string path, JsonElement root, JsonElement model)
    {
        Refuse(path, root, "normalizer");
        var (ids, added) = (VocabularyReader.Ids(path, Object(path, model, "vocab")), Added(path, root));
        foreach (var (name, (id, _)) in added.Where(token => token.Value.Id == (ids.TryGetValue(token.Key, out var known) ? known : -1)))
            ids.Remove(name);
        var read = Gpt2Vocabulary.Of(path, ids, Merges(path, model, ids), PreTokenizerOf(path, root), Flag(model, "ignore_merges"));
        var specials = read.SpecialTokens.ToBuilder();
        foreach (var (name, (id, _)) in added)
            specials[name] = id;
        VocabularyReader.ById(path, [.. specials.Select(special => (special.Value, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(special.Key))), .. ids.Values.Except(specials.Values).Select(id => (id, (ReadOnlyMemory<byte>)new byte[1]))]);
        return new(read.Model, new(specials.ToImmutable(), [.. added.Where(token => !token.Value.IsSpecial).Select(token => token.Key)]));
    }

    /// <summary>ByteLevel alone means GPT-2's pieces; before it may stand a Split by a pattern.</summary>
    static PreTokenizer PreTokenizerOf(string path, JsonElement root)
    {
        if (!root.TryGetProperty("pre_tokenizer", out var first) || first.ValueKind == JsonValueKind.Null)
            return PreTokenizer.Whole;
        var result = PreTokenizer.Whole;
        foreach (var step in Type(path, "pre_tokenizer", first) == "Sequence" ? [.. Array(path, first, "pretokenizers")] : new[] { first })
        {
            switch (Type(path, "pre_tokenizer", step))
            {
                case "ByteLevel" when !Flag(step, "add_prefix_space"):
                    result = Flag(step, "use_regex", otherwise: true) ? PreTokenizer.Gpt2 : result;
                    break;
                case "Split" when !Flag(step, "invert") && Text(path, step, "behavior") == "Isolated" && result == PreTokenizer.Whole:
                    result = PreTokenizer.Of(PatternOf(path, step));
                    break;
                default:
                    throw Unsupported(path, "pre_tokenizer", step);
            }
        }

        return result;
    }

    static SentencePieceTokenizer SentencePiece(string path, JsonElement root, JsonElement model)
    {
        var ids = VocabularyReader.Ids(path, Object(path, model, "vocab"));
        var controls = Added(path, root).Where(token => token.Value.IsSpecial).ToImmutableSortedDictionary(token => token.Key, token => token.Value.Id, StringComparer.Ordinal);
        var merges = Merges(path, model, ids);
        var idOfByte = Enumerable.Range(0, 256).Select(b => ids.TryGetValue(LlamaVocabulary.ByteName(b), out var id) ? id
            : throw new TokenizerException($"{path}: there is no token {LlamaVocabulary.ByteName(b)}; expected one for each of the 256 bytes, as byte_fallback needs them; get the file anew.")).ToArray();
        var silent = idOfByte.Concat(controls.Values).ToHashSet();
        var pieces = VocabularyReader.ById(path, [.. ids.Select(token => (token.Value, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(token.Key.Replace(Metaspace, " ", StringComparison.Ordinal))))]);
        foreach (var id in silent.Where(id => id < pieces.Length))
            pieces[id] = default;
        return new(pieces, idOfByte, merges, controls, AddsSpace(path, root));
    }

    /// <summary>Spaces become ▁ by a normalizer (Prepend, Replace) or by a Metaspace; either may put one in front.</summary>
    static bool AddsSpace(string path, JsonElement root)
    {
        var adds = false;
        if (root.TryGetProperty("normalizer", out var normalizer) && normalizer.ValueKind != JsonValueKind.Null)
        {
            foreach (var step in Type(path, "normalizer", normalizer) == "Sequence" ? [.. Array(path, normalizer, "normalizers")] : new[] { normalizer })
            {
                adds |= Type(path, "normalizer", step) switch
                {
                    "Prepend" when Text(path, step, "prepend") == Metaspace => true,
                    "Replace" when Text(path, step, "content") == Metaspace && PatternOf(path, step) == " " => false,
                    _ => throw Unsupported(path, "normalizer", step),
                };
            }
        }

        if (root.TryGetProperty("pre_tokenizer", out var pre) && pre.ValueKind != JsonValueKind.Null)
        {
            if (Type(path, "pre_tokenizer", pre) != "Metaspace" || Text(path, pre, "replacement") != Metaspace || Flag(pre, "split"))
                throw Unsupported(path, "pre_tokenizer", pre);
            adds |= pre.TryGetProperty("prepend_scheme", out var scheme) ? scheme.GetString() is "always" or "first" : Flag(pre, "add_prefix_space");
        }

        return adds;
    }

    static Tokenizer Words(string path, JsonElement root, JsonElement model)
    {
        var ids = VocabularyReader.Ids(path, Object(path, model, "vocab"));
        var words = VocabularyReader.ById(path, [.. ids.Select(word => (word.Value, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(word.Key)))]).Select(word => Encoding.UTF8.GetString(word.Span)).ToImmutableArray();
        var pre = Object(path, root, "pre_tokenizer");
        if (Type(path, "pre_tokenizer", pre) == "Sequence")
            return new WordTokenizer(words);
        if (PatternOf(path, pre) != EveryCharacter)
            throw Unsupported(path, "pre_tokenizer", pre);
        return new CharTokenizer([.. words.Select((word, id) => Rune.DecodeFromUtf16(word, out var character, out var length) == System.Buffers.OperationStatus.Done && length == word.Length ? character
            : throw new TokenizerException($"{path}: token {id}, {Spelling.Quoted(word)}, is not one character; expected one, as the pre_tokenizer splits into characters; get the file anew."))]);
    }

    static Merge[] Merges(string path, JsonElement model, Dictionary<string, int> ids) => VocabularyReader.Merges(path, Array(path, model, "merges").Select((merge, i) =>
        merge.ValueKind == JsonValueKind.String && merge.GetString()!.Split(' ') is [{ Length: > 0 } left, { Length: > 0 } right] ? (left, right, $"merge {i}")
        : merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2 && merge.EnumerateArray().All(part => part.ValueKind == JsonValueKind.String) ? (merge[0].GetString()!, merge[1].GetString()!, $"merge {i}")
        : throw new TokenizerException($"{path}: merge {i} is {Spelling.Quoted(merge.GetRawText())}; expected two tokens with a space between, or an array of two; get the file anew.")),
        token => ids.TryGetValue(token, out var id) ? id : null);

    static Dictionary<string, (int Id, bool IsSpecial)> Added(string path, JsonElement root)
    {
        var added = new Dictionary<string, (int, bool)>(StringComparer.Ordinal);
        if (!root.TryGetProperty("added_tokens", out var tokens) || tokens.ValueKind == JsonValueKind.Null)
            return added;
        foreach (var token in Array(path, root, "added_tokens"))
        {
            var name = Text(path, token, "content");
            if (name.Length == 0 || !token.TryGetProperty("id", out var id) || !id.TryGetInt32(out var number) || number is < 0 or >= TokenTable.Largest || !added.TryAdd(name, (number, Flag(token, "special"))))
                throw new TokenizerException($"{path}: the added token {Spelling.Quoted(token.GetRawText())} is no token; expected a content that is not empty nor there before, and an id below {TokenTable.Largest:N0}; get the file anew.");
        }

        return added;
    }
}
