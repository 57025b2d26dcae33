using LanguageExt;
using LanguageExt.Common;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Where a data set's files are found, and what is said where they are not.</summary>
public sealed class DataFoldersTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly DataFolders folders;
    readonly List<string> downloads = [];

    public DataFoldersTests()
    {
        folders = new(folder["given"], folder["variable"], folder["cache"]);
        Assert.All(["given", "variable", "cache"], name => Directory.CreateDirectory(folder[$"{name}/text"]));
    }

    [Fact]
    public void The_first_of_given_folder_variable_and_cache_is_taken()
    {
        Assert.All(["cache", "variable", "given"], place =>
        {
            Put(place);
            Assert.Equal([Place(place)], Find(Offline).OrFail());
        });
        Assert.Empty(downloads);
    }

    [Fact]
    public void What_is_nowhere_is_downloaded_into_the_cache_once()
    {
        Assert.Equal([Place("cache")], Find(Online).OrFail());
        Assert.Equal([Place("cache")], Find(Online).OrFail());
        Assert.Equal([Place("cache")], downloads);
        Assert.False(File.Exists(Place("given")));
    }

    [Theory]
    [InlineData("Once upon another time.", "it has 23 bytes; expected 17")]
    [InlineData("once upon a time.", "its SHA-256 is ")]
    public void Another_file_in_a_folder_of_the_users_is_refused_and_left(string content, string fault)
    {
        Put("variable", content);
        var message = Fault(Find(Online));
        Assert.StartsWith($"{Place("variable")}: {fault}", message, StringComparison.Ordinal);
        Assert.EndsWith(", as sample has it; put the right file from https://example.org/sample.txt there, or take this one away", message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(Place("variable")));
        Assert.Empty(downloads);
    }

    [Fact]
    public void Another_file_in_the_cache_is_replaced()
    {
        Put("cache", "Once upon a tim");
        Assert.Equal([Place("cache")], Find(Online).OrFail());
        Assert.Equal(Sample.Text, File.ReadAllText(Place("cache")));
    }

    [Fact]
    public void Another_file_in_the_cache_is_told_where_it_cannot_be_replaced()
    {
        Put("cache", "Once upon a tim");
        Assert.Contains($"{folder["cache"]} (the cache: it has 15 bytes; expected 17), and downloading", Fault(Find(Offline)), StringComparison.Ordinal);
        Assert.Equal("Once upon a tim", File.ReadAllText(Place("cache")));
    }

    [Fact]
    public void Offline_one_line_says_what_is_missing_from_where_to_get_it_and_where_to_put_it() => Assert.Equal(
        $"sample: text/sample.txt is missing: it is not in {folder["given"]} (--data-folder), {folder["variable"]} (FUNCTIONAL_LLM_DATA), {folder["cache"]} (the cache: no such file), "
        + $"and downloading it failed (no such host); get the file from https://example.org/sample.txt and put it at {Place("given")}: "
        + $"a story, 17 bytes, SHA-256 {Sample.File.Sha256}, licence MIT",
        Fault(Find(Offline)));

    [Fact]
    public void Without_folders_it_is_to_be_put_into_the_cache()
    {
        var message = Fault(new DataFolders(null, null, folder["cache"]).Locate(Sample.Dataset(Sample.File), Offline));
        Assert.Contains($"it is not in {folder["cache"]} (the cache: no such file), and downloading", message, StringComparison.Ordinal);
        Assert.Contains($" and put it at {Place("cache")}: a story", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_an_address_is_to_be_put_there_by_hand()
    {
        var message = Fault(folders.Locate(Sample.Dataset(Sample.File with { Address = null }), Online));
        Assert.Contains($"(the cache: no such file), and no address has it as it is here; get the file and put it at {Place("given")}: a story", message, StringComparison.Ordinal);
        Assert.Empty(downloads);
    }

    [Fact]
    public void A_given_folder_that_does_not_exist_is_told() => Assert.Equal(
        $"{folder["absent"]}: no such folder; expected one that holds data sets, such as text/sample.txt; name another with --data-folder",
        Fault((folders with { Given = folder["absent"] }).Locate(Sample.Dataset(Sample.File), Online)));

    [Fact]
    public void Of_several_files_the_first_that_is_missing_is_told()
    {
        var (first, second) = (Sample.File with { Path = "text/first.txt" }, Sample.File with { Path = "text/second.txt" });
        Put("given", path: first.Path);
        Assert.StartsWith("sample: text/second.txt is missing", Fault(Find(Offline, first, second, Sample.File)), StringComparison.Ordinal);
        Assert.Equal([Place("given", first.Path), Place("cache", second.Path), Place("cache")], Find(Online, first, second, Sample.File).OrFail());
    }

    [Fact]
    public void The_process_has_a_cache_of_its_own()
    {
        Assert.EndsWith("functional-llm", DataFolders.Of("x").Cache, StringComparison.Ordinal);
        Assert.Equal("x", DataFolders.Of("x").Given);
        Assert.Null(DataFolders.Of(null).Given);
    }

    public void Dispose() => folder.Dispose();

    static string Fault<R>(Either<Error, R> either) => either.Match(_ => "no error", error => error.Message);

    Either<Error, IEnumerable<string>> Find(Action<DatasetFile, string> download, params DatasetFile[] files) =>
        folders.Locate(Sample.Dataset(Sample.File) with { Files = files is [] ? [Sample.File] : [.. files] }, download).Map(paths => paths.AsEnumerable());

    string Place(string place, string path = "text/sample.txt") => Path.Combine(folder[place], path);

    void Put(string place, string content = Sample.Text, string path = "text/sample.txt") => File.WriteAllText(Place(place, path), content);

    void Online(DatasetFile file, string path)
    {
        downloads.Add(path);
        AtomicFile.WriteText(path, Sample.Text);
    }

    static void Offline(DatasetFile file, string path) => throw new StorageException("no such host.");
}
