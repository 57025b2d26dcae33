namespace Functional.Llm;

/// <summary>A splittable random key: a pure value that names endless tables of random numbers, and endlessly many other keys.</summary>
/// <remarks>
/// Element i of a draw is a function of the key and of i alone, so that any thread may compute any part, and the same key gives the same numbers for
/// ever. Every kind of draw reads a table of its own: a key's uniform numbers, its normal numbers and the keys split from it are independent.
/// Two draws of one kind from one key are the same draw: split or fold the key for a second one.
/// </remarks>
/// <param name="State">The seed; any number is as good as any other.</param>
public readonly partial record struct Key(ulong State)
{
    /// <summary>The tables of a key. Every result depends on these numbers: they never change.</summary>
    enum Table
    {
        Children,
        Fold,
        Uniform,
        Normal,
        Bernoulli,
        UniformScalar,
        Below,
        Permutation,
        Categorical,
    }

    /// <summary>Two independent keys, to be used instead of this one.</summary>
    public (Key First, Key Second) Split() => (Derived(Table.Children, 0), Derived(Table.Children, 1));

    /// <summary>That many independent keys, to be used instead of this one; the first two are those of <see cref="Split()"/>.</summary>
    /// <exception cref="FunctionalLlmException">The count is negative.</exception>
    public ImmutableArray<Key> Split(int count)
    {
        var keys = new Key[DrawArguments.Count("split", count)];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = Derived(Table.Children, (ulong)i);
        return [.. keys];
    }

    /// <summary>The key of step, layer or example <paramref name="n"/>: different numbers give independent keys.</summary>
    public Key Fold(ulong n) => Derived(Table.Fold, n);

    /// <inheritdoc cref="Fold(ulong)"/>
    public Key Fold(int n) => Fold(unchecked((ulong)n));

    Key Derived(Table table, ulong n) => new(Threefry.Block(KeyOf(table), n));

    /// <summary>The key under which a table is computed.</summary>
    ulong KeyOf(Table table) => Threefry.Block(State, (ulong)table);
}
