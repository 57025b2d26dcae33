using System.Text.Json;
using System.Text.Unicode;

namespace Functional.Llm;

/// <summary>What the files of vocabularies have in common: their bytes, their JSON, and tables of tokens that are checked before room is made for them.</summary>
static class VocabularyReader
{
    /// <summary>Larger than any vocabulary that is in use.</summary>
    const int LargestFile = 1 << 28;

    /// <summary>So many arrays and objects are in each other.</summary>
    const int Deepest = 32;

    /// <summary>How far ids may go beyond the number of tokens: some vocabularies have gaps before their special tokens.</summary>
    const int Gaps = 65_536;

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="TokenizerException">There is no such file, it cannot be read, or it is too large.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            return ReadOnlyFile.Whole(path, "vocabulary", LargestFile, "check the path.");
        }
        catch (StorageException e)
        {
            throw new TokenizerException(e.Message, e);
        }
    }

    /// <summary>The JSON object in a file: no key twice, no deeper than vocabularies are.</summary>
    /// <exception cref="TokenizerException">It is no JSON object.</exception>
    public static JsonElement Json(string path)
    {
        var file = Read(path);
        try
        {
            if (!Utf8.IsValid(file))
                throw new TokenizerException($"{path}: no JSON: bytes that are not UTF-8. Get the file anew.");
            using var document = JsonDocument.Parse(file, new() { MaxDepth = Deepest, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone()
                : throw new TokenizerException($"{path}: a JSON {document.RootElement.ValueKind} is no vocabulary; expected an object; check the path.");
        }
        catch (JsonException e)
        {
            throw new TokenizerException($"{BrokenJson.Told(path, file, Deepest, e)}; expected a JSON object; get the file anew.", e);
        }
    }

    /// <summary>The ids that a JSON object gives to texts.</summary>
    /// <exception cref="TokenizerException">A value is no id.</exception>
    public static Dictionary<string, int> Ids(string path, JsonElement entries)
    {
        if (entries.ValueKind != JsonValueKind.Object)
            throw new TokenizerException($"{path}: the vocabulary is a JSON {entries.ValueKind}; expected an object of tokens and ids; get the file anew.");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in entries.EnumerateObject())
        {
            ids.Add(entry.Name, entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out var id) && id >= 0 ? id
                : throw new TokenizerException($"{path}: token {Spelling.Quoted(entry.Name)} has the id {Spelling.Quoted(entry.Value.GetRawText())}; expected a whole number; get the file anew."));
        }

        return ids;
    }

    /// <summary>Tokens in the order of their ids; an id that none has gets nothing.</summary>
    /// <exception cref="TokenizerException">Two tokens have one id, or an id is far beyond the number of tokens.</exception>
    public static ReadOnlyMemory<byte>[] ById(string path, IReadOnlyCollection<(int Id, ReadOnlyMemory<byte> Bytes)> tokens)
    {
        var count = tokens.Select(token => token.Id + 1L).DefaultIfEmpty(0).Max();
        if (count > tokens.Count + Gaps)
            throw new TokenizerException($"{path}: a token has id {count - 1}, but there are only {tokens.Count:N0} tokens; expected ids without large gaps; get the file anew.");
        var byId = new ReadOnlyMemory<byte>[count];
        foreach (var (id, bytes) in tokens)
        {
            byId[id] = byId[id].IsEmpty ? bytes
                : throw new TokenizerException($"{path}: {TokenText.Quoted(byId[id].Span)} and {TokenText.Quoted(bytes.Span)} both have id {id}; expected one token an id; get the file anew.");
        }

        return byId;
    }

    /// <summary>Merges of tokens that are written as pairs, in the order of their ranks.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pairs">The pairs, each with the words for its place.</param>
    /// <param name="idOf">The id of a token; null where there is none.</param>
    /// <exception cref="TokenizerException">A part or the whole of a merge is no token.</exception>
    public static Merge[] Merges(string path, IEnumerable<(string Left, string Right, string Place)> pairs, Func<string, int?> idOf)
    {
        return [.. pairs.Select((pair, rank) => new Merge(Id(pair.Left, pair.Place), Id(pair.Right, pair.Place), Id(pair.Left + pair.Right, pair.Place), rank))];

        int Id(string token, string place) => idOf(token)
            ?? throw new TokenizerException($"{path}: {place} needs the token {Spelling.Quoted(token)}, which the vocabulary does not have; get both files anew, as they belong together.");
    }
}
