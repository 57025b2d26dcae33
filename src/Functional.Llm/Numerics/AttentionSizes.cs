namespace Functional.Llm;

/// <summary>Causal attention of B sequences of T places: H heads of D numbers, which share the keys and values of G groups.</summary>
/// <remarks>
/// A row of the input holds H queries, G keys and G values; a row of the output H results. Place i sees the places j with i − window &lt; j ≤ i.
/// </remarks>
/// <param name="Batch">B.</param>
/// <param name="Time">T.</param>
/// <param name="Heads">H.</param>
/// <param name="Groups">G, a divisor of H.</param>
/// <param name="Size">D.</param>
/// <param name="Window">How many places a place sees, itself included.</param>
readonly record struct AttentionSizes(int Batch, int Time, int Heads, int Groups, int Size, int Window)
{
    /// <summary>Numbers in a row of the input.</summary>
    public int Row => (Heads + 2 * Groups) * Size;

    /// <summary>Numbers in a row of the output.</summary>
    public int Output => Heads * Size;

    /// <summary>Scores are divided by √D.</summary>
    public Real Scale => 1 / Real.Sqrt(Size);

    /// <summary>Where a head's queries begin, in its sequence's input.</summary>
    public int QueryAt(int head) => head * Size;

    /// <summary>Where a group's keys begin.</summary>
    public int KeyAt(int group) => (Heads + group) * Size;

    /// <summary>Where a group's values begin.</summary>
    public int ValueAt(int group) => (Heads + Groups + group) * Size;

    public static int UpTo(int size, int multiple) => (size + multiple - 1) / multiple * multiple;
}

/// <summary>Dropout of attention's weights: the weight of place i and key j in head n is number (n T + i) T' + j of a table, T' being T up to a multiple of 16.</summary>
/// <param name="Key">The randomness of this step and layer.</param>
/// <param name="Rate">The fraction of weights set to 0, below 1.</param>
readonly record struct AttentionDropout(Key Key, double Rate)
{
    const int Together = 16;

    /// <summary>What weights that stay are multiplied by.</summary>
    public Real Raise => (Real)(1 / (1 - Rate));

    /// <summary>Which of the weights of a row stay, for keys from one on.</summary>
    public void Kept(in AttentionSizes sizes, int head, int query, int key, Span<bool> kept)
    {
        Span<uint> words = stackalloc uint[Together];
        var row = ((long)head * sizes.Time + query) * AttentionSizes.UpTo(sizes.Time, Together);
        var draws = Key.TrialsOf(1 - Rate);
        for (var first = key / Together * Together; first < key + kept.Length; first += Together)
        {
            draws.Fill(row + first, words);
            for (var j = Math.Max(first, key); j < Math.Min(first + Together, key + kept.Length); j++)
                kept[j - key] = words[j - first] < draws.Limit;
        }
    }
}
