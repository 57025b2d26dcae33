namespace Functional.Llm;

/// <summary>Words as unit vectors: their nearness is the cosine of the angle between them.</summary>
public sealed class WordVectors
{
    const int RowsAtOnce = 512;

    readonly Dictionary<string, int> ids;

    /// <summary>The vectors of some words, a row each (V, C), scaled to length 1.</summary>
    /// <exception cref="ShapeException">There are not as many rows as words.</exception>
    public WordVectors(ImmutableArray<string> words, Tensor vectors)
    {
        if (vectors.Rank != 2 || vectors.Shape.Sizes[0] != words.Length)
            throw new ShapeException("word vectors", $"vectors {vectors.Shape} for {words.Length} words", $"Pass a row a word: ({words.Length}, C).");
        (Words, Unit) = (words, Normalized(vectors));
        ids = words.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
    }

    /// <summary>The words, in the order of their rows.</summary>
    public ImmutableArray<string> Words { get; }

    /// <summary>The unit vectors (V, C).</summary>
    public Tensor Unit { get; }

    /// <summary>Whether a word has a vector.</summary>
    public bool Has(string word) => ids.ContainsKey(word);

    /// <summary>The vectors of some words, a row each.</summary>
    /// <exception cref="FunctionalLlmException">A word has none.</exception>
    public Tensor Of(params IEnumerable<string> words)
    {
        int[] rows = [.. words.Select(Id)];
        var width = Unit.Shape.Sizes[1];
        return Tensor.Build((rows.Length, width), d =>
        {
            for (var i = 0; i < rows.Length; i++)
                Unit.AsSpan().Slice(rows[i] * width, width).CopyTo(d[(i * width)..]);
        });
    }

    /// <summary>The nearest words to a word, and their cosines.</summary>
    /// <exception cref="FunctionalLlmException">The word has no vector.</exception>
    public ImmutableArray<Neighbour> Neighbours(string word, int count) => Nearest(Of(word), [Id(word)], count);

    /// <summary>Words d such that a is to b as c is to d: nearest to b − a + c, without the three (Mikolov et al. 2013).</summary>
    /// <exception cref="FunctionalLlmException">A word has no vector.</exception>
    public ImmutableArray<Neighbour> Analogy(string a, string b, string c, int count) =>
        Nearest(Normalized(Of(b) - Of(a) + Of(c)), [Id(a), Id(b), Id(c)], count);

    /// <summary>For every question (a, b, c): the one nearest word to b − a + c without the three.</summary>
    /// <exception cref="FunctionalLlmException">A word has no vector.</exception>
    public ImmutableArray<string> Answers(IReadOnlyList<(string A, string B, string C)> questions) => [.. questions.Chunk(RowsAtOnce).SelectMany(part =>
    {
        var wanted = Of(part.Select(q => q.B)) - Of(part.Select(q => q.A)) + Of(part.Select(q => q.C));
        var scores = wanted.MatMul(Unit.T);
        var answers = new string[part.Length];
        Workers.For(part.Length, i =>
        {
            var row = scores.AsSpan().Slice(i * Words.Length, Words.Length);
            var (a, b, c, best) = (Id(part[i].A), Id(part[i].B), Id(part[i].C), -1);
            for (var j = 0; j < row.Length; j++)
            {
                if ((best < 0 || row[j] > row[best]) && j != a && j != b && j != c)
                    best = j;
            }

            answers[i] = best < 0 ? "" : Words[best];
        });
        return answers;
    })];

    ImmutableArray<Neighbour> Nearest(Tensor vector, int[] without, int count)
    {
        var cosines = Unit.MatMul(vector.T).ToArray();
        return [.. Enumerable.Range(0, Words.Length).Where(i => !without.Contains(i)).OrderByDescending(i => cosines[i]).Take(count).Select(i => new Neighbour(Words[i], (double)cosines[i]))];
    }

    int Id(string word) => ids.TryGetValue(word, out var id) ? id
        : throw new FunctionalLlmException($"'{word}' is not among the {Words.Length:N0} words with a vector; expected one that the text has often enough. Take another word, or a longer text.");

    static Tensor Normalized(Tensor vectors)
    {
        var width = vectors.Shape.Sizes[1];
        var x = vectors.Packed();
        return Tensor.Build(x.Shape, d =>
        {
            var source = x.Elements;
            for (var i = 0; i < d.Length; i += width)
            {
                Real squares = 0;
                for (var j = 0; j < width; j++)
                    squares += source[i + j] * source[i + j];
                var scale = squares > 0 ? 1 / Real.Sqrt(squares) : 0;
                for (var j = 0; j < width; j++)
                    d[i + j] = source[i + j] * scale;
            }
        });
    }
}

/// <summary>A word near something.</summary>
/// <param name="Word">The word.</param>
/// <param name="Cosine">Of the angle between the two: 1 in the same direction, 0 for nothing in common.</param>
public sealed record Neighbour(string Word, double Cosine);
