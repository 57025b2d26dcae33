using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Small files are read whole, and those that are none are refused before memory is taken for them.</summary>
public sealed class ReadOnlyFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_as_long_as_is_allowed_is_read_whole() => Assert.All([0, 1, 8], length =>
        Assert.Equal(new byte[length], ReadOnlyFile.Whole(folder.Write("a", new byte[length]), "table", 8, "make it shorter")));

    [Fact]
    public void A_longer_file_is_refused_before_memory_is_taken()
    {
        var path = folder.Write("a", []);
        using (var stream = new FileStream(path, FileMode.Open))
            stream.SetLength(1L << 33);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal($"{path}: the table has 8,589,934,592 bytes; expected at most 1,073,741,824; make it shorter",
            Assert.Throws<StorageException>(() => ReadOnlyFile.Whole(path, "table", 1 << 30, "make it shorter")).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }
}
