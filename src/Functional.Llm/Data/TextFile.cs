using System.Text;
using System.Text.Unicode;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Llm;

/// <summary>A text file, whole.</summary>
public static class TextFile
{
    const int Block = 1 << 16;

    /// <summary>What a text takes in memory for a byte of its file: the bytes, their buffer's growth, and two bytes a character.</summary>
    const int MemoryPerByte = 6;

    static long Largest => Math.Min(1 << 29, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / MemoryPerByte);

    /// <summary>The text of a file in UTF-8, without the byte order mark that it may begin with.</summary>
    /// <returns>The text, or an error at its place: no such file, a folder, not readable, too large, or not UTF-8.</returns>
    public static Either<Error, string> Read(string path) => SourceFile.Open(path, "a text file", stream => Read(path, stream, Largest));

    /// <summary>The same text, read as it is taken, of a file of any size; it is looked through once before, so that it is known to be UTF-8.</summary>
    /// <remarks>What can be read only once, as a pipe, is read whole.</remarks>
    /// <returns>The reader, or an error at its place: no such file, a folder, not readable, or not UTF-8.</returns>
    public static Either<Error, TextReader> Open(string path) => SourceFile.Open(path, "a text file", stream => stream.CanSeek
        ? FirstFault(path, stream).Map(_ => (TextReader)new StreamReader(path, Encoding.UTF8))
        : Read(path, stream, Largest).Map(text => (TextReader)new StringReader(text)));

    /// <summary>Nothing, or an error at the first bytes that are no UTF-8.</summary>
    static Either<Error, Unit> FirstFault(string path, Stream stream)
    {
        var (block, kept, start) = (new byte[Block], 0, 0L);
        for (int read; (read = stream.Read(block, kept, Block - kept)) > 0 || kept > 0;)
        {
            var filled = kept + read;
            var valid = SourceFile.ValidLength(block.AsSpan(0, filled));
            if (filled - valid >= 4 || (read == 0 && valid < filled))
            {
                return Error.New($"{path}: bytes that are not UTF-8 at byte {start + valid:N0}; expected a text in UTF-8; save it as UTF-8");
            }

            block.AsSpan(valid, filled - valid).CopyTo(block);
            (kept, start) = (filled - valid, start + valid);
        }

        return Unit.Default;
    }

    /// <summary>Reads a stream as <see cref="Read(string)"/> reads a file, at most <paramref name="largest"/> bytes of it.</summary>
    internal static Either<Error, string> Read(string path, Stream stream, long largest)
    {
        using var memory = new MemoryStream(stream.CanSeek ? (int)Math.Min(stream.Length, largest) : 0);
        var block = new byte[Block];
        while (stream.Read(block, 0, Block) is > 0 and var read)
        {
            if (memory.Length + read > largest)
                return new SourceFile(path, default).At(0, $"the file is larger than {largest:N0} bytes", "a text that fits into memory", "take a part of it");
            memory.Write(block, 0, read);
        }
        var source = new SourceFile(path, memory.GetBuffer().AsMemory(0, (int)memory.Length));
        return Utf8.IsValid(source.Bytes.Span)
            ? Encoding.UTF8.GetString(source.Bytes.Span[source.Start..])
            : source.At(SourceFile.ValidLength(source.Bytes.Span), "bytes that are not UTF-8", "a text in UTF-8", "save it as UTF-8");
    }
}
