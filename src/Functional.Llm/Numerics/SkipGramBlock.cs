namespace Functional.Llm;

/// <summary>Words with the words around each, and words drawn at random: what one update of skip-gram with negative sampling learns from.</summary>
/// <remarks>Word i is Centres[i]; around it stand Contexts[Starts[i] … Starts[i + 1] − 1]. All pairs of a block share its negatives.</remarks>
public sealed class SkipGramBlock
{
    /// <summary>A block of words below <paramref name="vocabulary"/>.</summary>
    /// <param name="centres">The words that predict (B).</param>
    /// <param name="starts">Where the contexts of each begin, and after them the number of all (B + 1).</param>
    /// <param name="contexts">The words to predict (P).</param>
    /// <param name="negatives">The words drawn (N).</param>
    /// <param name="perPair">How many drawn words each pair counts, K: each negative weighs K/N.</param>
    /// <param name="vocabulary">How many words there are.</param>
    /// <exception cref="ShapeException">The starts do not fit, or a word is not in the vocabulary.</exception>
    public SkipGramBlock(ImmutableArray<int> centres, ImmutableArray<int> starts, ImmutableArray<int> contexts, ImmutableArray<int> negatives, double perPair, int vocabulary)
    {
        if (starts.Length != centres.Length + 1 || starts[0] != 0 || starts[^1] != contexts.Length || !starts.AsSpan().SequenceEqual([.. starts.Order()]))
            throw new ShapeException("skip-gram", $"{starts.Length} starts do not divide {contexts.Length} contexts among {centres.Length} centres", "Pass an ascending start for each centre, and the number of contexts after them.");
        foreach (var word in (ReadOnlySpan<int>)[.. centres, .. contexts, .. negatives])
        {
            if (word < 0 || word >= vocabulary)
                throw new ShapeException("skip-gram", $"word {word} is not one of {vocabulary}", $"Pass words from 0 to {vocabulary - 1}.");
        }

        (Centres, Starts, Contexts, Negatives) = (centres, starts, contexts, negatives);
        PerPair = perPair;
        Vocabulary = vocabulary;
        ByCentre = RowGroups.Of(centres.AsSpan(), vocabulary);
        ByContext = RowGroups.Of([.. contexts, .. negatives], vocabulary);
        CentreOfPair = new int[contexts.Length];
        for (var i = 0; i < centres.Length; i++)
            CentreOfPair.AsSpan(starts[i]..starts[i + 1]).Fill(i);
    }

    /// <summary>The words that predict (B).</summary>
    public ImmutableArray<int> Centres { get; }

    /// <summary>Where the contexts of each begin, and after them the number of all (B + 1).</summary>
    public ImmutableArray<int> Starts { get; }

    /// <summary>The words to predict (P).</summary>
    public ImmutableArray<int> Contexts { get; }

    /// <summary>The words drawn (N).</summary>
    public ImmutableArray<int> Negatives { get; }

    /// <summary>How many drawn words each pair counts.</summary>
    public double PerPair { get; }

    /// <summary>How many words there are.</summary>
    public int Vocabulary { get; }

    /// <summary>What each negative weighs for a pair, K/N.</summary>
    internal Real NegativeWeight => (Real)(PerPair / Math.Max(1, Negatives.Length));

    /// <summary>Centres by their word.</summary>
    internal RowGroups ByCentre { get; }

    /// <summary>Pairs by their context's word, and after them, from P on, negatives by theirs.</summary>
    internal RowGroups ByContext { get; }

    /// <summary>The centre of each pair (P).</summary>
    internal int[] CentreOfPair { get; }
}
