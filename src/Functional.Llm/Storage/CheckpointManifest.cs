using System.Text.Json;

namespace Functional.Llm;

/// <summary>The list of a checkpoint's files with their sums, written last: where it is right, nothing is missing.</summary>
/// <remarks><c>{"step":1234,"files":{"model.safetensors":{"bytes":…,"sha256":"…"}}}</c></remarks>
static class CheckpointManifest
{
    const string Name = "manifest.json";

    /// <summary>More bytes than a manifest has.</summary>
    const int Longest = 1 << 20;

    /// <summary>Flushes all files of a folder to the disk, and then writes their list.</summary>
    public static void Write(string folder, long step)
    {
        if (Directory.EnumerateDirectories(folder).FirstOrDefault() is { } below)
            throw new StorageException($"{below}: a checkpoint cannot hold this folder; expected files only; write them side by side");
        string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        var sums = new (string Name, FileSum Sum)[files.Length];
        for (var i = 0; i < files.Length; i++)
        {
            Disk.FlushFile(files[i]);
            sums[i] = (Path.GetFileName(files[i]), FileSum.Of(files[i]));
        }

        AtomicFile.Write(Path.Combine(folder, Name), stream =>
        {
            using var json = new Utf8JsonWriter(stream);
            json.WriteStartObject();
            json.WriteNumber("step", step);
            json.WriteStartObject("files");
            foreach (var (name, sum) in sums)
            {
                json.WriteStartObject(name);
                json.WriteNumber("bytes", sum.Bytes);
                json.WriteString("sha256", sum.Sha256);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        });
        Disk.FlushFolder(folder);
    }

    /// <summary>What is wrong with the checkpoint of a step in a folder, and what was expected; null where it is whole.</summary>
    /// <param name="folder">Where it is.</param>
    /// <param name="step">Which step it is said to be.</param>
    /// <param name="sums">Whether to compare the content of files, or their lengths only.</param>
    public static string? FaultOf(string folder, long step, bool sums)
    {
        try
        {
            var (found, files) = Read(Path.Combine(folder, Name));
            return found != step ? $"its manifest is of step {found}; expected {step}"
                : files.Select(file => FaultOf(folder, file.Name, file.Sum, sums)).FirstOrDefault(fault => fault is not null);
        }
        catch (StorageException e)
        {
            return e.Message;
        }
    }

    static string? FaultOf(string folder, string name, FileSum sum, bool sums)
    {
        var path = Path.Combine(folder, name);
        var fault = !FileNames.IsPlain(name) ? "this is no file's name"
            : sums ? sum.FaultOf(path)
            : new FileInfo(path) is not { Exists: true } file ? "it is missing"
            : file.Length == sum.Bytes ? null : "it has another length";
        return fault is null ? null : $"{Spelling.Quoted(name)}: {fault}";
    }

    static (long Step, List<(string Name, FileSum Sum)> Files) Read(string path)
    {
        var json = new JsonTokens(path, ReadOnlyFile.Whole(path, "manifest", Longest, "save it anew"), depth: 3);
        long? step = null;
        List<(string, FileSum)>? files = null;
        json.Object("the manifest");
        while (json.NextKey())
        {
            if (step is null && json.Is("step"u8))
                step = json.WholeNumber("the step");
            else if (files is null && json.Is("files"u8))
                files = Files(ref json);
            else
                throw json.Fault($"the manifest has the key {Spelling.Quoted(json.Key())}", "step and files, each once");
        }

        json.End();
        return step is { } number && files is not null ? (number, files)
            : throw json.Fault($"the manifest has no {(step is null ? "step" : "files")}", "step and files");
    }

    static List<(string Name, FileSum Sum)> Files(ref JsonTokens json)
    {
        var files = new List<(string, FileSum)>();
        json.Object("files");
        while (json.NextKey())
        {
            var name = json.Key();
            long? bytes = null;
            string? sha256 = null;
            json.Object(new("files", Key: name));
            while (json.NextKey())
            {
                if (bytes is null && json.Is("bytes"u8))
                    bytes = json.WholeNumber(new("the bytes", Key: name));
                else if (sha256 is null && json.Is("sha256"u8))
                    sha256 = json.Text(new("the sha256", Key: name));
                else
                    throw json.Fault($"file {Spelling.Quoted(name)} has {Spelling.Quoted(json.Key())}", "bytes and sha256, each once");
            }

            files.Add(bytes is { } length && sha256 is not null ? (name, new(length, sha256))
                : throw json.Fault($"file {Spelling.Quoted(name)} has no sum", "bytes and sha256"));
        }

        return files;
    }
}
