namespace Functional.Llm.Tests.Gradients;

/// <summary>Random blocks of skip-gram.</summary>
public static class Blocks
{
    /// <summary>A block whose centres have from no to three contexts; words repeat.</summary>
    public static SkipGramBlock Random(Draw d, int centres, int negatives, int vocabulary)
    {
        int[] starts = [0, .. Enumerable.Range(0, centres).Select(_ => d.Int(0, 3))];
        for (var i = 1; i < starts.Length; i++)
            starts[i] += starts[i - 1];
        return new([.. Words(centres)], [.. starts], [.. Words(starts[^1])], [.. Words(negatives)], d.Uniform(0.5, 5), vocabulary);

        IEnumerable<int> Words(int count) => Enumerable.Range(0, count).Select(_ => d.Int(0, vocabulary - 1));
    }
}
