namespace Functional.Llm;

/// <summary>Places grouped by the row that each belongs to, so that a row's sum has one owner and one order, whatever thread computes it.</summary>
/// <remarks>Places of row Rows[g] are Places[Starts[g] … Starts[g + 1] − 1], in ascending order; rows ascend too.</remarks>
readonly record struct RowGroups(int[] Rows, int[] Starts, int[] Places)
{
    /// <summary>The groups of places 0, 1, …, each of which belongs to a row below <paramref name="count"/>.</summary>
    public static RowGroups Of(ReadOnlySpan<int> rowOfPlace, int count)
    {
        var next = new int[count];
        foreach (var row in rowOfPlace)
            next[row]++;

        var distinct = 0;
        foreach (var places in next)
            distinct += places > 0 ? 1 : 0;
        var (rows, starts, sorted) = (new int[distinct], new int[distinct + 1], new int[rowOfPlace.Length]);
        for (var (row, group) = (0, 0); row < count; row++)
        {
            if (next[row] == 0)
                continue;
            (rows[group], starts[group + 1]) = (row, starts[group] + next[row]);
            next[row] = starts[group++];
        }

        for (var place = 0; place < rowOfPlace.Length; place++)
            sorted[next[rowOfPlace[place]]++] = place;
        return new(rows, starts, sorted);
    }
}
