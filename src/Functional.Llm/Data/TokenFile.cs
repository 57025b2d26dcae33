using System.Buffers.Binary;

namespace Functional.Llm;

/// <summary>Token ids on disk, read where they are needed, so that a corpus may be larger than memory.</summary>
/// <remarks>A <see cref="TokenFileHeader"/>, then the ids, little-endian: 16 bits each where the vocabulary has at most 65,536, else 32.
/// Any number of threads may read at once.</remarks>
public sealed class TokenFile : ITokenSource, IDisposable
{
    const int Block = 1 << 14;

    readonly ReadOnlyFile file;
    readonly TokenFileHeader header;

    TokenFile(ReadOnlyFile file)
    {
        this.file = file;
        header = TokenFileHeader.Read(file);
    }

    /// <summary>How many ids there are.</summary>
    public long Count => header.Count;

    /// <summary>How many ids the vocabulary has; each id is below it.</summary>
    public int Vocabulary => header.Vocabulary;

    /// <summary>Writes ids as they come, whole or not at all, and returns how many they were.</summary>
    /// <exception cref="StorageException">An id is not in the vocabulary, or the file cannot be written.</exception>
    public static long Write(string path, int vocabulary, IEnumerable<int> ids)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 1);
        var count = 0L;
        AtomicFile.Write(path, stream =>
        {
            stream.Position = TokenFileHeader.Size;
            var width = new TokenFileHeader(vocabulary, count).BytesPerId;
            var block = new byte[Block];
            var filled = 0;
            foreach (var id in ids)
            {
                if ((uint)id >= (uint)vocabulary)
                    throw Foreign(path, id, count, vocabulary, "encode the text by the tokenizer of this vocabulary");
                if (width == sizeof(ushort))
                    BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(filled), (ushort)id);
                else
                    BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(filled), id);
                count++;
                filled += width;
                if (filled < Block)
                    continue;
                stream.Write(block);
                filled = 0;
            }
            stream.Write(block, 0, filled);
            stream.Position = 0;
            stream.Write(new TokenFileHeader(vocabulary, count).ToBytes());
        });
        return count;
    }

    /// <summary>Opens a file that <see cref="Write"/> wrote; checks its header and its length before anything else.</summary>
    /// <exception cref="StorageException">There is no such file, or it is no token file, or it was cut or changed.</exception>
    public static TokenFile Open(string path)
    {
        var file = ReadOnlyFile.Open(path, "token file");
        try
        {
            return new(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Fills <paramref name="destination"/> with the ids from place <paramref name="start"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The places are not all in the file.</exception>
    /// <exception cref="StorageException">An id is not in the vocabulary, or the file cannot be read any more.</exception>
    public void Read(long start, Span<int> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Count - destination.Length);
        Span<byte> buffer = stackalloc byte[Block];
        for (var done = 0; done < destination.Length;)
        {
            var part = destination[done..Math.Min(destination.Length, done + Block / header.BytesPerId)];
            var bytes = buffer[..(part.Length * header.BytesPerId)];
            file.Read(TokenFileHeader.Size + (start + done) * header.BytesPerId, bytes);
            for (var i = 0; i < part.Length; i++)
            {
                part[i] = header.BytesPerId == sizeof(ushort)
                    ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[(sizeof(ushort) * i)..])
                    : BinaryPrimitives.ReadInt32LittleEndian(bytes[(sizeof(int) * i)..]);
                if ((uint)part[i] >= (uint)Vocabulary)
                    throw Foreign(file.Path, part[i], start + done + i, Vocabulary, "the file is damaged: write it again");
            }
            done += part.Length;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    static StorageException Foreign(string path, int id, long place, int vocabulary, string mend) =>
        new($"{path}: id {id} at place {place:N0} is not in the vocabulary; expected 0 to {vocabulary - 1}; {mend}");
}
