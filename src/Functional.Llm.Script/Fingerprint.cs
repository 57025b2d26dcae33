using System.Runtime.InteropServices;

namespace Functional.Llm.ScriptHost;

/// <summary>A 64-bit FNV-1a hash (Fowler, Noll and Vo).</summary>
/// <remarks>It tells texts apart at once, while a cryptographic library would take half of a cached start to load.</remarks>
sealed class Fingerprint
{
    public ulong Value { get; private set; } = 0xcbf29ce484222325;

    public Fingerprint Add(ReadOnlySpan<byte> bytes)
    {
        var hash = Value;
        foreach (var one in bytes)
            hash = (hash ^ one) * 0x100000001b3;
        Value = hash;
        return this;
    }

    public Fingerprint Add(long number) => Add(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in number)));

    public Fingerprint Add(Guid id) => Add(id.ToByteArray());

    /// <summary>The length goes first, so that two texts never run into each other.</summary>
    public Fingerprint Add(string text) => Add(text.Length).Add(MemoryMarshal.AsBytes(text.AsSpan()));
}
