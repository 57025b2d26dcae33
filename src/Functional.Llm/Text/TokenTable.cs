using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Functional.Llm;

/// <summary>Byte strings with ids, found by either. An id without a string has the empty one, which is never found.</summary>
sealed class TokenTable
{
    /// <summary>So large is none; and pairs of ids with a rank then fit into 64 bits.</summary>
    public const int Largest = 1 << 21;

    // Which strings collide must not be for the author of a file to choose; what is found does not depend on it.
    static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;

    readonly byte[] bytes;
    readonly int[] starts;
    readonly ulong[] slots;

    /// <summary>A vocabulary in which token i has id i.</summary>
    /// <exception cref="TokenizerException">Two tokens are the same, or there are too many.</exception>
    public TokenTable(IReadOnlyList<ReadOnlyMemory<byte>> tokens)
    {
        if (tokens.Count > Largest)
            throw new TokenizerException($"vocabulary: {tokens.Count:N0} tokens. Use at most {Largest:N0}.");
        starts = new int[tokens.Count + 1];
        for (var i = 0; i < tokens.Count; i++)
            starts[i + 1] = checked(starts[i] + tokens[i].Length);
        bytes = new byte[starts[^1]];
        slots = new ulong[BitOperations.RoundUpToPowerOf2((uint)tokens.Count * 2 + 2)];
        for (var i = 0; i < tokens.Count; i++)
        {
            tokens[i].Span.CopyTo(bytes.AsSpan(starts[i]));
            if (!tokens[i].IsEmpty)
                Insert(i);
        }
    }

    /// <summary>How many ids there are.</summary>
    public int Count => starts.Length - 1;

    /// <summary>The string of an id.</summary>
    public ReadOnlyMemory<byte> this[int id] => bytes.AsMemory(starts[id], starts[id + 1] - starts[id]);

    /// <summary>The id of a string, or −1.</summary>
    public int Find(ReadOnlySpan<byte> token)
    {
        var hash = Hash(token);
        for (var slot = (int)(hash & (uint)(slots.Length - 1)); slots[slot] != 0; slot = (slot + 1) & (slots.Length - 1))
        {
            if (slots[slot] >> 32 == hash >> 32 && token.SequenceEqual(Span((int)slots[slot] - 1)))
                return (int)slots[slot] - 1;
        }

        return -1;
    }

    ReadOnlySpan<byte> Span(int id) => bytes.AsSpan(starts[id], starts[id + 1] - starts[id]);

    void Insert(int id)
    {
        var hash = Hash(Span(id));
        var slot = (int)(hash & (uint)(slots.Length - 1));
        for (; slots[slot] != 0; slot = (slot + 1) & (slots.Length - 1))
        {
            if (slots[slot] >> 32 == hash >> 32 && Span(id).SequenceEqual(Span((int)slots[slot] - 1)))
                throw new TokenizerException($"vocabulary: tokens {(int)slots[slot] - 1} and {id} are both {TokenText.Quoted(Span(id))}. Give every token one id.");
        }

        slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | (uint)(id + 1);
    }

    /// <summary>Eight bytes at a time; the last eight may overlap those before.</summary>
    static ulong Hash(ReadOnlySpan<byte> token)
    {
        ref var first = ref MemoryMarshal.GetReference(token);
        var hash = Seed ^ (ulong)token.Length * 0x9E37_79B9_7F4A_7C15;
        if (token.Length >= 8)
        {
            for (var i = 0; i < token.Length - 8; i += 8)
                hash = Mix(hash, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, i)));
            return Mix(hash, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, token.Length - 8)));
        }

        if (token.Length >= 4)
            return Mix(hash, Unsafe.ReadUnaligned<uint>(ref first) | (ulong)Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, token.Length - 4)) << 32);
        return token.Length == 0 ? hash : Mix(hash, token[0] | (ulong)token[token.Length / 2] << 8 | (ulong)token[^1] << 16);
    }

    static ulong Mix(ulong hash, ulong word)
    {
        var high = Math.BigMul(hash ^ word, 0xD6E8_FEB8_6659_FD93, out var low);
        return high ^ low;
    }
}
