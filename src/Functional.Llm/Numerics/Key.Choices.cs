namespace Functional.Llm;

/// <content>Draws of single numbers, of permutations and of indices.</content>
public readonly partial record struct Key
{
    /// <summary>One number, uniform in [0, 1): a multiple of 2⁻⁵³.</summary>
    public double Uniform() => Unit(Threefry.Block(KeyOf(Table.UniformScalar), 0));

    /// <summary>One number from the standard normal distribution: the first that <see cref="Normal(Shape, double, double)"/> gives, unrounded.</summary>
    public double Normal()
    {
        Span<uint> words = stackalloc uint[16];
        Threefry.Fill(KeyOf(Table.Normal), 0, words);
        return BoxMuller(words[0], words[1]).Item1;
    }

    /// <summary>One whole number, uniform in 0 … <paramref name="bound"/> − 1, without any bias.</summary>
    /// <exception cref="FunctionalLlmException">The bound is not positive.</exception>
    public int Below(int bound) => bound > 0 ? (int)Below(KeyOf(Table.Below), 0, (ulong)bound)
        : throw new FunctionalLlmException($"below: no number lies in 0 … {bound} − 1. Pass a bound of 1 or more.");

    /// <inheritdoc cref="Below(int)"/>
    public ulong Below(ulong bound) => bound > 0 ? Below(KeyOf(Table.Below), 0, bound)
        : throw new FunctionalLlmException("below: no number lies in 0 … 0 − 1. Pass a bound of 1 or more.");

    /// <summary>The numbers 0 … <paramref name="count"/> − 1 in an order drawn from all count! orders, each as likely as any other.</summary>
    /// <remarks>Shuffled from the end: place i changes with one of the places 0 … i (Fisher, Yates 1938).</remarks>
    /// <exception cref="FunctionalLlmException">The count is negative.</exception>
    public ImmutableArray<int> Permutation(int count)
    {
        var order = new int[DrawArguments.Count("permutation", count)];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        var table = KeyOf(Table.Permutation);
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = (int)Below(table, (ulong)i, (ulong)i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(order);
    }

    /// <summary>An index drawn with the given probabilities: a vector of numbers of 0 or more, which need not sum to 1.</summary>
    /// <remarks>An index of probability 0 is never drawn.</remarks>
    /// <exception cref="FunctionalLlmException">A probability is negative or not finite, or all are 0.</exception>
    /// <exception cref="ShapeException">The probabilities are not a vector.</exception>
    public int Categorical(Tensor probabilities) => probabilities.Rank == 1 ? CategoricalRows(probabilities).Ids[0]
        : throw new ShapeException("categorical", $"shape {probabilities.Shape} is not a vector", "Pass a vector, or draw an index a row with CategoricalRows.");

    /// <summary>One index for every row of probabilities, drawn independently; row 0 is drawn as <see cref="Categorical(Tensor)"/> draws it.</summary>
    /// <remarks>probabilities (…, C) → indices in 0 … C − 1, (…).</remarks>
    /// <exception cref="FunctionalLlmException">A probability is negative or not finite, or all of a row are 0.</exception>
    /// <exception cref="ShapeException">The probabilities are a scalar.</exception>
    public Tokens CategoricalRows(Tensor probabilities)
    {
        var table = KeyOf(Table.Categorical);
        return Kernels.ChooseRows("categorical", probabilities, (p, row, sum) => FirstBeyond(Unit(Threefry.Block(table, (ulong)row)) * sum, p));
    }

    /// <summary>The first index at which the running sum passes a share of the whole.</summary>
    static int FirstBeyond(double share, ReadOnlySpan<Real> probabilities)
    {
        var (sum, last) = (0.0, 0);
        for (var i = 0; i < probabilities.Length && sum <= share; i++)
        {
            sum += probabilities[i];
            last = probabilities[i] > 0 ? i : last;
        }

        return last;
    }

    /// <summary>The top 53 bits of a word as a fraction in [0, 1).</summary>
    static double Unit(ulong word) => (word >> 11) / (double)(1UL << 53);

    /// <summary>A word w becomes ⌊w·bound/2⁶⁴⌋; words that would make some results likelier are drawn again, from another table (Lemire 2019).</summary>
    static ulong Below(ulong table, ulong index, ulong bound)
    {
        var result = Math.BigMul(Threefry.Block(table, index), bound, out ulong fraction);
        if (fraction >= bound)
            return result;
        for (var surplus = unchecked(0 - bound) % bound; fraction < surplus;)
        {
            table = Threefry.Block(table, ulong.MaxValue);
            result = Math.BigMul(Threefry.Block(table, index), bound, out fraction);
        }

        return result;
    }
}
