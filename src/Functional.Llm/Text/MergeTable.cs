using System.Numerics;
using System.Security.Cryptography;

namespace Functional.Llm;

/// <summary>A pair of tokens that may become one, the whole. The lowest rank goes first; merges of one rank make the same whole.</summary>
readonly record struct Merge(int Left, int Right, int Whole, int Rank);

/// <summary>Merges by their pairs.</summary>
sealed class MergeTable
{
    /// <summary>The rank of a pair that is not merged.</summary>
    public const int None = int.MaxValue;

    const int IdBits = 21;
    const int RankBits = 64 - 2 * IdBits;

    // As in a vocabulary: a file's author must not choose what collides.
    static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;

    readonly int[] wholes;
    readonly ulong[] slots;
    readonly int shift;

    /// <summary>A table of merges whose ranks are about as many as they. Of two with the same pair the first counts.</summary>
    /// <exception cref="TokenizerException">There are too many.</exception>
    public MergeTable(IReadOnlyCollection<Merge> merges)
    {
        if (merges.Count >= 1 << RankBits)
            throw new TokenizerException($"vocabulary: {merges.Count:N0} merges. Use at most {(1 << RankBits) - 1:N0}.");
        wholes = new int[merges.Select(merge => merge.Rank + 1).DefaultIfEmpty(0).Max()];
        var bits = BitOperations.Log2((uint)merges.Count * 2 + 2) + 1;
        (slots, shift) = (new ulong[1 << bits], 64 - bits);
        foreach (var (left, right, whole, rank) in merges)
        {
            wholes[rank] = whole;
            ref var slot = ref Slot(Pair(left, right));
            if (slot == 0)
                slot = Pair(left, right) | (uint)(rank + 1);
        }
    }

    /// <summary>The rank of a pair, or <see cref="None"/>.</summary>
    public int Rank(int left, int right)
    {
        var slot = Slot(Pair(left, right));
        return slot == 0 ? None : (int)(slot & ((1UL << RankBits) - 1)) - 1;
    }

    /// <summary>What the merge of a rank makes.</summary>
    public int Whole(int rank) => wholes[rank];

    static ulong Pair(int left, int right) => (ulong)left << (IdBits + RankBits) | (ulong)right << RankBits;

    /// <summary>Where the pair is, or the empty place where it would be.</summary>
    ref ulong Slot(ulong pair)
    {
        var slot = (int)((pair ^ pair >> 29) * Seed * 0x9E37_79B9_7F4A_7C15 >> shift);
        while (slots[slot] != 0 && slots[slot] >> RankBits != pair >> RankBits)
            slot = (slot + 1) & (slots.Length - 1);
        return ref slots[slot];
    }
}
