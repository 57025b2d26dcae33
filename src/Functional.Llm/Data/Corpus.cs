namespace Functional.Llm;

/// <summary>The text that needs no download: this project's own sources, notes and scripts.</summary>
public static class Corpus
{
    static readonly ImmutableArray<string> Kinds = [".cs", ".csx", ".md"];

    /// <summary>The files' texts, one after another in the ordinal order of their paths, a line feed at each line's end.</summary>
    /// <param name="root">The project's folder. Left out are what a build wrote, links, and folders whose names begin with a dot.</param>
    /// <exception cref="StorageException">There is no such folder, or none of its files is of these kinds.</exception>
    public static string Read(string root)
    {
        if (!Directory.Exists(root))
            throw new StorageException($"{root}: no such folder; expected the project's, with its sources, notes and scripts; give a text with --file or --text");
        string[] files = [.. Files(root).OrderBy(file => Path.GetRelativePath(root, file).Replace('\\', '/'), StringComparer.Ordinal)];
        return files.Length > 0
            ? string.Concat(files.Select(file => File.ReadAllText(file).ReplaceLineEndings("\n")))
            : throw new StorageException($"{root}: no file here ends in {string.Join(", ", Kinds)}; expected the project's folder; give a text with --file or --text");
    }

    static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder).Where(file => Kinds.Contains(Path.GetExtension(file)))
            .Concat(new DirectoryInfo(folder).EnumerateDirectories().Where(IsSource).SelectMany(below => Files(below.FullName)));

    static bool IsSource(DirectoryInfo folder) =>
        folder.Name is not ("bin" or "obj") && !folder.Name.StartsWith('.') && folder.LinkTarget is null;
}
