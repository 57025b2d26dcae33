using System.Buffers.Binary;

namespace Functional.Llm.ScriptHost;

/// <summary>Compiled scripts in the user's cache folder, one file each: the assembly, then the fingerprint of its bytes.</summary>
/// <remarks>It may fail without harm: an entry that cannot be read is compiled again, one that cannot be written is not kept.</remarks>
static class Cache
{
    /// <summary>So many entries are kept, the latest used.</summary>
    const int Capacity = 256;

    static readonly string Folder = Path.Combine(Root(), "functional-llm-script");

    /// <summary>The assembly kept under a key; null when there is none, or when it was damaged.</summary>
    public static byte[]? Read(string key)
    {
        try
        {
            var bytes = File.ReadAllBytes(Entry(key));
            var image = bytes.AsSpan(0, Math.Max(0, bytes.Length - sizeof(ulong)));
            if (!BinaryPrimitives.TryReadUInt64LittleEndian(bytes.AsSpan(image.Length), out var expected)
                || new Fingerprint().Add(image).Value != expected)
                return null;
            File.SetLastWriteTimeUtc(Entry(key), DateTime.UtcNow);
            return image.ToArray();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps an assembly: written aside and moved into place, so that two processes may do it at once.</summary>
    public static void Write(string key, byte[] image)
    {
        try
        {
            Directory.CreateDirectory(Folder);
            var temporary = Path.Combine(Folder, Path.GetRandomFileName());
            using (var file = new FileStream(temporary, FileMode.CreateNew))
            {
                Span<byte> fingerprint = stackalloc byte[sizeof(ulong)];
                BinaryPrimitives.WriteUInt64LittleEndian(fingerprint, new Fingerprint().Add(image).Value);
                file.Write(image);
                file.Write(fingerprint);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, Entry(key), overwrite: true);
            foreach (var old in new DirectoryInfo(Folder).GetFiles().OrderByDescending(entry => entry.LastWriteTimeUtc).Skip(Capacity))
                old.Delete();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The script runs all the same.
        }
    }

    static string Entry(string key) => Path.Combine(Folder, key);

    static string Root() =>
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } folder && Path.IsPathRooted(folder) ? folder
        : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
        : OperatingSystem.IsMacOS() ? Environment.GetFolderPath(Environment.SpecialFolder.InternetCache)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}
