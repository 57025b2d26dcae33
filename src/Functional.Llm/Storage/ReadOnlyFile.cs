using Microsoft.Win32.SafeHandles;

namespace Functional.Llm;

/// <summary>A file that is read at any place, by any number of threads at once.</summary>
sealed class ReadOnlyFile : IDisposable
{
    readonly SafeFileHandle handle;

    ReadOnlyFile(string path)
    {
        Path = path;
        handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        try
        {
            Length = RandomAccess.GetLength(handle);
            if (Length == 0 && HasByte(handle, 0))
                throw new NotSupportedException("It has bytes, and no length.");
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The path as the user gave it.</summary>
    public string Path { get; }

    /// <summary>How many bytes there were when it was opened.</summary>
    public long Length { get; }

    /// <summary>Opens the file; <paramref name="kind"/> says in a message what it was meant to be.</summary>
    /// <exception cref="StorageException">There is no such file, it is a folder, or it may not be read.</exception>
    public static ReadOnlyFile Open(string path, string kind)
    {
        if (Directory.Exists(path))
            throw new StorageException($"{path}: the {kind} is a folder; expected a file; check the path");
        if (IsPipe(path))
            throw Pipe();
        try
        {
            return new(path);
        }
        catch (NotSupportedException e)
        {
            throw Pipe(e);
        }
        catch (FileNotFoundException e) when (new FileInfo(path).LinkTarget is { } target)
        {
            throw new StorageException($"{path}: the {kind} is a link to {Spelling.Quoted(target)}, where nothing is; put the file there, or get both anew", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path}: the {kind} cannot be read: {e.Message} "
                + $"Check the path, seen from {Environment.CurrentDirectory}.", e);
        }

        StorageException Pipe(Exception? cause = null) =>
            new($"{path}: the {kind} is a pipe, or a device, of which only the next bytes can be read; expected a file; write it to one first", cause);
    }

    /// <summary>The bytes of a small file; <paramref name="kind"/> says in a message what it was meant to be.</summary>
    /// <exception cref="StorageException">It cannot be opened or read, or is longer than <paramref name="most"/> bytes, which is told before memory is taken.</exception>
    public static byte[] Whole(string path, string kind, int most, string mend)
    {
        using var file = Open(path, kind);
        if (file.Length > most)
            throw new StorageException($"{path}: the {kind} has {file.Length:N0} bytes; expected at most {most:N0}; {mend}");
        var bytes = GC.AllocateUninitializedArray<byte>((int)file.Length);
        file.Read(0, bytes);
        return bytes;
    }

    /// <summary>Whether there is a byte at a place: where a length says that there is none, the file is a device.</summary>
    public static bool HasByte(SafeFileHandle handle, long offset)
    {
        Span<byte> next = stackalloc byte[1];
        return RandomAccess.Read(handle, next, offset) > 0;
    }

    /// <summary>Whether a path leads to what has no places. To read a pipe that nobody writes to would wait; to write to it, too, does not.</summary>
    static bool IsPipe(string path)
    {
        try
        {
            if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS() || !File.Exists(path) || (File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new(path)).Length > 0)
                return false;
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return RandomAccess.GetLength(handle) < 0;
        }
        catch (NotSupportedException)
        {
            return true;   // it has no length
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Fills <paramref name="bytes"/> with what stands from <paramref name="offset"/> on.</summary>
    /// <exception cref="StorageException">The file ends before, or cannot be read any more.</exception>
    public void Read(long offset, Span<byte> bytes)
    {
        try
        {
            for (int read; bytes.Length > 0; offset += read, bytes = bytes[read..])
            {
                read = RandomAccess.Read(handle, bytes, offset);
                if (read == 0)
                {
                    throw new StorageException($"{Path}: the file ends at byte {offset:N0}, though it was longer when it was opened; "
                        + "read it again when nothing writes to it");
                }
            }
        }
        catch (IOException e)
        {
            throw new StorageException($"{Path}: the file cannot be read any more: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();
}
