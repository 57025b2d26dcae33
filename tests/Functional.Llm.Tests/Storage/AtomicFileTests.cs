using Xunit;

namespace Functional.Llm.Tests;

/// <summary>A file is either whole or as it was.</summary>
public sealed class AtomicFileTests
{
    [Fact]
    public void A_file_is_written_and_replaced()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder["a/b.txt"], stream => stream.Write("one"u8));
        AtomicFile.Write(folder["a/b.txt"], stream => stream.Write("2"u8));
        Assert.Equal("2", File.ReadAllText(folder["a/b.txt"]));
        Assert.Single(Directory.EnumerateFileSystemEntries(folder["a"]));
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        folder.Write("b.txt", "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder["b.txt"], stream =>
        {
            stream.Write("ne"u8);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(folder["b.txt"]));
        Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path));
    }
}
