namespace Functional.Llm;

/// <summary>Which numbers of a head are turned together.</summary>
public enum RotaryPairs
{
    /// <summary>Number i and number i + D/2, as in Hugging Face's files.</summary>
    Halves,

    /// <summary>Numbers 2i and 2i + 1, as in the paper and in llama2.c's files.</summary>
    Neighbours,
}

/// <summary>The angles of rotary positions: pair i is turned by t ωᵢ at place t (Su et al. 2021).</summary>
/// <param name="Frequencies">ωᵢ, one for every pair of numbers in a head, in radians a place.</param>
/// <param name="Places">For how many places there are angles.</param>
/// <param name="Pairs">Which numbers are a pair.</param>
public sealed record RotaryAngles(ImmutableArray<double> Frequencies, int Places, RotaryPairs Pairs = RotaryPairs.Halves)
{
    /// <summary>ωᵢ = base^(−2i/D), i = 0 … D/2 − 1.</summary>
    /// <exception cref="FunctionalLlmException">The size of a head is not even.</exception>
    public static RotaryAngles Of(int size, int places, double @base = 10000, RotaryPairs pairs = RotaryPairs.Halves) =>
        size > 0 && size % 2 == 0 ? new([.. Enumerable.Range(0, size / 2).Select(i => Math.Pow(@base, -2.0 * i / size))], places, pairs)
        : throw new FunctionalLlmException($"rotary positions: a head of {size} numbers has no pairs. Choose a width and a number of heads that make its size even.");

    /// <summary>The same for a longer context; as they are, where nothing is scaled.</summary>
    public RotaryAngles Scaled(RotaryScaling? scaling) => scaling is null ? this : this with { Frequencies = [.. Frequencies.Select(scaling.Scale)] };

    /// <summary>The cosines and sines of the first places.</summary>
    internal Turns UpTo(int places)
    {
        var (cosines, sines) = (new Real[places * Frequencies.Length], new Real[places * Frequencies.Length]);
        for (var i = 0; i < cosines.Length; i++)
        {
            var angle = i / Frequencies.Length * Frequencies[i % Frequencies.Length];
            (cosines[i], sines[i]) = ((Real)Math.Cos(angle), (Real)Math.Sin(angle));
        }

        return new(cosines, sines, Frequencies.Length, Pairs == RotaryPairs.Neighbours);
    }
}

/// <content>What tells places apart.</content>
public static partial class Layers
{
    /// <summary>Rotary positions: pairs of the first heads of a row are turned by t ω, so that a score depends on the distance of two places only (Su et al. 2021).</summary>
    /// <remarks>x (…, T, row) → y (…, T, row), the queries and keys of attention first; values stay as they are. Retains nothing. x̄ is ȳ turned back.</remarks>
    /// <param name="angles">The angles.</param>
    /// <param name="heads">How many heads are turned: those of queries and of keys.</param>
    /// <param name="first">The place of the first row: one number for each sequence, or one for all; none means 0.</param>
    /// <exception cref="ShapeException">There are more places than angles, a row has fewer heads, or there are not as many first places as sequences.</exception>
    public static Differentiable<Tensor, Tensor> Rotary(RotaryAngles angles, int heads, params ImmutableArray<int> first)
    {
        // Made when it is known how many places are needed, and then shared by all blocks of a model.
        Turns? known = null;
        return x =>
        {
            CheckRotary(angles, heads, first, x);
            var places = first.DefaultIfEmpty(0).Max() + x.Shape.Sizes[^2];
            var turns = known is { } k && k.Places >= places ? k : known = angles.UpTo(places);
            return (Kernels.Rotate(x, turns, heads, first, back: false), Pullbacks.Tidy<Tensor, Tensor>(dy => dy.IsZero ? default : Kernels.Rotate(dy, turns, heads, first, back: true)));
        };
    }

    static void CheckRotary(RotaryAngles angles, int heads, ImmutableArray<int> first, Tensor x)
    {
        var size = 2 * angles.Frequencies.Length;
        if (x.Rank < 2 || x.Shape.Sizes[^1] < heads * size)
            throw new ShapeException("rotary positions", $"the input {x.Shape} has no {heads} heads of {size} numbers", $"Pass an input of shape [..., places, at least {heads * size}].");
        if (first.Length > 1 && first.Length * x.Shape.Sizes[^2] * x.Shape.Sizes[^1] != x.Size)
            throw new ShapeException("rotary positions", $"{first.Length} first places are not one for each sequence of the input {x.Shape}", "Pass one for each sequence, or one for all.");
        foreach (var place in first)
        {
            if (place < 0 || place + x.Shape.Sizes[^2] > angles.Places)
                throw new ShapeException("rotary positions", $"the input {x.Shape} from place {place} on has more places than the {angles.Places} that there are angles for", "Pass a shorter input, or make angles for more places.");
        }
    }

    /// <summary>Sinusoidal positions: y = x + P, P[t, 2i] = sin(t ωᵢ), P[t, 2i + 1] = cos(t ωᵢ), ωᵢ = 10000^(−2i/C) (Vaswani et al. 2017).</summary>
    /// <remarks>x (…, T, C) → y (…, T, C). Retains nothing; nothing is learned.</remarks>
    /// <exception cref="ShapeException">The input has no places.</exception>
    public static readonly Differentiable<Tensor, Tensor> Sinusoidal = x =>
    {
        if (x.Rank < 2)
            throw new ShapeException("sinusoidal positions", $"the input {x.Shape} has no places", "Pass an input of shape [..., places, width].");
        var (T, C) = (x.Shape.Sizes[^2], x.Shape.Sizes[^1]);
        var table = Tensor.Build((T, C), d =>
        {
            for (var i = 0; i < d.Length; i++)
            {
                var angle = i / C * Math.Pow(10000, -(double)(i % C / 2 * 2) / C);
                d[i] = (Real)(i % C % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
            }
        });
        return (x + table, dy => dy);
    };
}
