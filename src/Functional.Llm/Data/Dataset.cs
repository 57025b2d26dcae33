namespace Functional.Llm;

/// <summary>A known data set.</summary>
/// <param name="Name">As <c>--dataset</c> names it.</param>
/// <param name="Title">What it is, and whose.</param>
/// <param name="Licence">The licence of its content.</param>
/// <param name="Files">Its files, in the order in which they are read.</param>
public sealed record Dataset(string Name, string Title, string Licence, params ImmutableArray<DatasetFile> Files)
{
    /// <summary>Whether it is running text.</summary>
    public bool IsText => Files.All(file => file.Path.StartsWith("text/", StringComparison.Ordinal));
}

/// <summary>A file of a data set, known by its content.</summary>
/// <param name="Path">From the folder of data sets on, with forward slashes: <c>text/names.txt</c>.</param>
/// <param name="Address">Where its author offers it; null where no address has exactly this file.</param>
/// <param name="Bytes">Its length in bytes.</param>
/// <param name="Sha256">Its SHA-256, 64 hexadecimal digits in lower case.</param>
public sealed record DatasetFile(string Path, Uri? Address, long Bytes, string Sha256)
{
    /// <summary>The path without its folders.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>What is wrong with the file at a path, and what was expected; null where it is this very file.</summary>
    public string? FaultOf(string path) => new FileSum(Bytes, Sha256).FaultOf(path);

    /// <summary>The same of content with this length, whose hash is computed only where the length is right.</summary>
    internal string? FaultOf(long bytes, Func<byte[]> sha256) => new FileSum(Bytes, Sha256).FaultOf(bytes, sha256);
}
