using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Functional.Llm;

/// <summary>A small JSON file, read whole, of which a message says what is wrong with it, where, and what was expected.</summary>
static class JsonFile
{
    /// <summary>A checkpoint's files are shorter, and their objects not as deep in each other.</summary>
    const int Longest = 1 << 24;
    const int Deepest = 8;

    /// <summary>What stands in a file's bytes, no name twice in an object.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">What it has.</param>
    /// <param name="depth">How many arrays and objects may be in each other.</param>
    /// <param name="expected">What was expected, and how to mend it: the end of a message.</param>
    /// <exception cref="StorageException">This is no JSON.</exception>
    public static JsonDocument Parse(string path, byte[] bytes, int depth, string expected)
    {
        if (!Utf8.IsValid(bytes))
            throw new StorageException($"{path}: no JSON: bytes that are not UTF-8; {expected}");
        try
        {
            return JsonDocument.Parse(bytes, new() { MaxDepth = depth, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new StorageException($"{BrokenJson.Told(path, bytes, depth, e)}; {expected}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new StorageException($"{path}: a name has half a character; {expected}", e);
        }
    }

    /// <summary>What a training has written of itself.</summary>
    /// <exception cref="StorageException">The file cannot be read, or something in it is missing or of another kind.</exception>
    public static T Read<T>(string path, string kind, JsonTypeInfo<T> type, string mend = "take another checkpoint")
    {
        using var document = Parse(path, ReadOnlyFile.Whole(path, kind, Longest, mend), Deepest, $"expected a {kind}; {mend}");
        return FaultOf($"the {kind}", document.RootElement, type) is { } fault ? throw new StorageException($"{path}: {fault}; {mend}")
            : document.RootElement.Deserialize(type)!;
    }

    /// <summary>The first value that has not the type it should have; null, where all have.</summary>
    static string? FaultOf(string name, JsonElement value, JsonTypeInfo type)
    {
        if (type.Kind == JsonTypeInfoKind.Object && value.ValueKind == JsonValueKind.Object)
            return type.Properties.Select(part => FaultOf(part, value)).FirstOrDefault(fault => fault is not null);
        try
        {
            return value.Deserialize(type) is not null || Nullable.GetUnderlyingType(type.Type) is not null ? null : Is(name, value, type);
        }
        catch (JsonException)
        {
            return Is(name, value, type);
        }
    }

    static string? FaultOf(JsonPropertyInfo part, JsonElement whole) =>
        !whole.TryGetProperty(part.Name, out var value) ? part.IsRequired ? $"there is no {part.Name}; expected it" : null
        : value.ValueKind == JsonValueKind.Null && part.IsSetNullable ? null
        : FaultOf(part.Name, value, part.Options.GetTypeInfo(part.PropertyType));

    static string Is(string name, JsonElement value, JsonTypeInfo type) => $"{name} is {Spelling.Quoted(value.GetRawText())}; expected {(type.Kind == JsonTypeInfoKind.Enumerable ? "an array" : Expected(Nullable.GetUnderlyingType(type.Type) ?? type.Type))}";

    static string Expected(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.String => "a text",
        TypeCode.Boolean => "true or false",
        TypeCode.Double => "a number",
        TypeCode.Int32 => $"a whole number up to {int.MaxValue}",
        TypeCode.Int64 or TypeCode.UInt64 => "a whole number",
        _ => "a JSON object",
    };
}
