namespace Functional.Llm;

/// <summary>Places grouped by the row that each belongs to, so that a row's sum has one owner and one order, whatever thread computes it.</summary>
/// <remarks>Places of row v are Places[Starts[v] … Starts[v + 1] − 1], in ascending order.</remarks>
readonly record struct RowGroups(int[] Starts, int[] Places)
{
    /// <summary>How many rows there are, also without places.</summary>
    public int Rows => Starts.Length - 1;

    /// <summary>The places of a row.</summary>
    public ReadOnlySpan<int> this[int row] => Places.AsSpan(Starts[row]..Starts[row + 1]);

    /// <summary>The groups of places 0, 1, …, each of which belongs to a row below <paramref name="count"/>: a counting sort.</summary>
    public static RowGroups Of(ReadOnlySpan<int> rowOfPlace, int count)
    {
        var (starts, places) = (new int[count + 1], new int[rowOfPlace.Length]);
        foreach (var row in rowOfPlace)
            starts[row]++;
        for (var row = 0; row < count; row++)
            starts[row + 1] += starts[row];
        for (var place = rowOfPlace.Length - 1; place >= 0; place--)
            places[--starts[rowOfPlace[place]]] = place;
        return new(starts, places);
    }
}
