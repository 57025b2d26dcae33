namespace Functional.Llm;

/// <content>Draws of tensors: every element has its own place in a table.</content>
public readonly partial record struct Key
{
    const int Chunk = 512;

    delegate void Map(ReadOnlySpan<uint> words, Span<Real> elements);

    /// <summary>Independent numbers, uniform in [low, high): low + (high − low)·k·2⁻²⁴ for a uniform integer k.</summary>
    /// <remarks>k is the same in single and in double precision; the range is mapped in double precision and then rounded, which may give high itself.</remarks>
    /// <exception cref="FunctionalLlmException">An end is not finite, or high is below low.</exception>
    public Tensor Uniform(Shape shape, double low = 0, double high = 1)
    {
        DrawArguments.Range(low, high);
        var step = (high - low) / (1 << 24);
        return Draw(Table.Uniform, shape, (words, d) =>
        {
            var (from, by) = (low, step);
            for (var i = 0; i < d.Length && i < words.Length; i++)
                d[i] = (Real)(from + by * (int)(words[i] >> 8));
        });
    }

    /// <summary>Independent numbers from the normal distribution N(mean, deviation²).</summary>
    /// <remarks>
    /// Two from two uniform numbers of 32 bits: √(−2 ln u)·(cos 2πv, sin 2πv) (Box, Muller 1958), in double precision and then rounded; none is
    /// further than 6.8 deviations from the mean.
    /// </remarks>
    /// <exception cref="FunctionalLlmException">The deviation is negative, or a number is not finite.</exception>
    public Tensor Normal(Shape shape, double deviation = 1, double mean = 0)
    {
        DrawArguments.Bell(mean, deviation);
        return Draw(Table.Normal, shape, (words, d) =>
        {
            for (var i = 0; i < d.Length; i += 2)
            {
                var (x, y) = BoxMuller(words[i], words[i + 1]);
                d[i] = (Real)(mean + deviation * x);
                if (i + 1 < d.Length)
                    d[i + 1] = (Real)(mean + deviation * y);
            }
        });
    }

    /// <summary>Independent ones and zeros: each element is 1 with the given probability, to within 2⁻³².</summary>
    /// <exception cref="FunctionalLlmException">The probability does not lie in [0, 1].</exception>
    public Tensor Bernoulli(Shape shape, double probability)
    {
        var limit = Limit(probability);
        return Draw(Table.Bernoulli, shape, (words, d) =>
        {
            var below = limit;
            for (var i = 0; i < d.Length && i < words.Length; i++)
                d[i] = words[i] < below ? 1 : 0;
        });
    }

    /// <summary>The trials of <see cref="Bernoulli"/>, for kernels that draw them part by part: number i succeeds where word i of the table is below the limit.</summary>
    internal Trials TrialsOf(double probability) => new(KeyOf(Table.Bernoulli), Limit(probability));

    static ulong Limit(double probability) => (ulong)Math.Round(DrawArguments.Probability("bernoulli", probability) * (1UL << 32));

    /// <summary>A tensor whose element i comes of word i of a table; the map may read words up to an even number.</summary>
    Tensor Draw(Table table, Shape shape, Map map)
    {
        var key = KeyOf(table);
        return Tensor.Build(shape, d =>
        {
            Span<uint> words = stackalloc uint[Chunk];
            for (var start = 0; start < d.Length; start += Chunk)
            {
                var elements = d[start..Math.Min(start + Chunk, d.Length)];
                Threefry.Fill(key, (ulong)start, words[..((elements.Length + 15) & ~15)]);
                map(words, elements);
            }
        });
    }

    static (double, double) BoxMuller(uint u, uint v)
    {
        var radius = Math.Sqrt(-2 * Math.Log((u + 0.5) / (1UL << 32)));
        var (sin, cos) = Math.SinCos(2 * Math.PI * v / (1UL << 32));
        return (radius * cos, radius * sin);
    }
}

/// <summary>A table of words, and the limit below which a word is a success.</summary>
readonly record struct Trials(ulong Table, ulong Limit)
{
    /// <summary>The words from a place on; place and number are multiples of 16.</summary>
    public void Fill(long place, Span<uint> words) => Threefry.Fill(Table, (ulong)place, words);
}
