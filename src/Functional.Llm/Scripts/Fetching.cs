namespace Functional.Llm;

/// <summary>Known data sets as a script gets them: found in a folder, or downloaded while a line of progress shows how far it is.</summary>
public static class Fetching
{
    const int BarWidth = 16;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The paths of a data set's files, in its order: see <see cref="DataFolders.Locate(Dataset, Action{DatasetFile, string})"/>.</summary>
    /// <param name="options">Where to show progress.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="dataFolder">The folder to look in first, as <c>--data-folder</c> names it, or null.</param>
    /// <exception cref="FunctionalLlmException">A file is another than expected, or is missing and cannot be downloaded: what to get, from where, and where to put it.</exception>
    public static ImmutableArray<string> Locate(this ScriptOptions options, Dataset dataset, string? dataFolder)
    {
        return DataFolders.Of(dataFolder).Locate(dataset, Fetch).OrFail();

        void Fetch(DatasetFile file, string path)
        {
            using var client = new HttpClient { Timeout = Patience };
            Download.To(path, file, client, received => options.Progress(received, bytes => Bar(file, bytes)));
        }
    }

    /// <summary>As in <c>names.txt ████████░░░░░░░░  50 % of 228,145 bytes</c>.</summary>
    internal static string Bar(DatasetFile file, long bytes)
    {
        var share = (double)bytes / file.Bytes;
        var full = (int)(share * BarWidth);
        return $"{file.Name} {new string('█', full)}{new string('░', BarWidth - full)} {share,5:P0} of {file.Bytes:N0} bytes";
    }
}
