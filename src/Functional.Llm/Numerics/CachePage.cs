namespace Functional.Llm;

/// <summary>Room for the keys and values of some neighbouring places, in slots that are written once.</summary>
/// <remarks>
/// Rows of <paramref name="size"/> numbers: for every layer's keys and values, and every group, the slots one after the other. Whoever claims slots may
/// write them; all others read below what they know to be written. So a page is shared by all that go on from it, and only the first may fill it.
/// </remarks>
/// <param name="rows">How many keys and values a place has, of all layers and groups together.</param>
/// <param name="size">Numbers of one.</param>
/// <param name="claimed">How many slots are taken.</param>
sealed class CachePage(int rows, int size, int claimed)
{
    /// <summary>Places of a page.</summary>
    public const int Slots = 32;

    int claimed = claimed;

    /// <summary>Rows × slots × size.</summary>
    public Real[] Elements { get; } = GC.AllocateUninitializedArray<Real>(rows * Slots * size);

    /// <summary>Where a row's slots begin.</summary>
    public int At(int row) => row * Slots * size;

    /// <summary>Takes the slots from one to before another, unless someone has.</summary>
    public bool TryClaim(int from, int to) => Interlocked.CompareExchange(ref claimed, to, from) == from;

    /// <summary>A page of one's own with the first slots of this one, and some more claimed.</summary>
    public CachePage Copy(int slots, int toClaim)
    {
        var copy = new CachePage(rows, size, toClaim);
        for (var row = 0; row < rows; row++)
            Elements.AsSpan(At(row), slots * size).CopyTo(copy.Elements.AsSpan(At(row)));
        return copy;
    }
}
