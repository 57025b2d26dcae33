using System.Text.Json;
using System.Text.Json.Nodes;

namespace Functional.Llm;

/// <summary>A model's config.json, whose values are asked for by name.</summary>
sealed class ModelConfig
{
    /// <summary>Its name.</summary>
    public const string FileName = "config.json";
    const int Deepest = 16;
    const int LongestFile = 1 << 20;

    /// <summary>More than any model has of anything; four times as many are still a whole number.</summary>
    const int Most = 1 << 28;

    readonly string path;
    readonly JsonElement root;
    readonly string within;

    ModelConfig(string path, JsonElement root, string within = "") => (this.path, this.root, this.within) = (path, root, within);

    /// <summary>The configuration in a folder.</summary>
    /// <exception cref="StorageException">There is none, or it is no JSON object.</exception>
    public static ModelConfig Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        using var document = JsonFile.Parse(path, ReadOnlyFile.Whole(path, "configuration", LongestFile, "check the path"), Deepest, "expected a JSON object; get the file anew");
        return document.RootElement.ValueKind == JsonValueKind.Object ? new(path, document.RootElement.Clone())
            : throw new StorageException($"{path}: a JSON {document.RootElement.ValueKind} is no configuration; expected an object; get the file anew");
    }

    /// <summary>Writes a configuration.</summary>
    public static void Write(string folder, JsonObject values) => AtomicFile.Write(Path.Combine(folder, FileName), stream =>
    {
        using var json = new Utf8JsonWriter(stream, new() { Indented = true });
        values.WriteTo(json);
    });

    /// <summary>The values that there are, under their names.</summary>
    public static JsonObject Object(params ReadOnlySpan<(string Name, JsonNode? Value)> values)
    {
        var json = new JsonObject();
        foreach (var (name, value) in values)
        {
            if (value is not null)
                json.Add(name, value);
        }

        return json;
    }

    /// <summary>A text.</summary>
    public string Text(string name, string? otherwise = null) => Find(name) is not { } value ? otherwise ?? throw Fault(name, "a text")
        : value.ValueKind == JsonValueKind.String && Decoded(value) is { } text ? text : throw Fault(name, "a text");

    /// <summary>A whole number from 1 on.</summary>
    public int Count(string name, int? otherwise = null) => Find(name) is not { } value ? otherwise ?? throw Fault(name, $"a whole number from 1 to {Most:N0}")
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number is > 0 and <= Most ? number : throw Fault(name, $"a whole number from 1 to {Most:N0}");

    /// <summary>A number.</summary>
    public double Number(string name, double? otherwise = null) => Find(name) is not { } value ? otherwise ?? throw Fault(name, "a number")
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Fault(name, "a number");

    /// <summary>Yes or no.</summary>
    public bool Flag(string name, bool otherwise) => Find(name) is not { } value ? otherwise
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.ValueKind == JsonValueKind.True : throw Fault(name, "true or false");

    /// <summary>An object within; null, where there is none.</summary>
    public ModelConfig? Part(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new(path, value, $"{within}{name}.") : throw Fault(name, "an object");

    /// <summary>Refuses whatever would make another model of it.</summary>
    public void Expect(string name, bool holds, string expected)
    {
        if (!holds)
            throw Fault(name, expected);
    }

    /// <summary>Whether a value is there, and not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    JsonElement? Find(string name) => root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text; null, where half a character is escaped in it.</summary>
    static string? Decoded(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    StorageException Fault(string name, string expected) =>
        new($"{path}: {within}{name} is {(Find(name) is { } value ? Spelling.Quoted(value.GetRawText()) : "not there")}; expected {expected}; choose another model, or get the file anew");
}
