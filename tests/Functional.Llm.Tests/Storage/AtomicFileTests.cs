using Xunit;

namespace Functional.Llm.Tests;

public sealed class AtomicFileTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("atomic").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_text_is_read_back_and_its_folders_are_made()
    {
        var path = Path.Combine(folder, "a", "b", "text.txt");
        AtomicFile.WriteText(path, "σ(x) = ½");
        Assert.Equal("σ(x) = ½"u8.ToArray(), File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(Path.Combine(folder, "a", "b")));
    }

    [Fact]
    public void A_relative_path_is_taken_from_the_working_folder()
    {
        var name = $"atomic-{Guid.NewGuid():N}.txt";
        AtomicFile.WriteText(name, "here");
        Assert.Equal("here", File.ReadAllText(name));
        File.Delete(name);
    }

    [Fact]
    public void A_shorter_content_replaces_a_longer_one_whole()
    {
        var path = Path.Combine(folder, "text.txt");
        AtomicFile.WriteText(path, "long content");
        AtomicFile.WriteText(path, "short");
        Assert.Equal("short", File.ReadAllText(path));
    }

    [Fact]
    public void The_old_content_stays_readable_until_the_new_one_is_complete()
    {
        var path = Path.Combine(folder, "text.txt");
        AtomicFile.WriteText(path, "old");
        AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(path));
        });
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void A_failure_leaves_the_old_file_and_no_temporary_one()
    {
        var path = Path.Combine(folder, "text.txt");
        AtomicFile.WriteText(path, "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            throw new InvalidOperationException("the writer's own failure passes through");
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void What_a_killed_writer_left_goes_with_the_next_write_to_the_same_place()
    {
        var (path, left) = (Path.Combine(folder, "text.txt"), "");
        AtomicFile.Write(path, _ => left = Directory.GetFiles(folder, ".*").Single());
        foreach (var (old, inUse, other, stays) in new[] { (true, false, true, true), (false, false, false, true), (true, true, false, true), (true, false, false, false) })
        {
            File.WriteAllText(left, "half");
            File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddDays(old ? -1 : 1));
            using (var writer = inUse ? new FileStream(left, FileMode.Open, FileAccess.Write, FileShare.Read | FileShare.Delete) : null)
                AtomicFile.WriteText(other ? Path.Combine(folder, "other.txt") : path, "new");
            Assert.Equal(stays, File.Exists(left));
        }

        Assert.Equal(["other.txt", "text.txt"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_path_that_is_a_folder_is_refused_by_name_and_leaves_nothing()
    {
        var path = Path.Combine(folder, "taken");
        Directory.CreateDirectory(path);
        var failure = Assert.Throws<StorageException>(() => AtomicFile.WriteText(path, "x"));
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains("could not be written", failure.Message, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void A_file_in_the_place_of_a_folder_is_refused()
    {
        var file = Path.Combine(folder, "file");
        AtomicFile.WriteText(file, "x");
        Assert.Throws<StorageException>(() => AtomicFile.WriteText(Path.Combine(file, "below"), "y"));
        Assert.Equal("x", File.ReadAllText(file));
    }

    [Fact]
    public void An_empty_path_is_a_mistake_of_the_caller() =>
        Assert.Throws<ArgumentException>(() => AtomicFile.WriteText(" ", "x"));
}
