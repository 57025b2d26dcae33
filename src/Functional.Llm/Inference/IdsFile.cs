using System.Text.Json;

namespace Functional.Llm;

/// <summary>Ids as JSON: <c>{"input_ids": [[…]], "target_ids": [[…]]}</c>, rows of one length; a target of −100 does not count.</summary>
public static class IdsFile
{
    const int Longest = 1 << 28;
    const int Ignored = -100;
    const int Deepest = 8;
    const string Expected = "expected {\"input_ids\": [[...]], \"target_ids\": [[...]]}; check the file";

    /// <summary>The ids in a file, checked for a model.</summary>
    /// <exception cref="StorageException">The file cannot be read, is no such JSON, has ids or lengths that the model has not, or no target that counts.</exception>
    public static (Tokens Inputs, Tokens Targets) Read(string path, Pretrained model)
    {
        using var document = JsonFile.Parse(path, ReadOnlyFile.Whole(path, "file of ids", Longest, "divide the file"), Deepest, Expected);
        var inputs = Rows(path, document.RootElement, "input_ids", id => id >= 0 && id < model.Vocabulary, model);
        var targets = Rows(path, document.RootElement, "target_ids", id => id == Ignored || id >= 0 && id < model.Vocabulary, model);
        if (inputs.Shape != targets.Shape)
            throw new StorageException($"{path}: input_ids have shape {inputs.Shape} and target_ids {targets.Shape}; expected one shape; give every id its target");
        return targets.Ids.Any(id => id != Ignored) ? (inputs, targets)
            : throw new StorageException($"{path}: every target is {Ignored}, which does not count; expected one that does; check target_ids");
    }

    static Tokens Rows(string path, JsonElement root, string name, Func<int, bool> known, Pretrained model)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(name, out var rows) || rows.ValueKind != JsonValueKind.Array || rows.GetArrayLength() == 0)
            throw new StorageException($"{path}: there are no rows under {name}; expected an array of arrays of ids; check the file");
        var ids = new List<int>();
        var length = rows[0].ValueKind == JsonValueKind.Array ? rows[0].GetArrayLength() : 0;
        foreach (var row in rows.EnumerateArray())
        {
            if (row.ValueKind != JsonValueKind.Array || row.GetArrayLength() != length || length == 0 || length > model.Context)
            {
                var found = row.ValueKind == JsonValueKind.Array ? $"has {row.GetArrayLength():N0} ids" : $"is {Spelling.Quoted(row.GetRawText())}, no array";
                throw new StorageException($"{path}: row {ids.Count / Math.Max(1, length)} of {name} {found}; expected rows of one length, from 1 to the model's context, {model.Context:N0}");
            }

            foreach (var element in row.EnumerateArray())
            {
                ids.Add(element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var id) && known(id) ? id
                    : throw new StorageException($"{path}: {name} has {Spelling.Quoted(element.GetRawText())} at place {ids.Count % length} of row {ids.Count / length}; expected an id from 0 to {model.Vocabulary - 1}"));
            }
        }

        return Tokens.Of((ids.Count / length, length), [.. ids]);
    }
}
