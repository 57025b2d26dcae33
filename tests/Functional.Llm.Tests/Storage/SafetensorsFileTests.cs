using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Tensors come back from a file as they were written, and other tools' files are read to the letter.</summary>
public sealed class SafetensorsFileTests : IDisposable
{
    static readonly Real[] Extremes =
    [
        0, -(Real)0, 1, (Real)(-1.5), (Real)0.1, Real.Epsilon, Real.MaxValue, Real.MinValue,
        Real.PositiveInfinity, Real.NegativeInfinity, Real.NaN,
    ];

    readonly TemporaryFolder folder = new();

    string Path => folder["model.safetensors"];

    public void Dispose() => folder.Dispose();

    static Tensor Numbers(Shape shape, int seed) => new Key((ulong)seed).Normal(shape);

    /// <summary>A file of the given header and data.</summary>
    string Written(string header, params byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return folder.Write("other.safetensors", [.. length, .. json, .. data]);
    }

    static byte[] Little<S>(params S[] numbers) where S : unmanaged => MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();

    static void SameBits(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.True(expected.SameBits(actual), $"{expected}\n{actual}");
    }

    [Fact]
    public void Tensors_of_any_shape_come_back_bit_for_bit()
    {
        (string, Tensor)[] tensors =
        [
            ("matrix", Numbers((3, 5), 1)), ("scalar", Tensor.Scalar(2.5)), ("empty", Tensor.Zeros((4, 0, 2))), ("", Tensor.Ones(2)),
            ("extremes", Tensor.Create(Extremes)), ("also empty", Tensor.Zeros(0)), ("π, \"quoted\"\n", Numbers((1, 1, 2, 1), 3)),
            ("long", Numbers(20_001, 2)),
        ];
        SafetensorsFile.Write(Path, tensors, new Dictionary<string, string> { ["format"] = "pt", ["ключ"] = "a\tb" });
        using var file = SafetensorsFile.Open(Path);
        Assert.Equal(tensors.Select(tensor => tensor.Item1).ToHashSet(), file.Entries.Select(entry => entry.Name).ToHashSet());
        Assert.All(tensors, tensor => SameBits(tensor.Item2, file.Read(tensor.Item1)));
        Assert.Equal([new("format", "pt"), new("ключ", "a\tb")], file.Metadata);
        Assert.True(file.Contains("matrix") && !file.Contains("Matrix"));
    }

    [Fact]
    public void A_view_is_written_as_what_it_shows()
    {
        var x = Numbers((4, 6), 4);
        SafetensorsFile.Write(Path, [("transposed", x.T), ("row", x[2]), ("repeated", Tensor.Full((2, 3), 7))]);
        using var file = SafetensorsFile.Open(Path);
        SameBits(x.T, file.Read("transposed"));
        SameBits(x[2], file.Read("row"));
        SameBits(Tensor.Full((2, 3), 7), file.Read("repeated"));
    }

    [Fact]
    public void The_file_is_laid_out_as_the_format_says()
    {
        var metadata = new Dictionary<string, string> { ["format"] = "pt" };
        SafetensorsFile.Write(Path, [("b", [1, -2]), ("a", Tensor.Scalar(0.5))], metadata, Dtype.F32);
        const string header =
            """{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"""
            + ""","a":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}""";
        var padded = Encoding.UTF8.GetBytes(header.PadRight((header.Length + 7) / 8 * 8));
        Assert.Equal([.. Little((long)padded.Length), .. padded, .. Little(1.0f, -2.0f, 0.5f)], File.ReadAllBytes(Path));
    }

    [Fact]
    public void The_data_begins_at_a_multiple_of_eight()
    {
        for (var length = 1; length < 20; length++)
        {
            SafetensorsFile.Write(Path, [(new string('x', length), Tensor.Ones(1))]);
            Assert.Equal(0, (new FileInfo(Path).Length - sizeof(Real)) % 8);
        }
    }

    [Theory, InlineData("F64", 0.1), InlineData("F32", 0.1f), InlineData("F16", 0.0999755859375), InlineData("BF16", 0.10009765625)]
    public void Numbers_are_rounded_to_the_kind_asked_for(string kind, double expected)
    {
        SafetensorsFile.Write(Path, [("x", [(Real)0.1, Real.PositiveInfinity])], dtype: Dtype.Find(kind));
        using var file = SafetensorsFile.Open(Path);
        Assert.Equal((kind, 2 * file["x"].Dtype.Bytes), (file["x"].Dtype.Name, file["x"].End));
        Assert.Equal([(Real)(Real)expected, Real.PositiveInfinity], file.Read("x").ToArray());
    }

