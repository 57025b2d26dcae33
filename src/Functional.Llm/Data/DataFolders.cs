using LanguageExt;
using LanguageExt.Common;
using static LanguageExt.Prelude;

namespace Functional.Llm;

/// <summary>Where the files of data sets are looked for, in this order; each folder is laid out by <see cref="DatasetFile.Path"/>.</summary>
/// <param name="Given">The folder that the user named, or null.</param>
/// <param name="FromEnvironment">The folder that <see cref="Variable"/> names, or null.</param>
/// <param name="Cache">The folder of what was downloaded.</param>
public sealed record DataFolders(string? Given, string? FromEnvironment, string Cache)
{
    /// <summary>The environment variable that names a folder of data sets.</summary>
    public const string Variable = "FUNCTIONAL_LLM_DATA";

    /// <summary>The folder that the user named, if any, and those of this process and this user.</summary>
    public static DataFolders Of(string? given) => new(
        given,
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null,
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "functional-llm"));

    /// <summary>The paths of a data set's files, in its order, each checked by length and SHA-256; what is nowhere is downloaded into the cache.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="download">Writes a file to a path, such as <see cref="Download.To"/>, or throws a <see cref="StorageException"/>.</param>
    /// <returns>The paths, or an error: a file of the user's own is not what it should be, or one is missing and cannot be downloaded.</returns>
    public Either<Error, ImmutableArray<string>> Locate(Dataset dataset, Action<DatasetFile, string> download) =>
        Given is not null && !Directory.Exists(Given)
            ? Error.New($"{Given}: no such folder; expected one that holds data sets, such as {dataset.Files[0].Path}; name another with --data-folder")
            : dataset.Files.Aggregate(
                Right<Error, ImmutableArray<string>>([]),
                (found, file) => found.Bind(paths => Locate(dataset, file, download).Map(paths.Add)));

    /// <summary>Whether all files of a data set are here already, so that nothing has to be downloaded.</summary>
    public bool Has(Dataset dataset) => dataset.Files.All(file => Own.Append(Cache).Any(folder => File.Exists(Path.Combine(folder, file.Path))));

    IEnumerable<string> Own => new[] { Given, FromEnvironment }.OfType<string>();

    Either<Error, string> Locate(Dataset dataset, DatasetFile file, Action<DatasetFile, string> download)
    {
        if (Own.Select(folder => Path.Combine(folder, file.Path)).FirstOrDefault(File.Exists) is { } own)
            return file.FaultOf(own) is { } other
                ? Error.New($"{own}: {other}, as {dataset.Name} has it; put the right file{From(file)} there, or take this one away")
                : own;
        var cached = Path.Combine(Cache, file.Path);
        var fault = File.Exists(cached) ? file.FaultOf(cached) : "no such file";
        if (fault is null)
            return cached;
        if (file.Address is null)
            return Missing(dataset, file, fault, "no address has it as it is here");
        try
        {
            download(file, cached);
            return cached;
        }
        catch (StorageException e)
        {
            return Missing(dataset, file, fault, $"downloading it failed ({e.Message.TrimEnd('.')})");
        }
    }

    Error Missing(Dataset dataset, DatasetFile file, string fault, string why) => Error.New(
        $"{dataset.Name}: {file.Path} is missing: it is not in {(Given is null ? "" : $"{Given} (--data-folder), ")}"
        + $"{(FromEnvironment is null ? "" : $"{FromEnvironment} ({Variable}), ")}{Cache} (the cache: {fault}), and {why}; "
        + $"get the file{From(file)} and put it at {Path.Combine(Own.FirstOrDefault(Cache), file.Path)}: "
        + $"{dataset.Title}, {file.Bytes:N0} bytes, SHA-256 {file.Sha256}, licence {dataset.Licence}");

    static string From(DatasetFile file) => file.Address is null ? "" : $" from {file.Address}";
}
