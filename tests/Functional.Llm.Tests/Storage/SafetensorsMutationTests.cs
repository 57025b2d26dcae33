using System.Buffers.Binary;
using System.Text;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Whatever becomes of a safetensors file, it is read, and its tensors cover its bytes, or it is refused in one line.</summary>
public sealed class SafetensorsMutationTests
{
    const int Mebibyte = 1 << 20;
    const int Count = 10_000;

    /// <summary>What a changed header is made of: numbers and words that matter to a reader.</summary>
    static readonly string[] Splinters =
    [
        "0", "1", "-1", "4", "8", "255", "4294967296", "9223372036854775807", "18446744073709551615", "1e3",
        "[", "]", "{", "}", "\"", ",", ":", "\\u0000",
        "F32", "F64", "F16", "BF16", "I32", "I64", "U8", "BOOL", "dtype", "shape", "data_offsets", "__metadata__", "null", " ",
    ];

    static readonly string[] Kinds = ["F64", "F32", "F16", "BF16", "I64", "I32", "U8"];

    /// <summary>A file of some tensors of every kind, drawn at random.</summary>
    static byte[] Draw(Random random)
    {
        var entries = new StringBuilder("""{"__metadata__":{"format":"pt"}""");
        var offset = 0;
        for (var i = random.Next(1, 8); i > 0; i--)
        {
            var (kind, shape) = (Kinds[random.Next(Kinds.Length)], new int[random.Next(4)].Select(_ => random.Next(6)).ToArray());
            var end = offset + shape.Aggregate(1, (a, b) => a * b) * Dtype.Find(kind)!.Bytes;
            entries.Append($",\"t.{i}\":{{\"dtype\":\"{kind}\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{offset},{end}]}}");
            offset = end;
        }

        var data = new byte[offset];
        random.NextBytes(data);
        return Join(Encoding.UTF8.GetBytes($"{entries}}}"), data);
    }

    static byte[] Join(byte[] header, byte[] data) => [.. BitConverter.GetBytes((long)header.Length), .. header, .. data];

    /// <summary>Changes bytes, cuts, lengthens, or puts splinters into the header, whose length is then mostly made to fit.</summary>
    static byte[] Mutate(byte[] file, Random random)
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        switch (random.Next(6))
        {
            case 0:
                return file[..random.Next(file.Length)];
            case 1:
                return [.. file, .. new byte[random.Next(1, 9)]];
            case 2:
                var changed = (byte[])file.Clone();
                var from = random.Next(2) == 0 || length + 8 == file.Length ? 0 : length + 8;
                for (var i = random.Next(1, 4); i > 0; i--)
                    changed[random.Next(from, file.Length)] = (byte)random.Next(256);
                return changed;
            default:
                var header = Encoding.UTF8.GetString(file, 8, length);
                for (var i = random.Next(1, 3); i > 0; i--)
                {
                    var place = random.Next(header.Length);
                    var rest = header[Math.Min(header.Length, place + random.Next(4))..];
                    header = header[..place] + Splinters[random.Next(Splinters.Length)] + rest;
                }

                var mutant = Join(Encoding.UTF8.GetBytes(header), file[(8 + length)..]);
                if (random.Next(8) == 0)
                    mutant[random.Next(8)] = (byte)random.Next(256);
                return mutant;
        }
    }

    [Fact]
    public void Ten_thousand_mutations_are_read_or_refused_in_words()
    {
        using var folder = new TemporaryFolder();
        var path = folder["mutant.safetensors"];
        using var stream = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        var random = new Random(5);
        var (read, refused) = (0, 0);
        for (var i = 0; i < Count; i++)
        {
            var bytes = Mutate(Draw(random), random);
            stream.Position = 0;
            stream.Write(bytes);
            stream.SetLength(bytes.Length);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var file = SafetensorsFile.Open(path);
                var covered = 0L;
                foreach (var entry in file.Entries.ToArray())
                {
                    covered += entry.End - entry.Begin;
                    if (entry.Dtype.ToReal is not null)
                        Assert.Equal(entry.Shape, file.Read(entry.Name).Shape);
                }

                Assert.Equal(bytes.Length - 8 - BinaryPrimitives.ReadInt64LittleEndian(bytes), covered);
                read++;
            }
            catch (StorageException e)
            {
                Assert.StartsWith($"{path}: ", e.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', e.Message);
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, bytes.Length + 16 * Mebibyte);
        }

        Assert.True(read > Count / 20 && refused > Count / 2, $"{read} were read and {refused} refused.");
    }
}
