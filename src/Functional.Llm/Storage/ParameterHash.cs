using System.Security.Cryptography;

namespace Functional.Llm;

/// <summary>One number for all parameters: two runs that agree in it agree in every bit.</summary>
public static class ParameterHash
{
    /// <summary>The SHA-256 over a tree's tensors in the ordinal order of their paths, each number as a little-endian float32.</summary>
    /// <remarks>64 digits in lower case. Paths and shapes count for the order only. Doubles are rounded to the nearest float32.</remarks>
    public static string Sha256<T>(T tree)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var leaf in Tree.Leaves(tree).OrderBy(leaf => leaf.Path, StringComparer.Ordinal))
            Dtype.F32.Store(leaf.Value, hash.AppendData);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
