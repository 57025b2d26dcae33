using System.Buffers.Binary;
using System.Text;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Safetensors files made to do harm give one line of error, fast, and cost no more memory than their size and 16 MiB.</summary>
public sealed class SafetensorsHostileTests : IDisposable
{
    const int Mebibyte = 1 << 20;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static byte[] Bytes(long length, string header, int data) =>
        [.. BitConverter.GetBytes(length), .. Encoding.UTF8.GetBytes(header), .. new byte[data]];

    static byte[] Bytes(string header, int data) => Bytes(Encoding.UTF8.GetByteCount(header), header, data);

    string Refusal(byte[] file)
    {
        var path = folder.Write("h.safetensors", file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Assert.Throws<StorageException>(() => SafetensorsFile.Open(path)).Message;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, file.Length + 16 * Mebibyte);
        Assert.StartsWith($"{path}: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.InRange(message.Length, 0, path.Length + 1_000);
        return message[(path.Length + 2)..];
    }

    /// <summary>Headers of files with eight bytes of data, with apostrophes for quotes, and what is said of them.</summary>
    public static TheoryData<string, string> Headers => new()
    {
        { "", "the header does not begin with '{'; expected a safetensors file; get the file anew" },
        { "[]", "the header does not begin with '{'" },
        { " {}", "the header does not begin with '{'" },
        { "\ufeff{}", "the header does not begin with '{'" },
        { "{", "byte 1 of the header: no JSON: the header ends here; expected a JSON object; get the file anew" },
        { "{}{}", "byte 2 of the header: no JSON: '{}' cannot stand here" },
        { "{}\0", "byte 2 of the header: no JSON: '␀' cannot stand here" },
        { "{} x", "byte 3 of the header: no JSON: 'x' cannot stand here" },
        { "{a:1}", "byte 1 of the header: no JSON: 'a:1}' cannot stand here" },
        { "{'ä':\n{\nNaN}}", "byte 9 of the header: no JSON: 'NaN}}' cannot stand here" },
        { "{/* */}", "byte 1 of the header: no JSON: '/* */}' cannot stand here" },
        { "{'a\\", "byte 4 of the header: no JSON: the header ends here" },
        { "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],}}", "byte 53 of the header: no JSON: '}}' cannot stand here" },
        { "{'a':{'dtype':'F32','shape':[02],'data_offsets':[0,8]}}", "byte 30 of the header: no JSON: '2],\"data_offsets…' cannot stand here" },
        {
            "{'a':{'dtype':'F32','shape':[[2]],'data_offsets':[0,8]}}",
            "byte 29 of the header: no JSON: more than 3 arrays and objects in each other"
        },
        { "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8", "byte 51 of the header: no JSON: the header ends here" },
        { "{}", "8 bytes follow the last tensor; expected none; get the file anew" },
        { "{'a':1}", "the entry of tensor 'a' is '1'; expected a JSON object" },
        { "{'a':null}", "the entry of tensor 'a' is 'null'" },
        { "{'a':[]}", "the entry of tensor 'a' is an array" },
        { "{'a':{}}", "tensor 'a' has no dtype; expected dtype, shape and data_offsets" },
        { "{'a':{'dtype':'F32','shape':[2]}}", "tensor 'a' has no data_offsets" },
        { "{'a':{'dtype':'F32','data_offsets':[0,8]}}", "tensor 'a' has no shape" },
        { "{'a':{'dtype':32}}", "the dtype of tensor 'a' is '32'; expected a text" },
        { "{'a':{'dtype':{}}}", "the dtype of tensor 'a' is an object" },
        { "{'a':{'dtype':'F33'}}", "the dtype of tensor 'a' is 'F33'; expected one of F64, F32, F16, BF16, I64, I32, U8" },
        { "{'a':{'dtype':'f32'}}", "the dtype of tensor 'a' is 'f32'" },
        { "{'a':{'dtype':'F4'}}", "the dtype of tensor 'a' is 'F4'" },
        { "{'a':{'dtype':'F32\\u0000'}}", "the dtype of tensor 'a' is 'F32␀'" },
        { "{'a':{'dtype':'F32','dtype':'F32'}}", "tensor 'a' has the key 'dtype'; expected dtype, shape and data_offsets, each once" },
        { "{'a':{'shape':[2],'sh\\u0061pe':[2]}}", "tensor 'a' has the key 'shape'" },
        { "{'a':{'strides':[1]}}", "tensor 'a' has the key 'strides'" },
        { "{'a':{'shape':2}}", "the shape of tensor 'a' is '2'; expected an array of whole numbers" },
        { "{'a':{'shape':['2']}}", "the shape of tensor 'a' has '2'; expected a whole number from 0 to 9223372036854775807" },
        { "{'a':{'shape':[-2]}}", "the shape of tensor 'a' has '-2'" },
        { "{'a':{'shape':[-0]}}", "the shape of tensor 'a' has '-0'" },
        { "{'a':{'shape':[2.0]}}", "the shape of tensor 'a' has '2.0'" },
        { "{'a':{'shape':[2e0]}}", "the shape of tensor 'a' has '2e0'" },
        { "{'a':{'shape':[true]}}", "the shape of tensor 'a' has 'true'" },
        { "{'a':{'shape':[9223372036854775808]}}", "the shape of tensor 'a' has '9223372036854775808'" },
        {
            "{'a':{'shape':[9223372036854775807]}}",
            "tensor 'a' of shape [9223372036854775807] is too large; expected at most 2,147,483,591 elements"
        },
        { "{'a':{'shape':[2147483592]}}", "tensor 'a' of shape [2147483592] is too large" },
        { "{'a':{'shape':[65536,65536,65536,65536]}}", "tensor 'a' of shape [65536, 65536, 65536, 65536] is too large" },
        { "{'a':{'shape':[4294967296,0]}}", "tensor 'a' of shape [4294967296, 0] is too large" },
        {
            $"{{\"a\":{{\"shape\":[{string.Join(',', Enumerable.Repeat(1, 65))}]}}}}",
            "the shape of tensor 'a' has more than 64 numbers; expected fewer"
        },
        { "{'a':{'data_offsets':8}}", "the data_offsets of tensor 'a' is '8'" },
        { "{'a':{'data_offsets':[]}}", "the data_offsets of tensor 'a' are fewer than 2" },
        { "{'a':{'data_offsets':[8]}}", "the data_offsets of tensor 'a' are fewer than 2" },
        { "{'a':{'data_offsets':[0,4,8]}}", "the data_offsets of tensor 'a' has more than 2 numbers" },
        {
            "{'a':{'data_offsets':[8,0]}}",
            "the data_offsets of tensor 'a' are [8, 0]; expected begin ≤ end ≤ 8, as many bytes as follow the header"
        },
        { "{'a':{'data_offsets':[0,9]}}", "the data_offsets of tensor 'a' are [0, 9]" },
        { "{'a':{'data_offsets':[-8,0]}}", "the data_offsets of tensor 'a' has '-8'" },
        { "{'a':{'data_offsets':[0,9223372036854775807]}}", "the data_offsets of tensor 'a' are [0, 9223372036854775807]" },
        { "{'a':{'data_offsets':[0,18446744073709551624]}}", "the data_offsets of tensor 'a' has '18446744073709551624'" },
        {
            "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,8]}}",
            "tensor 'a' of shape [1] and dtype F32 has 8 bytes, by its data_offsets; expected 4"
        },
        {
            "{'a':{'dtype':'F32','shape':[],'data_offsets':[0,0]}}",
            "tensor 'a' of shape [] and dtype F32 has 0 bytes, by its data_offsets; expected 4"
        },
        {
            "{'a':{'dtype':'F32','shape':[2147483591],'data_offsets':[0,8]}}",
            "tensor 'a' of shape [2147483591] and dtype F32 has 8 bytes, by its data_offsets; expected 8,589,934,364"
        },
        { "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}", "4 bytes follow the last tensor" },
        {
            "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}",
            "bytes 0 to 4 of the data, before tensor 'a', belong to no tensor; expected tensors without overlaps and gaps"
        },
        {
            "{'a':{'dtype':'U8','shape':[3],'data_offsets':[0,3]},'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}",
            "bytes 3 to 4 of the data, before tensor 'b', belong to no tensor"
        },
        {
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
            "tensor 'b' begins at byte 0 of the data, inside of another that ends at 8"
        },
        {
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}",
            "tensor 'b' begins at byte 4 of the data, inside of another that ends at 8"
        },
        {
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[0],'data_offsets':[4,4]}}",
            "tensor 'b' begins at byte 4 of the data, inside of another"
        },
        {
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{'dtype':'F32','shape':[0],'data_offsets':[8,8]}}",
            "tensor 'a' is there twice; expected each name once"
        },
        {
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'\\u0061':{'dtype':'F32','shape':[0],'data_offsets':[8,8]}}",
            "tensor 'a' is there twice"
        },
        { "{'\\ud800':{}}", "the text '\\ud800' has half a character; expected UTF-8" },
        { "{'a\\nb':7}", "the entry of tensor 'a␊b' is '7'" },
        { "{'__metadata__':null}", "__metadata__ is 'null'; expected a JSON object" },
        { "{'__metadata__':{'a':1}}", "__metadata__ at key 'a' is '1'; expected a text" },
        { "{'__metadata__':{'a':{}}}", "__metadata__ at key 'a' is an object" },
        { "{'__metadata__':{'a':'','a':''}}", "__metadata__ has the key 'a' twice" },
        { "{'__metadata__':{},'__metadata__':{}}", "__metadata__ is there twice" },
        { "{'__metadata__':{'a':'\\udc00'}}", "the text '\\udc00' has half a character" },
    };

    [Theory, MemberData(nameof(Headers))]
    public void What_is_wrong_with_a_header_is_told(string header, string expected) =>
        Assert.StartsWith(expected, Refusal(Bytes(header.Replace('\'', '"'), 8)), StringComparison.Ordinal);

    [Theory]
    [InlineData(0, "the header does not begin with '{'")]
    [InlineData(1, "byte 1 of the header: no JSON: the header ends here")]
    [InlineData(11, "the header is 11 bytes long, by the first 8 bytes; expected at most 10, as the file has 18 bytes; get the file anew")]
    [InlineData(-1, "the header is 18,446,744,073,709,551,615 bytes long")]
    [InlineData(long.MinValue, "the header is 9,223,372,036,854,775,808 bytes long")]
    [InlineData(long.MaxValue, "the header is 9,223,372,036,854,775,807 bytes long")]
    [InlineData(1L << 32 | 2, "the header is 4,294,967,298 bytes long")]
    [InlineData(100_000_001, "the header is 100,000,001 bytes long")]
    public void A_false_length_of_the_header_is_told(long length, string expected) =>
        Assert.StartsWith(expected, Refusal(Bytes(length, "{}", 8)), StringComparison.Ordinal);

    [Fact]
    public void A_file_without_room_for_a_header_or_with_bytes_that_are_no_text_is_told()
    {
        for (var length = 0; length < 8; length++)
            Assert.Equal($"the file has {length} bytes; expected a safetensors file of 8 or more", Refusal(new byte[length]));
        byte[] cut = [4, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"', 0xC3, (byte)'"'];
        Assert.StartsWith("the JSON has bytes that are not UTF-8", Refusal(cut), StringComparison.Ordinal);
        foreach (var (path, expected) in new[] { (folder["absent"], "cannot be read: "), (folder.Path, "is a folder; expected a file; check the path") })
        {
            var message = Assert.Throws<StorageException>(() => SafetensorsFile.Open(path)).Message;
            Assert.StartsWith($"{path}: the safetensors file {expected}", message, StringComparison.Ordinal);
        }
    }

    /// <summary>A file of a tebibyte, of which only the first bytes are written: the system keeps the others as a hole.</summary>
    [Fact]
    public void A_header_longer_than_the_format_allows_is_refused_before_it_is_read()
    {
        var path = folder.Write("h.safetensors", Bytes(100_000_001, "{}", 0));
        using (var stream = new FileStream(path, FileMode.Open))
            stream.SetLength(1L << 40);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Assert.Throws<StorageException>(() => SafetensorsFile.Open(path)).Message;
        Assert.Contains("expected at most 100,000,000", message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    /// <summary>Long headers of everything that takes memory: some 19 MB each.</summary>
    [Theory]
    [InlineData("{", "\"{0}\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}", 400_000, ",", "}", "its names, shapes and texts")]
    [InlineData("{\"__metadata__\":{", "\"{0}\":\"\"", 1_200_000, ",", "}}", "its names, shapes and texts would take")]
    [InlineData("{\"__metadata__\":{\"a\":\"", "xxxxxxxx", 2_400_000, "", "\"}}", "its names, shapes and texts would take")]
    [InlineData("{\"", "xxxxxxxx", 2_400_000, "", "\":{}}", "its names, shapes and texts would take")]
    [InlineData("{\"a\":{\"", "xxxxxxxx", 2_400_000, "", "\":1}}", "its names, shapes and texts would take")]
    [InlineData("{\"a\":{\"shape\":[", "0,", 9_000_000, "", "0]}}", "the shape of tensor 'a' has more than 64 numbers")]
    [InlineData("{\"a\":{\"shape\":[", "11111111", 2_400_000, "", "]}}", "the shape of tensor 'a' has '1111")]
    [InlineData("{\"a\":{\"dtype\":\"", "\\u0041", 3_200_000, "", "\"}}", "its names, shapes and texts would take")]
    [InlineData("{\"a\":{\"shape\":[", "[", 19_000_000, "", "", "byte 15 of the header: no JSON: more than 3")]
    [InlineData("{\"a\":", " ", 19_000_000, "", "", "byte 19,000,005 of the header: no JSON: the header ends here")]
    public void A_long_header_costs_little_more_than_its_length(
        string begin, string repeated, int count, string between, string end, string expected)
    {
        var header = new StringBuilder(begin);
        for (var i = 0; i < count; i++)
            header.Append(i == 0 ? "" : between).Append(repeated.Replace("{0}", $"{i}", StringComparison.Ordinal));
        Assert.StartsWith(expected, Refusal(Bytes(header.Append(end).ToString(), 8)), StringComparison.Ordinal);
    }

    static byte[] Many(int count, int axes)
    {
        var shape = string.Join(',', Enumerable.Repeat(1, axes));
        var entries = Enumerable.Range(0, count)
            .Select(i => $"\"{i}\":{{\"dtype\":\"U8\",\"shape\":[{shape}],\"data_offsets\":[{i},{i + 1}]}}");
        return Bytes($"{{{string.Join(',', entries)}}}", count);
    }

    [Theory, InlineData(43_000, 2), InlineData(23_000, 64)]
    public void As_many_tensors_as_are_allowed_cost_no_more_than_the_file_and_16_MiB(int count, int axes)
    {
        Assert.StartsWith("its names, shapes and texts would take", Refusal(Many(2 * count, axes)), StringComparison.Ordinal);
        var file = folder.Write("many.safetensors", Many(count, axes));
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var many = SafetensorsFile.Open(file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, new FileInfo(file).Length + 16 * Mebibyte);
        Assert.Equal(count, many.Entries.Count());
    }

    [Fact]
    public void A_kind_that_is_not_read_is_told_by_name_and_the_others_are_read()
    {
        const string header =
            """{"mask":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""";
        using var file = SafetensorsFile.Open(folder.Write("h.safetensors", Bytes(header, 8)));
        Assert.Equal([0], file.Read("x").ToArray());
        Assert.Equal(
            $"{file.Path}: tensor 'mask' is of BOOL, which is not read; expected F64, F32, F16, BF16, I64, I32, U8; convert the file",
            Assert.Throws<StorageException>(() => file.Read("mask")).Message);
    }
}
