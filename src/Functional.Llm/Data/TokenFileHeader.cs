using System.Buffers.Binary;

namespace Functional.Llm;

/// <summary>The first 32 bytes of a token file, little-endian: <c>TOKENIDS</c>, a version, the bytes of an id, the vocabulary, the count.</summary>
/// <param name="Vocabulary">How many ids there are to choose from: at byte 16, 64 bits.</param>
/// <param name="Count">How many ids the file holds: at byte 24, 64 bits.</param>
readonly record struct TokenFileHeader(int Vocabulary, long Count)
{
    /// <summary>The length of a header in bytes.</summary>
    public const int Size = 32;

    const int Version = 1;

    static ReadOnlySpan<byte> Magic => "TOKENIDS"u8;

    /// <summary>Two where every id fits into 16 bits, else four; at byte 12, 32 bits.</summary>
    public int BytesPerId => Vocabulary <= ushort.MaxValue + 1 ? sizeof(ushort) : sizeof(int);

    /// <summary>The header as it stands in the file.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), BytesPerId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Vocabulary);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Count);
        return bytes;
    }

    /// <summary>The header of an open file, if the file has the very length that it promises.</summary>
    /// <exception cref="StorageException">What the file has instead.</exception>
    public static TokenFileHeader Read(ReadOnlyFile file)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var (path, length) = (file.Path, file.Length);
        file.Read(0, bytes[..(int)Math.Min(length, Size)]);
        if (length < Size || !bytes.StartsWith(Magic))
            throw Fault(path, "it does not begin as one", "a file that the library's TokenFile wrote");
        var (version, width) = (BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]));
        var (vocabulary, count) = (BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]));
        if (version != Version)
            throw Fault(path, $"its version is {version}", $"{Version}");
        if (vocabulary is < 1 or > int.MaxValue)
            throw Fault(path, $"its vocabulary has {vocabulary} ids", $"1 to {int.MaxValue}");
        var header = new TokenFileHeader((int)vocabulary, count);
        if (width != header.BytesPerId)
            throw Fault(path, $"its ids have {width} bytes", $"{header.BytesPerId} for a vocabulary of {vocabulary}");
        var (ids, rest) = Math.DivRem(length - Size, width);
        return count == ids && rest == 0 ? header
            : throw Fault(path, $"its header promises {count} ids and {length - Size} bytes follow it", $"{width} bytes for each id");
    }

    static StorageException Fault(string path, string found, string expected) =>
        new($"{path}: this is no whole token file: {found}; expected {expected}; write it again with scripts/tokenize.csx");
}
