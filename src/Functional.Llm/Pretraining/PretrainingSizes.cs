namespace Functional.Llm;

/// <summary>Whether a model, or a training of it, can be had at all: asked before memory is taken for any of it.</summary>
static class PretrainingSizes
{
    /// <summary>More than any model has of anything: products of two such sizes are still whole numbers of 64 bits.</summary>
    public const int Most = 1 << 28;

    /// <summary>Parameters, their gradient and AdamW's two moments.</summary>
    const int CopiesInTraining = 4;

    /// <summary>What of a model is too large, and for what; null where nothing is.</summary>
    public static string? Excess(LanguageModel model, int copies = 1) =>
        Array([("a table of tokens", (double)model.Vocabulary * model.Width), ("a table of positions", model is Gpt2 ? (double)model.Context * model.Width : 0), ("a matrix of a block", (double)model.Width * Widest(model))])
        ?? Memory(copies * sizeof(Real) * Count(model), $"{Count(model):N0} parameters");

    /// <summary>The same of its training.</summary>
    public static string? Excess(LanguageModel model, PretrainingSettings settings)
    {
        var (places, update) = ((double)settings.Batch * model.Context, (double)settings.Batch * model.Context * settings.Accumulate);
        return Excess(model, CopiesInTraining)
            ?? Array([("the logits of a batch", places * model.Vocabulary), ("what a block computes of a batch", places * Widest(model))])
            ?? Memory(CopiesInTraining * sizeof(Real) * Count(model) + 2 * sizeof(Real) * places * model.Vocabulary + 2 * sizeof(int) * update, $"{Count(model):N0} parameters and {update:N0} tokens an update");
    }

    static string? Array(ReadOnlySpan<(string Name, double Size)> arrays)
    {
        foreach (var (name, size) in arrays)
        {
            if (size > System.Array.MaxLength)
                return $"{name} would have {size:N0} numbers; expected less than {System.Array.MaxLength:N0}, which is what an array holds";
        }

        return null;
    }

    static string? Memory(double bytes, string what) => bytes <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes ? null
        : $"{what} take {bytes / 1e9:N1} GB at least; expected less than the {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:N1} GB that the machine has";

    /// <summary>Rows of the largest matrix of a block.</summary>
    static double Widest(LanguageModel model) => model is Llama llama ? Math.Max(2.0 * llama.Hidden, 3.0 * llama.Width) : 4.0 * model.Width;

    /// <summary>Parameters, of which all blocks have as many; they are not counted block by block, as there may be too many for that.</summary>
    static double Count(LanguageModel model)
    {
        var (one, two) = ((model with { Depth = 1 }).Count, (model with { Depth = 2 }).Count);
        return one + (model.Depth - 1.0) * (two - one);
    }
}
