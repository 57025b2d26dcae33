using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Functional.Llm;

/// <summary>Files that are either wholly written or not written at all.</summary>
/// <remarks>
/// The content goes to a temporary file in the same folder, is flushed to the disk and then renamed over the target. A reader sees the
/// old file or the new one, never a part of it, whenever the process ends. Where it is ended by a signal, as by Ctrl-C, the temporary file goes too;
/// where it is killed, with the next write to the same place.
/// </remarks>
public static class AtomicFile
{
    const string Ending = ".tmp";

    static readonly DateTime Began = BeganUtc();

    static readonly PosixSignal[] Endings = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];

    /// <summary>Replaces the file at <paramref name="path"/> by what <paramref name="write"/> puts into the stream; makes the folder.</summary>
    /// <remarks>When anything fails, the old file stays as it was and no temporary file is left.</remarks>
    /// <exception cref="StorageException">The file cannot be written: its folder is read-only, the disk is full, the path is a folder.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var target = Path.GetFullPath(path);
        try
        {
            var folder = Directory.CreateDirectory(Path.GetDirectoryName(target) ?? target).FullName;
            var mark = Mark(target);
            RemoveLeftovers(folder, mark);
            Replace(target, Path.Combine(folder, $"{mark}{Path.GetRandomFileName()}{Ending}"), write);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"{path}: the file could not be written: {cause.Message} Choose a file in a folder that you may write to, on a disk with room.", cause);
        }
    }

    /// <summary>Makes a folder, and tries whether files can be written there: before long work, not after it.</summary>
    /// <exception cref="StorageException">They cannot.</exception>
    public static void MakeFolder(string path)
    {
        try
        {
            var folder = Directory.CreateDirectory(path).FullName;
            using var tried = new FileStream(Path.Combine(folder, $".{Path.GetRandomFileName()}.tmp"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path}: no file can be written there: {cause.Message} Choose a folder that you may write to, on a disk with room.", cause);
        }
    }

    /// <summary>Replaces the file at <paramref name="path"/> by <paramref name="text"/> in UTF-8, without a byte order mark.</summary>
    /// <exception cref="StorageException">The file cannot be written.</exception>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>How the names of temporary files begin that are to become this one, and no other's.</summary>
    static string Mark(string target) => $".{System.Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(target))))[..16]}-";

    /// <summary>Removes what writers to the same place left that were killed: older than this process, and held by no other.</summary>
    static void RemoveLeftovers(string folder, string mark)
    {
        foreach (var left in Directory.EnumerateFiles(folder, $"{mark}*{Ending}", new EnumerationOptions { AttributesToSkip = FileAttributes.None }))
        {
            try
            {
                if (File.GetLastWriteTimeUtc(left) < Began && !IsHeld(left))
                    File.Delete(left);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It stays: what is to be written does not depend on it.
            }
        }
    }

    static DateTime BeganUtc()
    {
        using var process = Process.GetCurrentProcess();
        return process.StartTime.ToUniversalTime();
    }

    /// <summary>Whether a process has it open as a writer does, whose lock ends with the process.</summary>
    static bool IsHeld(string path)
    {
        try
        {
            using var alone = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    static void Replace(string target, string temporary, Action<Stream> write)
    {
        PosixSignalRegistration[] registered = [.. Endings.Select(ending => PosixSignalRegistration.Create(ending, _ => File.Delete(temporary)))];
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        finally
        {
            foreach (var registration in registered)
                registration.Dispose();
        }
    }
}
