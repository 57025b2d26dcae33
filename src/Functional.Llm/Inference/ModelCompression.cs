namespace Functional.Llm;

/// <summary>Models made smaller: the same model with other parameters.</summary>
public static class ModelCompression
{
    /// <summary>What the parameters take, in bytes.</summary>
    public static long Bytes(this Pretrained model) => model.Leaves().Sum(leaf => leaf.Value.Bytes);

    /// <summary>The model with its matrices in fewer bits; vectors, which are few, tables of positions, which are added to, and rows shorter than a group of 32, which would grow, stay as they are.</summary>
    /// <exception cref="FunctionalLlmException">A parameter is not finite, or too large.</exception>
    public static Pretrained Compressed(this Pretrained model, Compression compression) => model.Map((path, leaf) => IsMultiplied(path, leaf) && CompressedNumbers.Saves(leaf.Shape.AsRows.Columns) ? leaf.Compressed(compression) : leaf);

    /// <summary>The model without the smallest numbers of each matrix: so large a part of them, by size, becomes 0 (Han et al. 2015).</summary>
    /// <param name="model">The model.</param>
    /// <param name="sparsity">The part, from 0 to 1.</param>
    /// <exception cref="FunctionalLlmException">The part is not from 0 to 1.</exception>
    public static Pretrained Pruned(this Pretrained model, double sparsity) => !(sparsity is >= 0 and <= 1)
        ? throw new FunctionalLlmException($"prune: the sparsity {sparsity} is out of range. Pass a part from 0 for all numbers to 1 for none.")
        : model.Map((path, leaf) => IsMultiplied(path, leaf) ? Pruned(leaf, sparsity) : leaf);

    static bool IsMultiplied(string path, Tensor leaf) => leaf.Rank == 2 && !path.EndsWith(nameof(EmbeddingParameters.Position), StringComparison.Ordinal);

    static Tensor Pruned(Tensor matrix, double sparsity)
    {
        var numbers = matrix.ToArray();
        var places = new int[numbers.Length];
        for (var i = 0; i < places.Length; i++)
            places[i] = i;
        Array.Sort([.. numbers.Select(Real.Abs)], places);
        foreach (var place in places.AsSpan(0, (int)Math.Round(sparsity * numbers.Length)))
            numbers[place] = 0;
        return Tensor.Of(matrix.Shape, numbers);
    }
}
