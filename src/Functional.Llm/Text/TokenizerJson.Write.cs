using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Functional.Llm;

/// <summary>Writing tokenizer.json.</summary>
static partial class TokenizerJson
{
    /// <summary>Writes what <see cref="Read"/> reads.</summary>
    public static void Write(Utf8JsonWriter json, Tokenizer tokenizer)
    {
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        switch (tokenizer)
        {
            case BytePairTokenizer bytes: Write(json, bytes); break;
            case SentencePieceTokenizer pieces: Write(json, pieces); break;
            case WordTokenizer words:
                WriteWords(json, words.Words, Sequence("pretokenizers", Split(WhiteSpace, "Removed"), Split(WordTokenizer.Separators, "Isolated")), null, words.Words.Contains(WordTokenizer.Unknown) ? WordTokenizer.Unknown : "");
                break;
            case CharTokenizer characters:
                WriteWords(json, [.. characters.Characters.Select(character => character.ToString())], Split(EveryCharacter, "Isolated"), Step("Fuse"), "");
                break;
            default:
                throw new TokenizerException($"save: there is no format for a {tokenizer.GetType().Name}. Save one of the library's own tokenizers.");
        }

        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, BytePairTokenizer tokenizer)
    {
        var model = tokenizer.Model;
        WriteAdded(json, tokenizer.SpecialTokens, tokenizer.Specials.Always);
        json.WriteNull("normalizer");
        var isGpt2 = model.PreTokenizer == PreTokenizer.Gpt2;
        WriteNode(json, "pre_tokenizer", isGpt2 || model.PreTokenizer.Pattern is not { } pattern ? Level(isGpt2) : Sequence("pretokenizers", Split(pattern, "Isolated"), Level(false)));
        json.WriteNull("post_processor");
        WriteNode(json, "decoder", Level(isGpt2));
        WriteModel(json, model.Vocabulary.Count, id => model.Vocabulary[id].IsEmpty ? null : ByteAlphabet.ToText(model.Vocabulary[id].Span), model.Merges, byteFallback: false, model.IgnoreMerges);
    }

    static void Write(Utf8JsonWriter json, SentencePieceTokenizer tokenizer)
    {
        var names = tokenizer.Controls.ToDictionary(control => control.Value, control => control.Key);
        WriteAdded(json, tokenizer.Controls, []);
        var prepend = new JsonObject { ["type"] = "Prepend", ["prepend"] = Metaspace };
        WriteNode(json, "normalizer", tokenizer.Front == SpaceInFront.Always ? Sequence("normalizers", prepend, Replace(" ", Metaspace)) : Replace(" ", Metaspace));
        WriteNode(json, "pre_tokenizer", tokenizer.Front != SpaceInFront.WhereAbsent ? null
            : new JsonObject { ["type"] = "Metaspace", ["replacement"] = Metaspace, ["prepend_scheme"] = "first", ["split"] = false });
        json.WriteNull("post_processor");
        var strip = new JsonObject { ["type"] = "Strip", ["content"] = " ", ["start"] = 1, ["stop"] = 0 };
        WriteNode(json, "decoder", Sequence("decoders", [Replace(Metaspace, " "), Step("ByteFallback"), Step("Fuse"), .. tokenizer.Front == SpaceInFront.None ? (JsonNode[])[] : [strip]]));
        WriteModel(json, tokenizer.VocabularySize, id => names.TryGetValue(id, out var name) ? name
            : tokenizer.ByteOf(id) is { } b ? LlamaVocabulary.ByteName(b)
            : Encoding.UTF8.GetString(tokenizer.Bytes(id).Span).Replace(" ", Metaspace, StringComparison.Ordinal), tokenizer.Merges, byteFallback: true, ignoreMerges: false);
    }

    static void WriteWords(Utf8JsonWriter json, ImmutableArray<string> words, JsonNode preTokenizer, JsonNode? decoder, string unknown)
    {
        json.WriteStartArray("added_tokens");
        json.WriteEndArray();
        json.WriteNull("normalizer");
        WriteNode(json, "pre_tokenizer", preTokenizer);
        json.WriteNull("post_processor");
        WriteNode(json, "decoder", decoder);
        json.WriteStartObject("model");
        json.WriteString("type", "WordLevel");
        json.WriteStartObject("vocab");
        foreach (var (id, word) in words.Index())
            json.WriteNumber(word, id);
        json.WriteEndObject();
        json.WriteString("unk_token", unknown);
        json.WriteEndObject();
    }

    static void WriteModel(Utf8JsonWriter json, int count, Func<int, string?> name, IReadOnlyCollection<Merge> merges, bool byteFallback, bool ignoreMerges)
    {
        var names = Enumerable.Range(0, count).Select(name).ToArray();
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        if (byteFallback)
            json.WriteString("unk_token", "<unk>");
        else
            json.WriteNull("unk_token");
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", byteFallback);
        json.WriteBoolean("byte_fallback", byteFallback);
        json.WriteBoolean("ignore_merges", ignoreMerges);
        json.WriteStartObject("vocab");
        foreach (var (id, text) in names.Index().Where(token => token.Item is not null))
            json.WriteNumber(text!, id);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (var merge in merges)
        {
            json.WriteStartArray();
            json.WriteStringValue(names[merge.Left]);
            json.WriteStringValue(names[merge.Right]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteAdded(Utf8JsonWriter json, ImmutableSortedDictionary<string, int> specials, ImmutableHashSet<string> always)
    {
        json.WriteStartArray("added_tokens");
        foreach (var (name, id) in specials.OrderBy(special => special.Value))
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("content", name);
            foreach (var property in new[] { "single_word", "lstrip", "rstrip", "normalized" })
                json.WriteBoolean(property, false);
            json.WriteBoolean("special", !always.Contains(name));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static void WriteNode(Utf8JsonWriter json, string name, JsonNode? node)
    {
        json.WritePropertyName(name);
        if (node is null)
            json.WriteNullValue();
        else
            node.WriteTo(json);
    }

    static JsonObject Step(string type) => new() { ["type"] = type };

    static JsonObject Level(bool useRegex) => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = useRegex };

    static JsonObject Split(string regex, string behavior) =>
        new() { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = regex }, ["behavior"] = behavior, ["invert"] = false };

    static JsonObject Replace(string from, string to) => new() { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = from }, ["content"] = to };

    static JsonObject Sequence(string name, params JsonNode?[] steps) => new() { ["type"] = "Sequence", [name] = new JsonArray(steps) };
}
