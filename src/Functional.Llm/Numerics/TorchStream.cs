// float: emulates PyTorch's float32
namespace Functional.Llm;

/// <summary>The running state of PyTorch's CPU generator within one draw: MT19937 (Matsumoto, Nishimura 1998) and what is drawn from it.</summary>
/// <remarks>The words that it is made of stay as they are; the first turn writes to a copy, and so a draw copies them at most once.</remarks>
sealed class TorchStream((uint[] Words, int Place, double? Spare) state)
{
    const int Size = 624;
    uint[] words = state.Words;
    int place = state.Place;
    double? spare = state.Spare;
    bool isCopy;

    /// <summary>The 624 words, the place of the next one, and the second of the last pair of normal numbers, if it has not been asked for yet.</summary>
    public (uint[] Words, int Place, double? Spare) State => (words, place, spare);

    public static TorchStream Seeded(uint seed)
    {
        var words = new uint[Size];
        words[0] = seed;
        for (var i = 1u; i < Size; i++)
            words[i] = 1812433253 * (words[i - 1] ^ words[i - 1] >> 30) + i;
        return new((words, Size, null));
    }

    public uint Bits32()
    {
        if (place == Size)
            Turn();
        var word = words[place++];
        word ^= word >> 11;
        word ^= word << 7 & 0x9D2C5680;
        word ^= word << 15 & 0xEFC60000;
        return word ^ word >> 18;
    }

    public ulong Bits64() => (ulong)Bits32() << 32 | Bits32();

    public long Int63() => (long)(Bits64() & long.MaxValue);

    /// <summary>A multiple of 2⁻²⁴ in [0, 1).</summary>
    public float Float() => (float)(Bits32() & 0xFFFFFF) / (1 << 24);

    /// <summary>A multiple of 2⁻⁵³ in [0, 1).</summary>
    public double Double() => (Bits64() & (1UL << 53) - 1) / (double)(1UL << 53);

    /// <summary>A standard normal number: two by two from two uniform ones, the second kept for the next call.</summary>
    public double Normal()
    {
        if (spare is { } kept)
        {
            spare = null;
            return kept;
        }

        var (u, v) = (Double(), Double());
        var radius = Math.Sqrt(-2 * double.LogP1(-v));
        var (sin, cos) = Math.SinCos(2 * Math.PI * u);
        spare = radius * sin;
        return radius * cos;
    }

    /// <summary>An index with the given probabilities: that of the largest pᵢ/qᵢ, where every qᵢ is exponentially distributed.</summary>
    public int Choose(ReadOnlySpan<Real> probabilities)
    {
        var (best, index) = ((float)-1, 0);
        for (var i = 0; i < probabilities.Length; i++)
        {
            var ratio = (float)probabilities[i] / (float)-double.LogP1(-Double());
            if (ratio > best)
                (best, index) = (ratio, i);
        }

        return index;
    }

    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        for (var i = 0; i < count - 1; i++)
        {
            var j = i + (int)(Bits32() % (uint)(count - i));
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    void Turn()
    {
        if (!isCopy)
            (words, isCopy) = ([.. words], true);
        for (var i = 0; i < Size; i++)
        {
            var y = (words[i] & 0x80000000) | (words[i + 1 < Size ? i + 1 : 0] & 0x7FFFFFFF);
            words[i] = words[i + 397 < Size ? i + 397 : i + 397 - Size] ^ y >> 1 ^ (y & 1) * 0x9908B0DF;
        }

        place = 0;
    }
}
