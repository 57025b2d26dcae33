using System.Text.Json;
using System.Text.Unicode;

namespace Functional.Llm;

/// <summary>Where in a file's JSON something stands: a message spells it out, and nothing else costs memory.</summary>
/// <param name="What">As in <c>the shape</c>.</param>
/// <param name="Tensor">Of which tensor.</param>
/// <param name="Key">Under which key.</param>
readonly record struct JsonPlace(string What, string? Tensor = null, string? Key = null)
{
    /// <summary>A place that has its own name.</summary>
    public static implicit operator JsonPlace(string what) => new(what);

    /// <summary>As in <c>the shape of tensor 'a'</c>.</summary>
    public override string ToString() =>
        What + (Tensor is null ? "" : $" of tensor {Spelling.Quoted(Tensor)}") + (Key is null ? "" : $" at key {Spelling.Quoted(Key)}");
}

/// <summary>The JSON of a file that may be hostile, token by token: only what is asked for is kept, and of that a bounded amount.</summary>
/// <remarks>Whatever is wrong is a <see cref="StorageException"/> of one line that begins with the file's path.</remarks>
ref struct JsonTokens
{
    /// <summary>Bytes of memory that may be taken: for the names and shapes of some 40,000 tensors.</summary>
    const int Room = 12 << 20;

    /// <summary>What an entry of a table takes besides its texts and numbers: 248 bytes, measured for a tensor.</summary>
    const int Entry = 256;

    readonly string path;
    readonly string? part;
    readonly ReadOnlySpan<byte> json;
    Utf8JsonReader reader;
    int left = Room;

    /// <summary>Before the first token of the JSON, whose arrays and objects are at most <paramref name="depth"/> deep.</summary>
    /// <remarks>It is the whole file, or a <paramref name="part"/> of a binary one.</remarks>
    public JsonTokens(string path, ReadOnlySpan<byte> json, int depth, string? part = null)
    {
        this.path = path;
        this.part = part;
        this.json = json;
        reader = new(json, new JsonReaderOptions { MaxDepth = depth });
        if (!Utf8.IsValid(json))
            throw Fault("the JSON has bytes that are not UTF-8", "UTF-8");
    }

    /// <summary>An error of one line: what was found, and what was expected.</summary>
    public readonly StorageException Fault(string found, string expected, Exception? cause = null) =>
        new(Spelling.OneLine($"{path}: {found}; expected {expected}; get the file anew"), cause);

    /// <summary>Goes to the next token, which begins an object.</summary>
    public void Object(JsonPlace what)
    {
        if (Next() != JsonTokenType.StartObject)
            throw Fault($"{what} is {Shown()}", "a JSON object");
    }

    /// <summary>Goes to the next key of the object; false, where the object ends.</summary>
    public bool NextKey() => Next() == JsonTokenType.PropertyName;

    /// <summary>Whether the key just reached is this one.</summary>
    public readonly bool Is(ReadOnlySpan<byte> key) => reader.ValueTextEquals(key);

    /// <summary>The key just reached.</summary>
    public string Key()
    {
        Take(Entry);
        return Decoded();
    }

    /// <summary>Goes over the key's value.</summary>
    public void Skip()
    {
        try
        {
            reader.Skip();
        }
        catch (JsonException e)
        {
            throw Broken(e);
        }
    }

    /// <summary>Goes to the next token, which is a text.</summary>
    public string Text(JsonPlace what) => Next() == JsonTokenType.String ? Decoded() : throw Fault($"{what} is {Shown()}", "a text");

    /// <summary>Goes to the next token, which is a whole number from 0 on.</summary>
    public long WholeNumber(JsonPlace what)
    {
        Next();
        return Whole(what);
    }

    /// <summary>Goes over an array of whole numbers from 0 on, and returns how many there are: no more than fit.</summary>
    public int WholeNumbers(JsonPlace what, scoped Span<long> numbers)
    {
        if (Next() != JsonTokenType.StartArray)
            throw Fault($"{what} is {Shown()}", "an array of whole numbers");
        for (var count = 0; ; count++)
        {
            if (Next() == JsonTokenType.EndArray)
                return count;
            if (count == numbers.Length)
                throw Fault($"{what} has more than {numbers.Length} numbers", "fewer");
            Take(sizeof(int));
            numbers[count] = Whole(what);
        }
    }

    /// <summary>Goes over an object of texts, no key twice.</summary>
    public ImmutableSortedDictionary<string, string> Texts(JsonPlace what)
    {
        Object(what);
        var texts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        while (NextKey())
        {
            var key = Key();
            if (!texts.TryAdd(key, Text(what with { Key = key })))
                throw Fault($"{what} has the key {Spelling.Quoted(key)} twice", "each key once");
        }

        return texts.ToImmutable();
    }

    /// <summary>Makes sure that nothing follows.</summary>
    public void End() => Next();

    JsonTokenType Next()
    {
        try
        {
            return reader.Read() ? reader.TokenType : JsonTokenType.None;
        }
        catch (JsonException e)
        {
            throw Broken(e);
        }
    }

    readonly StorageException Broken(JsonException e) =>
        new(Spelling.OneLine($"{BrokenJson.Told(path, json, reader.CurrentState.Options.MaxDepth, e, part)}; expected a JSON object; get the file anew"), e);

    readonly long Whole(JsonPlace what) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var number) && number <= long.MaxValue ? (long)number
        : throw Fault($"{what} has {Shown()}", $"a whole number from 0 to {long.MaxValue}");

    string Decoded()
    {
        Take(sizeof(char) * (long)reader.ValueSpan.Length);
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw Fault($"the text {Shown()} has half a character", "UTF-8", e);
        }
    }

    void Take(long bytes)
    {
        if (bytes > left)
            throw Fault($"its names, shapes and texts would take more than {Room:N0} bytes of memory", "less");
        left -= (int)bytes;
    }

    /// <summary>The token as it stands in the file, or as much of it as a message can take.</summary>
    readonly string Shown() => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.EndObject or JsonTokenType.EndArray => "missing",
        _ => Spelling.Quoted(System.Text.Encoding.UTF8.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, 256)])),
    };
}
