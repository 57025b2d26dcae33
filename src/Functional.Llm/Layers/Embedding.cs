namespace Functional.Llm;

/// <summary>The parameters of yₜ = E[idₜ] + P[t].</summary>
/// <param name="Token">E (V, C): one row for every token; a tied head multiplies by its transpose.</param>
/// <param name="Position">P (T_max, C): one row for every place; default means that places make no difference.</param>
public sealed record EmbeddingParameters(Tensor Token, Tensor Position = default) : ITree<EmbeddingParameters>
{
    EmbeddingParameters ITree<EmbeddingParameters>.Rebuild(IFields<EmbeddingParameters> of) =>
        new(of.Field(p => p.Token), of.Field(p => p.Position));
}

/// <content>Ids become rows of numbers.</content>
public static partial class Layers
{
    /// <summary>Token and position embedding: yₜ = E[idₜ] + P[t]; Ē[v] = Σ ȳₜ over the places with idₜ = v, P̄[t] = Σ ȳₜ over the batch (Bengio et al. 2003; Gehring et al. 2017).</summary>
    /// <remarks>
    /// ids (…, T) → y (…, T, C). Retains the ids. A row looked up is the product of a one-hot row with E, without the multiplications by 0.
    /// Ids are names, not numbers that could change a little: their cotangent is the empty default, as <see cref="Composition.On"/> never asks for it.
    /// </remarks>
    /// <exception cref="ShapeException">An id is not in the table, there are more places than positions, or the tables do not fit each other.</exception>
    public static readonly Layer<EmbeddingParameters, Tokens, Tensor> Embedding = EmbeddingFrom();

    /// <summary><see cref="Embedding"/> of texts that go on: yₜ = E[idₜ] + P[first + t].</summary>
    /// <param name="first">The place of the first id: one number for each sequence, or one for all; none means 0.</param>
    public static Layer<EmbeddingParameters, Tokens, Tensor> EmbeddingFrom(params ImmutableArray<int> first) => (p, ids) =>
    {
        CheckEmbedding(p, ids, first);
        var (V, C) = (p.Token.Shape.Sizes[0], p.Token.Shape.Sizes[1]);
        var rows = Kernels.Take(p.Token.InRows(), Shape.Create([.. ids.Shape.Sizes, C]), ids.Ids);
        var positions = p.Position.IsZero ? 0 : p.Position.Shape.Sizes[0];
        var places = positions > 0 && first.Length > 1 ? Places(ids, first) : [];
        var start = first.IsEmpty ? 0 : first[0];
        return (positions == 0 ? rows : rows + (places.IsEmpty ? p.Position[start..(start + ids.Shape.Sizes[^1])] : Kernels.Take(p.Position.Packed(), rows.Shape, places)), Pullbacks.Tidy<Tensor, (EmbeddingParameters, Tokens)>(Pull));

        (EmbeddingParameters, Tokens) Pull(Tensor dy) => dy.IsZero ? default : (new(
            Token: Tensor.Scatter(dy, ids.Ids, V),
            Position: positions == 0 ? default : places.IsEmpty ? PlacesOf(dy, ids.Shape, start, positions) : Kernels.ScatterAdd(dy.Packed(), places, positions)), default);
    };

    /// <summary>The place of each id, where every sequence begins at one of its own.</summary>
    static ImmutableArray<int> Places(Tokens ids, ImmutableArray<int> first) => [.. Enumerable.Range(0, ids.Ids.Length).Select(i => first[i / ids.Shape.Sizes[^1]] + i % ids.Shape.Sizes[^1])];

    /// <summary>(…, T, C) summed to (T, C), and zeros for the places from 0 to T_max that no id stood at.</summary>
    static Tensor PlacesOf(Tensor dy, Shape ids, int first, int positions)
    {
        var ((B, T), C) = (ids.AsRows, dy.Shape.Sizes[^1]);
        var sum = dy.Reshape((B, T, C)).Sum(0);
        return T == positions ? sum : Tensor.Concatenate(0, Tensor.Zeros((first, C)), sum, Tensor.Zeros((positions - first - T, C)));
    }

    static void CheckEmbedding(EmbeddingParameters p, Tokens ids, ImmutableArray<int> first)
    {
        var token = p.Token.Shape;
        if (token.Rank != 2)
            throw new ShapeException("embedding", $"the table of tokens has shape {token}", "Pass a table of shape [tokens, width].");
        for (var i = 0; i < ids.Ids.Length; i++)
        {
            if (ids.Ids[i] is var id && (id < 0 || id >= token.Sizes[0]))
                throw new ShapeException("embedding", $"id {id} at place {i} has no row in the table of tokens {token}", token.Sizes[0] == 0 ? "The table is empty." : $"Pass ids from 0 to {token.Sizes[0] - 1}.");
        }

        if (p.Position.IsZero)
            return;
        var position = p.Position.Shape;
        if (position.Rank != 2 || position.Sizes[1] != token.Sizes[1] || position.Sizes[0] == 0)
            throw new ShapeException("embedding", $"the table of positions {position} does not fit the table of tokens {token}", $"Pass a table of shape [positions, {token.Sizes[1]}], or none.");
        if (first.Length > 1 && (ids.Shape.Rank == 0 || first.Length * ids.Shape.Sizes[^1] != ids.Ids.Length))
            throw new ShapeException("embedding", $"{first.Length} first places are not one for each sequence of ids of shape {ids.Shape}", "Pass one for each sequence, or one for all.");
        foreach (var place in first.DefaultIfEmpty(0))
        {
            if (ids.Shape.Rank == 0 || place < 0 || ids.Shape.Sizes[^1] > position.Sizes[0] - place)
            {
                throw new ShapeException("embedding", $"ids of shape {ids.Shape}{(place == 0 ? "" : $" from place {place} on")} do not fit the table of positions {position}",
                    ids.Shape.Rank == 0 ? "Pass a sequence, of shape [1] for one id." : $"Pass at most {position.Sizes[0]} ids a sequence, or a table with a row for each of {place + ids.Shape.Sizes[^1]} places.");
            }
        }
    }
}
