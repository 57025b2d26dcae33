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
    /// <param name="dtype">F64, F32, F16 or BF16, each number rounded to the nearest; left out, the one that loses nothing: of a tensor in 16 bits, these.</param>
    /// <exception cref="ArgumentException">The kind is another.</exception>
    /// <exception cref="StorageException">A name is there twice, a tensor is a symbolic zero, or the file cannot be written.</exception>
    public static void Write(
        string path,
        IEnumerable<(string Name, Tensor Value)> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        Dtype? dtype = null)
    {
        if (dtype is { FromReal: null })
            throw new ArgumentException($"{dtype} is not written; choose F64, F32, F16 or BF16", nameof(dtype));
        Write(path, tensors.Select(tensor => !tensor.Value.IsZero ? StoredTensor.Of(tensor.Name, tensor.Value, dtype ?? Dtype.LosslessOf(tensor.Value))
            : throw new StorageException($"{path}: tensor {Spelling.Quoted(tensor.Name)} is a symbolic zero; expected a shape; leave it out")), metadata);
    }

    /// <summary>Writes what has the form of tensors, whole or not at all.</summary>
    /// <exception cref="StorageException">A name is there twice, or the file cannot be written.</exception>
    internal static void Write(string path, IEnumerable<StoredTensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        StoredTensor[] all = [.. tensors];
        var header = HeaderOf(path, all, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var tensor in all)
                tensor.Store(stream.Write);
        });
    }

    /// <summary>The header, checked as any other: what is written can be read.</summary>
    static byte[] HeaderOf(string path, StoredTensor[] tensors, IReadOnlyDictionary<string, string>? metadata)
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

            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Dtype.Name);
                WriteNumbers(json, "shape", tensor.Shape.Select(size => (long)size));
                WriteNumbers(json, "data_offsets", [offset, offset += (long)tensor.Shape.Size * tensor.Dtype.Bytes]);
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

/// <summary>A tensor as a file holds it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dtype">The kind of its numbers.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Store">Hands out its bytes, block after block.</param>
sealed record StoredTensor(string Name, Dtype Dtype, Shape Shape, Action<Dtype.Sink> Store)
{
    public static StoredTensor Of(string name, Tensor tensor, Dtype dtype) => new(name, dtype, tensor.Shape, sink => dtype.Store(tensor, sink));
}
