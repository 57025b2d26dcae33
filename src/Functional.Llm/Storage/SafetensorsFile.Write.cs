using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Functional.Llm;

/// <content>Writing.</content>
public sealed partial class SafetensorsFile
{
    /// <summary>The data begins at a multiple of this.</summary>
    const int Alignment = 8;

    /// <summary>Writes tensors one after the other, whole or not at all.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="tensors">The tensors by their names, in the order in which they are to lie in the file.</param>
    /// <param name="metadata">Texts that go with them; Hugging Face's tools want <c>format: pt</c>.</param>
    /// <param name="dtype">F64, F32, F16 or BF16, each number rounded to the nearest; left out, the one that loses nothing.</param>
    /// <exception cref="ArgumentException">The kind is another.</exception>
    /// <exception cref="StorageException">A name is there twice, a tensor is a symbolic zero, or the file cannot be written.</exception>
    public static void Write(
        string path,
        IEnumerable<(string Name, Tensor Value)> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        Dtype? dtype = null)
    {
        dtype ??= Dtype.Lossless;
        if (dtype.FromReal is null)
            throw new ArgumentException($"{dtype} is not written; choose F64, F32, F16 or BF16", nameof(dtype));
        (string Name, Tensor Value)[] all = [.. tensors];
        if (all.FirstOrDefault(tensor => tensor.Value.IsZero).Name is { } absent)
            throw new StorageException($"{path}: tensor {Spelling.Quoted(absent)} is a symbolic zero; expected a shape; leave it out");
        var header = HeaderOf(path, all, metadata, dtype);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var (_, tensor) in all)
                dtype.Store(tensor, stream.Write);
        });
    }

    /// <summary>The header, checked as any other: what is written can be read.</summary>
    static byte[] HeaderOf(string path, (string Name, Tensor Value)[] tensors, IReadOnlyDictionary<string, string>? metadata, Dtype dtype)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var offset = 0L;
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach (var (key, text) in metadata)
                    json.WriteString(key, text);
                json.WriteEndObject();
            }

            foreach (var (name, tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", dtype.Name);
                WriteNumbers(json, "shape", tensor.Shape.Select(size => (long)size));
                WriteNumbers(json, "data_offsets", [offset, offset += (long)tensor.Size * dtype.Bytes]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        var padding = (Alignment - buffer.WrittenCount % Alignment) % Alignment;
        buffer.Write("        "u8[..padding]);
        var header = buffer.WrittenSpan.ToArray();
        SafetensorsHeader.Parse(path, header, offset);
        return header;
    }

    static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
