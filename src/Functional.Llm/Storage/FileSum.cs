using System.Security.Cryptography;

namespace Functional.Llm;

/// <summary>What tells a file's content from any other: its length and its SHA-256.</summary>
/// <param name="Bytes">The length in bytes.</param>
/// <param name="Sha256">The SHA-256, 64 hexadecimal digits in lower case.</param>
readonly record struct FileSum(long Bytes, string Sha256)
{
    /// <summary>Of the file at a path.</summary>
    public static FileSum Of(string path)
    {
        using var stream = File.OpenRead(path);
        return new(stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    /// <summary>What is wrong with the file at a path, and what was expected; null where it is this very content.</summary>
    public string? FaultOf(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return FaultOf(stream.Length, () => SHA256.HashData(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"it cannot be read: {e.Message}";
        }
    }

    /// <summary>The same of content with this length, whose hash is computed only where the length is right.</summary>
    public string? FaultOf(long bytes, Func<byte[]> sha256)
    {
        if (bytes != Bytes)
            return $"it has {bytes:N0} bytes; expected {Bytes:N0}";
        var sum = Convert.ToHexStringLower(sha256());
        return sum == Sha256 ? null : $"its SHA-256 is {sum}; expected {Sha256}";
    }
}
