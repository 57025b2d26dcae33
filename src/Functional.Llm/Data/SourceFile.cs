using System.Text;
using System.Text.Unicode;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Llm;

/// <summary>The UTF-8 bytes of a text file, and the words for what is wrong at a place in it.</summary>
internal sealed class SourceFile(string path, ReadOnlyMemory<byte> bytes)
{
    /// <summary>A file of which this much holds no line break is no table, and is refused without reading on.</summary>
    public const int LongestLine = 1 << 20;

    /// <summary>What a table takes in memory for a byte of its file, at the worst, which is a file of empty cells.</summary>
    const int MemoryPerByte = 16;

    static long LargestFile => Math.Min(1 << 30, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / MemoryPerByte);

    static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The whole file.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>The path as the user gave it.</summary>
    public string Path => path;

    /// <summary>Where the text begins: behind the byte order mark, where the file has one.</summary>
    public int Start => Bytes.Span.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;

    /// <summary>The error at the byte <paramref name="offset"/>, on one line: <c>file:line:column: found; expected …; mend</c>.</summary>
    /// <remarks>Line and column count from 1; a column is a character.</remarks>
    public Error At(int offset, string found, string expected, string mend)
    {
        var before = Bytes.Span[Math.Min(Start, offset)..offset];
        var breaks = before.Count((byte)'\n') + before.Count((byte)'\r') - before.Count("\r\n"u8);
        var line = before[(before.LastIndexOfAny("\r\n"u8) + 1)..];
        var column = Encoding.UTF8.GetCharCount(line) + 1;
        return Error.New(Spelling.OneLine($"{Path}:{breaks + 1}:{column}: {found}; expected {expected}; {mend}"));
    }

    /// <summary>Reads a text file whole, and stops at the first block that cannot belong to a table.</summary>
    /// <returns>The file, or an error: no such file, a folder, not readable, too large, binary, or an endless line.</returns>
    public static Either<Error, SourceFile> Read(string path) => Open(path, "a file that holds a table", stream => Read(path, stream, LargestFile));

    /// <summary>Reads from a file, or says that there is no such file, that it is a folder, or that it cannot be read.</summary>
    public static Either<Error, R> Open<R>(string path, string expected, Func<Stream, Either<Error, R>> read)
    {
        var nothing = new SourceFile(path.Length > 0 ? path : "''", default);
        if (Directory.Exists(path))
            return nothing.At(0, "this is a folder", expected, "give the path of a file in it");
        if (!File.Exists(path))
            return nothing.At(0, "no such file", expected, $"check the path, seen from {Environment.CurrentDirectory}");
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            return IsEndless(stream) ? nothing.At(0, "this is a device, whose bytes have no end", expected, "write as many as are wanted to a file first") : read(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return nothing.At(0, $"the file cannot be read ({e.Message.TrimEnd('.')})", "a readable file", "check its permissions");
        }
    }

    /// <summary>Whether a file without a length has bytes farther on than memory reaches; the system's own tables, which are made as they are read, have not.</summary>
    static bool IsEndless(FileStream stream) => stream.CanSeek && stream.Length == 0 && ReadOnlyFile.HasByte(stream.SafeFileHandle, 1L << 40);

    /// <summary>Reads a stream as <see cref="Read(string)"/> reads a file, at most <paramref name="largest"/> bytes of it.</summary>
    internal static Either<Error, SourceFile> Read(string path, Stream stream, long largest)
    {
        var size = stream.CanSeek ? stream.Length : 0;
        if (size > largest)
            return TooLarge(path, largest);
        var (buffer, filled, inspected) = (new byte[size + 1], 0, 0);
        while (stream.Read(buffer, filled, Math.Min(LongestLine, buffer.Length - filled)) is > 0 and var read)
        {
            filled += read;
            if (filled > largest)
                return TooLarge(path, largest);
            var file = new SourceFile(path, buffer.AsMemory(0, filled));
            var lines = inspected + file.Bytes.Span[inspected..].LastIndexOfAny("\r\n"u8) + 1;
            if (file.Fault(inspected, lines) is { } fault)
                return fault;
            inspected = lines;
            if (filled == buffer.Length)
                System.Array.Resize(ref buffer, (int)Math.Min(Math.Max(2L * filled, LongestLine), largest + 1));
        }
        var whole = new SourceFile(path, buffer.AsMemory(0, filled));
        return whole.Fault(inspected, filled) is { } last ? last : whole;
    }

    /// <summary>What makes the whole lines in [from, to), or the unfinished line after them, no text.</summary>
    Error? Fault(int from, int to)
    {
        const string text = "a table as UTF-8 text";
        const string mend = "export it as CSV in UTF-8";
        var span = Bytes.Span;
        if (span[from..].IndexOf((byte)0) is >= 0 and var zero)
            return At(from + zero, "a zero byte, so the file is binary", text, mend);
        if (!Utf8.IsValid(span[from..to]))
            return At(from + ValidLength(span[from..to]), "bytes that are not UTF-8", text, mend);
        return span.Length - to > LongestLine
            ? At(to, $"a line of more than {LongestLine:N0} bytes", text, "check that the file is a table")
            : default(Error?);
    }

    /// <summary>How many bytes are UTF-8 before the first that are not.</summary>
    public static int ValidLength(ReadOnlySpan<byte> utf8)
    {
        var length = 0;
        while (Rune.DecodeFromUtf8(utf8[length..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
            length += consumed;
        return length;
    }

    static Error TooLarge(string path, long largest) => new SourceFile(path, default).At(
        0, $"the file is larger than {largest:N0} bytes", "a table that fits into memory", "take a part of its rows");
}
