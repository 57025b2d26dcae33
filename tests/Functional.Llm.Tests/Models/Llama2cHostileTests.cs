using System.Buffers.Binary;
using Xunit;

namespace Functional.Llm.Tests.ModelTests;

/// <summary>Whatever becomes of llama2.c's file, it is read, or refused in one line, and costs no more memory than the file.</summary>
public sealed class Llama2cHostileTests : IDisposable
{
    const int Mebibyte = 1 << 20;

    static readonly byte[][] Files = [.. from version in new[] { 0, 1 } from tied in new[] { true, false } select Llama2cBytes.Of(Llama2cBytes.Drawn(tied), version)];

    /// <summary>Numbers that matter to who counts.</summary>
    static readonly int[] Sizes = [0, 1, -1, 2, 3, 5, 7, 8, -7, 64, 65_536, int.MaxValue, int.MinValue, 1 << 30, 46_341, 0x616b3432];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    string Refusal(byte[] file)
    {
        var path = folder.Write("model.bin", file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Assert.Throws<StorageException>(() => ModelFile.Read(path)).Message;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, file.Length + 16 * Mebibyte);
        Assert.StartsWith($"{path}: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        return message[(path.Length + 2)..];
    }

    static byte[] With(byte[] file, params (int Place, int Size)[] changes)
    {
        var changed = (byte[])file.Clone();
        foreach (var (place, size) in changes)
            BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(place * sizeof(int)), size);
        return changed;
    }

    public static TheoryData<int, int, string> Headers => new()
    {
        { 0, 0, "dim is 0 in the header; expected at least 1; check that this is a model of llama2.c's format" },
        { 0, -8, "dim is -8 in the header" },
        { 0, int.MaxValue, "n_heads is 2 in the header; expected a divisor of dim, 2147483647, that leaves heads of even size" },
        { 0, 1 << 30, "the file has 4,000 bytes; expected 41,505,174,432,134,463,516, as its header says 3 layers of width 1,073,741,824 and 7 tokens; get the file anew" },
        { 0, 16, "the file has 4,000 bytes" },
        { 1, 0, "hidden_dim is 0" },
        { 1, int.MaxValue, "the file has 4,000 bytes; expected 618,475," },
        { 2, 0, "n_layers is 0" },
        { 2, 1025, "n_layers is 1025 in the header; expected at most 1,024" },
        { 3, 0, "n_heads is 0" },
        { 3, 3, "n_heads is 3 in the header; expected a divisor of dim, 8, that leaves heads of even size" },
        { 3, 8, "n_heads is 8 in the header; expected a divisor of dim, 8, that leaves heads of even size" },
        { 4, 0, "n_kv_heads is 0" },
        { 4, 3, "n_kv_heads is 3 in the header; expected a divisor of n_heads, 2" },
        { 5, 0, "vocab_size is 0 in the header; expected at least 1, or its negative where the head is not shared" },
        { 5, int.MinValue, "vocab_size is -2147483648" },
        { 5, -7, "the file has 4,000 bytes; expected 4,540" },
        { 6, 0, "seq_len is 0" },
        { 6, int.MaxValue, "the file has 4,000 bytes; expected 3" },
    };

    [Theory, MemberData(nameof(Headers))]
    public void What_is_wrong_in_a_header_is_told(int place, int size, string expected)
    {
        var file = Files[0];
        Assert.StartsWith(expected.Replace("4,000", $"{file.Length:N0}", StringComparison.Ordinal), Refusal(With(file, (place, size))), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_another_format_or_length_are_told()
    {
        var (first, second) = (Files[0], Files[2]);
        Assert.Equal("the file has 0 bytes; expected llama2.c's header of 28; get the file anew", Refusal([]));
        Assert.StartsWith("the file has 27 bytes; expected llama2.c's header of 28", Refusal(first[..27]), StringComparison.Ordinal);
        Assert.StartsWith("the file has 255 bytes; expected llama2.c's header of 256", Refusal(second[..255]), StringComparison.Ordinal);
        Assert.StartsWith($"the file has {first.Length - 1:N0} bytes; expected {first.Length:N0}", Refusal(first[..^1]), StringComparison.Ordinal);
        Assert.StartsWith($"the file has {first.Length + 4:N0} bytes; expected {first.Length:N0}", Refusal([.. first, 0, 0, 0, 0]), StringComparison.Ordinal);
        Assert.Equal("version 2 of llama2.c's format, whose numbers are quantised to 8 bits, is not read; expected the first, or version 1, in single precision; export the model so", Refusal(With(second, (1, 2))));
        Assert.StartsWith("version 3 of llama2.c's format is not read", Refusal(With(second, (1, 3))), StringComparison.Ordinal);
        Assert.StartsWith("vocab_size is -7 in the header; expected at least 1;", Refusal(With(second, (7, -7))), StringComparison.Ordinal);
        Assert.StartsWith($"{folder["absent.bin"]}: the model cannot be read", Assert.Throws<StorageException>(() => ModelFile.Read(folder["absent.bin"])).Message, StringComparison.Ordinal);
        Assert.Equal($"{folder.Write("model.safetensors", first)}: this is a file; expected a model's folder, or a file of llama2.c's format, which ends with .bin; pass the folder that it lies in",
            Assert.Throws<StorageException>(() => ModelFile.Read(folder["model.safetensors"])).Message);
    }

    [Fact]
    public void Four_thousand_mutations_are_read_or_refused_in_words()
    {
        var random = new Random(7);
        var path = folder["mutant.bin"];
        var (read, refused) = (0, 0);
        for (var i = 0; i < 4000; i++)
        {
            var file = Files[i % Files.Length];
            var mutant = random.Next(4) switch
            {
                0 => file[..random.Next(file.Length)],
                1 => With(file, [.. new int[random.Next(1, 4)].Select(_ => (random.Next(9), Sizes[random.Next(Sizes.Length)]))]),
                2 => With(file, (random.Next(9), random.Next(12)), (random.Next(9), random.Next(12))),
                _ => With(file, (random.Next(file.Length / sizeof(int)), random.Next())),
            };
            File.WriteAllBytes(path, mutant);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var model = ModelFile.Read(path);
                Assert.InRange(model.Count * sizeof(float), 1, mutant.Length);
                read++;
            }
            catch (StorageException e)
            {
                Assert.StartsWith($"{path}: ", e.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', e.Message);
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, mutant.Length + 16 * Mebibyte);
        }

        Assert.True(read > 400 && refused > 2000, $"{read} were read and {refused} refused.");
    }

    /// <summary>Layers of a few numbers each take memory besides: there is a most of them.</summary>
    [Fact]
    public void Many_thin_layers_cost_little_more_than_their_file()
    {
        const int depth = 1024, width = 2;
        var numbers = depth * (2 * width + 4 * width * width + 3 * width) + 2 * width + 2;
        var file = With(new byte[28 + numbers * sizeof(float)], [.. new[] { width, 1, depth, 1, 1, 1, 1 }.Index()]);
        var path = folder.Write("thin.bin", file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(depth * (2 * width + 4 * width * width + 3 * width) + 2 * width, ModelFile.Read(path).Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, file.Length + 16 * Mebibyte);
    }
}
