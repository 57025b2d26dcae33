namespace Functional.Llm.ScriptHost;

/// <summary>A script with every file that it loads or references, and the key of its compiled form.</summary>
/// <remarks>
/// A scanner of lines reads the directives, because loading the compiler for it would cost more than the rest of a cached start. It may see
/// one too many (in a comment, say), which only makes the key depend on one more file; it never misses one.
/// </remarks>
sealed class ScriptFiles
{
    readonly Fingerprint fingerprint = new();
    readonly Dictionary<string, byte[]?> sources = [];
    readonly List<string> references = [];

    /// <summary>Reads the script at an absolute path, and all that it loads.</summary>
    public ScriptFiles(string path)
    {
        Path = path;
        fingerprint.Add(typeof(ScriptFiles).Module.ModuleVersionId).Add(typeof(object).Module.ModuleVersionId);
        Read(path, File.ReadAllBytes(path));
        foreach (var reference in references)
            Sign(new FileInfo(reference));
    }

    /// <summary>The script's own path.</summary>
    public string Path { get; }

    /// <summary>The paths of all assemblies that the script or a loaded file references.</summary>
    public IReadOnlyList<string> References => references;

    /// <summary>Made of this host, the framework, the text of every source, and the size and time of every referenced file.</summary>
    public string Key => fingerprint.Value.ToString("x16");

    /// <summary>The bytes of a source as they were when the key was made; null for a file that did not exist.</summary>
    public byte[]? Source(string path) => sources.GetValueOrDefault(path);

    /// <summary>A path in a directive is relative to the file that states it.</summary>
    public static string Resolve(string path, string from) =>
        System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(from)!);

    void Read(string path, byte[]? bytes)
    {
        if (!sources.TryAdd(path, bytes))
            return;
        fingerprint.Add(path).Add(bytes?.Length ?? -1).Add(bytes);
        using var lines = new StreamReader(new MemoryStream(bytes ?? []));
        while (lines.ReadLine() is { } line)
        {
            if (Argument(line, "load") is { } loaded)
                Read(loaded = Resolve(loaded, path), File.Exists(loaded) ? File.ReadAllBytes(loaded) : null);
            else if (Argument(line, "r") is { } reference)
                references.Add(Resolve(reference, path));
        }
    }

    void Sign(FileInfo file) =>
        fingerprint.Add(file.FullName).Add(file.Exists ? file.Length : -1).Add(file.Exists ? file.LastWriteTimeUtc.Ticks : 0);

    // The quoted text of a line `#name "text"`.
    static string? Argument(ReadOnlySpan<char> line, string name)
    {
        line = line.TrimStart();
        if (!line.StartsWith('#'))
            return null;
        line = line[1..].TrimStart();
        if (!line.StartsWith(name, StringComparison.Ordinal))
            return null;
        line = line[name.Length..].TrimStart();
        return line is ['"', .. var rest] && rest.IndexOf('"') is var end and > 0 ? rest[..end].ToString() : null;
    }
}
