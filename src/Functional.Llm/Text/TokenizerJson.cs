using System.Text;
using System.Text.Json;

namespace Functional.Llm;

/// <summary>Hugging Face's tokenizer.json: byte-level BPE, SentencePiece's BPE with bytes, and words. What is not supported is refused by its name.</summary>
/// <remarks>What a post-processor adds around a text is left to the caller.</remarks>
static partial class TokenizerJson
{
    const string Metaspace = "▁";
    const string EveryCharacter = "(?s:.)";
    const string WhiteSpace = @"\s";

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
        return new(read.Model, new(specials.ToImmutable(), [], [.. added.Where(token => !token.Value.IsSpecial).Select(token => token.Key)]));
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
                case "ByteLevel" when !Flag(step, "add_prefix_space") && !Flag(step, "use_regex", otherwise: true):
                    break;
                case "ByteLevel" when !Flag(step, "add_prefix_space") && result == PreTokenizer.Whole:
                    result = PreTokenizer.Gpt2;
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
            if (name.Length == 0 || !token.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.Number || !id.TryGetInt32(out var number)
                || number is < 0 or >= TokenTable.Largest || !added.TryAdd(name, (number, Flag(token, "special"))))
            {
                throw new TokenizerException($"{path}: the added token {Spelling.Quoted(token.GetRawText())} is no token; expected a content that is not empty nor there before, and an id below {TokenTable.Largest:N0}; get the file anew.");
            }

            // Special tokens are found only where a caller allows them.
            if (!added[name].Item2 && (Flag(token, "lstrip") || Flag(token, "rstrip") || Flag(token, "single_word")))
                throw Unsupported(path, "an added token", token);
        }

        return added;
    }
}
