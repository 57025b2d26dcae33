using System.Buffers.Binary;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Ids on disk come back as they were written, from any place, at little cost in memory.</summary>
public sealed class TokenFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    string File => folder["tokens.bin"];

    static int Id(long place, int vocabulary) => (int)((ulong)place * 0x9E3779B97F4A7C15 % (ulong)vocabulary);

    static IEnumerable<int> Ids(int count, int vocabulary) => Enumerable.Range(0, count).Select(place => Id(place, vocabulary));

    [Theory]
    [InlineData(1, 5, 2), InlineData(50_257, 0, 2), InlineData(65_536, 1, 2), InlineData(65_536, 50_000, 2), InlineData(65_537, 50_000, 4), InlineData(int.MaxValue, 10_001, 4)]
    public void Ids_come_back_with_as_few_bytes_as_they_need(int vocabulary, int count, int bytes)
    {
        Assert.Equal(count, TokenFile.Write(File, vocabulary, Ids(count, vocabulary)));
        Assert.Equal(32 + (long)bytes * count, new FileInfo(File).Length);
        using var tokens = TokenFile.Open(File);
        Assert.Equal((count, vocabulary), (tokens.Count, tokens.Vocabulary));
        var all = new int[count];
        tokens.Read(0, all);
        Assert.Equal(Ids(count, vocabulary), all);
        tokens.Read(count, []);
    }

    [Theory]
    [InlineData(50_257), InlineData(128_256)]
    public void Any_window_is_read_from_its_place(int vocabulary)
    {
        const int count = 30_000;
        TokenFile.Write(File, vocabulary, Ids(count, vocabulary));
        using var tokens = TokenFile.Open(File);
        var random = new Random(1);
        for (var i = 0; i < 50; i++)
        {
            var start = random.Next(count);
            var window = new int[random.Next(count - start + 1)];
            tokens.Read(start, window);
            Assert.Equal(Enumerable.Range(start, window.Length).Select(place => Id(place, vocabulary)), window);
        }
    }

    [Fact]
    public void The_extreme_ids_survive()
    {
        TokenFile.Write(File, 65_536, [0, 65_535, 32_768]);
        Assert.Equal("544F4B454E494453010000000200000000000100000000000300000000000000" + "0000FFFF0080", Convert.ToHexString(System.IO.File.ReadAllBytes(File)));
        TokenFile.Write(File, int.MaxValue, [int.MaxValue - 1]);
        using var tokens = TokenFile.Open(File);
        var last = new int[1];
        tokens.Read(0, last);
        Assert.Equal([int.MaxValue - 1], last);
    }

    [Theory]
    [InlineData(-1), InlineData(100), InlineData(int.MinValue)]
    public void Ids_outside_the_vocabulary_are_refused_and_the_old_file_stays(int id)
    {
        TokenFile.Write(File, 100, [1, 2]);
        Assert.Equal(
            $"{File}: id {id} at place 20,000 is not in the vocabulary; expected 0 to 99; encode the text by the tokenizer of this vocabulary",
            Assert.Throws<StorageException>(() => TokenFile.Write(File, 100, [.. Ids(20_000, 100), id])).Message);
        using var tokens = TokenFile.Open(File);
        Assert.Equal(2, tokens.Count);
        Assert.Equal([File], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Places_outside_the_file_are_a_mistake_of_the_caller()
    {
        TokenFile.Write(File, 100, [1, 2, 3]);
        using var tokens = TokenFile.Open(File);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokens.Read(-1, new int[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokens.Read(2, new int[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokens.Read(long.MaxValue, new int[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenFile.Write(File, 0, []));
    }

    [Fact]
    public void Places_outside_an_array_are_a_mistake_of_the_caller()
    {
        var array = new TokenArray([1, 2, 3]);
        var two = new int[2];
        array.Read(1, two);
        Assert.Equal([2, 3], two);
        Assert.All([-1L, 2, 1L << 32], start => Assert.Throws<ArgumentOutOfRangeException>(() => array.Read(start, new int[2])));
    }

    [Fact]
    public void Memory_stays_small_however_long_the_file()
    {
        const int count = 20_000_000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        TokenFile.Write(File, 50_257, Ids(count, 50_257));
        using var tokens = TokenFile.Open(File);
        var window = new int[1025];
        for (var start = 0L; start + window.Length <= count; start += count / 100)
        {
            tokens.Read(start, window);
            Assert.Equal(Id(start, 50_257), window[0]);
            Assert.Equal(Id(start + 1024, 50_257), window[^1]);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    [Fact]
    public void Threads_may_read_at_once()
    {
        const int count = 100_000;
        TokenFile.Write(File, 70_000, Ids(count, 70_000));
        using var tokens = TokenFile.Open(File);
        Parallel.For(0, 64, i =>
        {
            var window = new int[5_000];
            var start = i * 1_483;
            tokens.Read(start, window);
            Assert.Equal(Enumerable.Range(start, window.Length).Select(place => Id(place, 70_000)), window);
        });
    }

    [Theory]
    [InlineData(8, 2, "its version is 2; expected 1;")]
    [InlineData(12, 4, "its ids have 4 bytes; expected 2 for a vocabulary of 100;")]
    [InlineData(12, 0, "its ids have 0 bytes; expected 2")]
    [InlineData(16, 0, "its vocabulary has 0 ids; expected 1 to 2147483647;")]
    [InlineData(16, -5, "its vocabulary has 4294967291 ids; expected 1 to 2147483647;")]
    [InlineData(20, -1, "its vocabulary has -4294967196 ids; expected 1 to 2147483647;")]
    [InlineData(24, 4, "its header promises 4 ids and 6 bytes follow it; expected 2 bytes for each id;")]
    [InlineData(28, int.MaxValue, "its header promises 9223372032559808515 ids and 6 bytes follow it;")]
    [InlineData(28, int.MinValue, "its header promises -9223372036854775805 ids and 6 bytes follow it;")]
    [InlineData(0, 0, "it does not begin as one; expected")]
    public void A_false_header_is_told(int offset, int value, string expected)
    {
        TokenFile.Write(File, 100, [1, 2, 3]);
        var bytes = System.IO.File.ReadAllBytes(File);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), value);
        System.IO.File.WriteAllBytes(File, bytes);
        Assert.StartsWith($"{File}: this is no whole token file: {expected}", Assert.Throws<StorageException>(() => TokenFile.Open(File)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_absent_a_folder_empty_or_cut_is_told()
    {
        Assert.Contains("cannot be read", Assert.Throws<StorageException>(() => TokenFile.Open(File)).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder; expected a file", Assert.Throws<StorageException>(() => TokenFile.Open(folder.Path)).Message, StringComparison.Ordinal);
        TokenFile.Write(File, 100, [1, 2, 3]);
        var whole = System.IO.File.ReadAllBytes(File);
        for (var length = 0; length <= whole.Length + 2; length++)
        {
            System.IO.File.WriteAllBytes(File, [.. whole.Take(length), .. new byte[Math.Max(0, length - whole.Length)]]);
            if (length != whole.Length)
                Assert.Throws<StorageException>(() => TokenFile.Open(File));
        }
    }

    [Fact]
    public void A_damaged_id_is_told_where_it_stands()
    {
        TokenFile.Write(File, 100, Ids(20_000, 100));
        var bytes = System.IO.File.ReadAllBytes(File);
        bytes[32 + 2 * 15_000 + 1] = 1;
        System.IO.File.WriteAllBytes(File, bytes);
        using var tokens = TokenFile.Open(File);
        tokens.Read(0, new int[15_000]);
        Assert.Equal(
            $"{File}: id {256 + Id(15_000, 100)} at place 15,000 is not in the vocabulary; expected 0 to 99; the file is damaged: write it again",
            Assert.Throws<StorageException>(() => tokens.Read(14_990, new int[100])).Message);
    }

    [Fact]
    public void A_file_that_is_cut_while_it_is_open_is_told()
    {
        TokenFile.Write(File, 100, Ids(20_000, 100));
        using var tokens = TokenFile.Open(File);
        using (var stream = new FileStream(File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            stream.SetLength(1_000);
        Assert.StartsWith($"{File}: the file ends at byte 1,000, though", Assert.Throws<StorageException>(() => tokens.Read(0, new int[20_000])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_thousand_mutations_are_read_or_refused_in_words()
    {
        TokenFile.Write(File, 300, Ids(500, 300));
        var whole = System.IO.File.ReadAllBytes(File);
        var random = new Random(7);
        var refused = 0;
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = whole.ToArray();
            for (var change = random.Next(1, 5); change > 0; change--)
                bytes[random.Next(i % 2 == 0 ? 32 : bytes.Length)] = random.Next(3) switch { 0 => 0, 1 => 0xFF, _ => (byte)random.Next(256) };
            System.IO.File.WriteAllBytes(File, bytes[..(i % 5 == 0 ? random.Next(bytes.Length + 1) : bytes.Length)]);
            try
            {
                using var tokens = TokenFile.Open(File);
                var all = new int[tokens.Count];
                tokens.Read(0, all);
                Assert.All(all, id => Assert.InRange(id, 0, tokens.Vocabulary - 1));
            }
            catch (StorageException e)
            {
                refused++;
                Assert.StartsWith(File, e.Message, StringComparison.Ordinal);
            }
        }
        Assert.InRange(refused, 1_000, 1_999);
    }

    public void Dispose() => folder.Dispose();
}
