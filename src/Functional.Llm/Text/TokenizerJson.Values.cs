using System.Text.Json;

namespace Functional.Llm;

/// <summary>The values in a tokenizer.json, each as what it must be.</summary>
static partial class TokenizerJson
{
    static JsonElement Object(string path, JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value
        : throw new TokenizerException($"{path}: there is no object {Spelling.Quoted(name)}; expected Hugging Face's tokenizer.json; check the path.");

    static JsonElement.ArrayEnumerator Array(string path, JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray()
        : throw new TokenizerException($"{path}: there is no array {Spelling.Quoted(name)}; expected Hugging Face's tokenizer.json; check the path.");

    static string Text(string path, JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()!
        : throw new TokenizerException($"{path}: {Spelling.Quoted(parent.GetRawText())} has no text {Spelling.Quoted(name)}; expected Hugging Face's tokenizer.json; get the file anew.");

    static bool Flag(JsonElement parent, string name, bool otherwise = false) =>
        parent.TryGetProperty(name, out var value) ? value.ValueKind == JsonValueKind.True : otherwise;

    static string Type(string path, string where, JsonElement parent, string? otherwise = null) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty("type", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()!
        : otherwise ?? throw Unsupported(path, where, parent);

    /// <summary>A pattern is a text to be found as it is, or a regular expression.</summary>
    static string PatternOf(string path, JsonElement step) =>
        Object(path, step, "pattern") is var pattern && pattern.TryGetProperty("Regex", out _) ? Text(path, pattern, "Regex")
        : System.Text.RegularExpressions.Regex.Escape(Text(path, pattern, "String")) is var escaped && escaped == "\\ " ? " " : escaped;

    static void Refuse(string path, JsonElement root, string name)
    {
        if (root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
            throw Unsupported(path, name, value);
    }

    static TokenizerException Unsupported(string path, string where, JsonElement value) => new(
        $"{path}: {where} is {Spelling.Quoted(value.GetRawText())}, which is not supported; expected byte-level BPE, SentencePiece's BPE with byte_fallback, or words; use a model with one of these.");
}