    [Fact]
    public void Every_kind_is_read_in_any_order_and_place()
    {
        var path = Written("""
            { "long": {"shape": [2], "data_offsets": [9, 25], "dtype": "I64"}, "byte": {"dtype":"U8","shape":[1],"data_offsets":[8,9]},
              "double": {"dtype":"F64","shape":[1,1],"data_offsets":[0,8]},
              "int": {"dtype": "I32", "shape": [2, 1], "data_offsets": [25, 33] },
              "half": {"dtype":"F16","shape":[2],"data_offsets":[33,37]},
              "\u0062rain": {"\u0064type":"BF16","shape":[1],"data_offsets":[37,39]} }

            """,
            [.. Little(1.0 / 3), 200, .. Little(-5L, 1L << 40), .. Little(int.MaxValue, -7), .. Little((Half)0.5, Half.NaN), 0xA0, 0xC0]);
        using var file = SafetensorsFile.Open(path);
        SameBits(Tensor.Of((1, 1), (Real)(1.0 / 3)), file.Read("double"));
        SameBits([200], file.Read("byte"));
        SameBits([-5, (Real)(1L << 40)], file.Read("long"));
        SameBits(Tensor.Of((2, 1), int.MaxValue, -7), file.Read("int"));
        Assert.Equal([(Real)0.5, Real.NaN], file.Read("half").ToArray());
        SameBits([-5], file.Read("brain"));
        Assert.Equal([200], file.ReadIntegers("byte").Ids.ToArray());
        Assert.Equal(Tokens.Of((2, 1), int.MaxValue, -7), file.ReadIntegers("int"));
        Assert.Equal(
            $"{path}: tensor 'long' has 1099511627776; expected -2147483648 to 2147483647; store smaller numbers",
            Assert.Throws<StorageException>(() => file.ReadIntegers("long")).Message);
        Assert.Equal(
            $"{path}: tensor 'half' is of F16, which is not read; expected I64, I32, U8; convert the file",
            Assert.Throws<StorageException>(() => file.ReadIntegers("half")).Message);
    }

    [Theory, InlineData("I64"), InlineData("I32"), InlineData("U8")]
    public void Whole_numbers_are_read_however_many_there_are(string kind)
    {
        int[] numbers = [.. Enumerable.Range(0, 10_000).Select(i => kind == "U8" ? i % 256 : (i - 5_000) * 400_000)];
        byte[] data = kind switch
        {
            "U8" => [.. numbers.Select(i => (byte)i)],
            "I32" => Little(numbers),
            _ => Little(numbers.Select(i => (long)i).ToArray()),
        };
        var header = $$"""{"ids":{"dtype":"{{kind}}","shape":[100,100],"data_offsets":[0,{{data.Length}}]} }""";
        using var file = SafetensorsFile.Open(Written(header, data));
        Assert.Equal(Tokens.Of((100, 100), numbers), file.ReadIntegers("ids"));
    }

    [Fact]
    public void A_file_without_tensors_is_a_file()
    {
        SafetensorsFile.Write(Path, []);
        using var file = SafetensorsFile.Open(Path);
        Assert.Empty(file.Entries);
        using var shortest = SafetensorsFile.Open(Written("{}"));
        Assert.Empty(shortest.Entries);
    }

    [Fact]
    public void A_tensor_that_is_not_there_is_told_with_the_one_that_was_meant()
    {
        SafetensorsFile.Write(Path, [("h.0.attn.weight", Tensor.Ones(1)), ("wte.weight", Tensor.Ones(1))]);
        using var file = SafetensorsFile.Open(Path);
        Assert.Equal(
            $"{Path}: there is no tensor 'wte.wieght'; did you mean 'wte.weight'? there are 2 others",
            Assert.Throws<StorageException>(() => file.Read("wte.wieght")).Message);
        Assert.Equal(
            $"{Path}: there is no tensor 'lm'; there are 2 others", Assert.Throws<StorageException>(() => file["lm"]).Message);
    }

    [Fact]
    public void What_cannot_be_written_is_told_and_leaves_the_old_file()
    {
        SafetensorsFile.Write(Path, [("a", Tensor.Ones(1))]);
        var old = File.ReadAllBytes(Path);
        Assert.Equal(
            $"{Path}: tensor 'b' is a symbolic zero; expected a shape; leave it out",
            Assert.Throws<StorageException>(() => SafetensorsFile.Write(Path, [("a", Tensor.Ones(1)), ("b", default)])).Message);
        Assert.Equal(
            $"{Path}: tensor 'a' is there twice; expected each name once; get the file anew",
            Assert.Throws<StorageException>(() => SafetensorsFile.Write(Path, [("a", Tensor.Ones(1)), ("a", Tensor.Ones(2))])).Message);
        Assert.Throws<StorageException>(() => SafetensorsFile.Write(Path, [("__metadata__", Tensor.Ones(1))]));
        Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(Path, [("a", Tensor.Ones(1))], dtype: Dtype.I32));
        Assert.Equal(old, File.ReadAllBytes(Path));
        Assert.Equal([Path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_file_that_is_cut_while_it_is_open_is_told()
    {
        SafetensorsFile.Write(Path, [("a", Tensor.Ones(50_000))]);
        using var file = SafetensorsFile.Open(Path);
        using (var stream = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            stream.SetLength(1_000);
        var message = Assert.Throws<StorageException>(() => file.Read("a")).Message;
        Assert.StartsWith($"{Path}: the file ends at byte 1,000, though", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_takes_no_more_memory_than_the_tensor()
    {
        const int count = 4_000_000;
        SafetensorsFile.Write(Path, [("a", Numbers(count, 5)), ("b", Numbers(count, 6))]);
        using var file = SafetensorsFile.Open(Path);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = file.Read("b");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, count * sizeof(Real) + (64 << 10));
        SameBits(Numbers(count, 6), read);
        before = GC.GetAllocatedBytesForCurrentThread();
        SafetensorsFile.Write(Path, [("c", read)]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }
}
