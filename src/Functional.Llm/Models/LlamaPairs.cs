namespace Functional.Llm;

/// <summary>Llama under both conventions of rotary pairs.</summary>
public static class LlamaPairs
{
    /// <summary>The same function with other pairs: in every head of queries and keys, rows i and i + D/2 become rows 2i and 2i + 1, or these become those.</summary>
    /// <remarks>A score is a sum over a head's numbers, whatever their order: logits stay, but for rounding.</remarks>
    public static Pretrained<LlamaParameters> Paired(this Pretrained<LlamaParameters> llama, RotaryPairs pairs)
    {
        var (model, p) = ((Llama)llama.Model, llama.Parameters);
        return model.Pairs == pairs ? llama : new(model with { Pairs = pairs },
            p with { Blocks = [.. p.Blocks.Select(b => b with { Attention = b.Attention with { Input = new(Paired(b.Attention.Input.Weight)) } })] });

        Tensor Paired(Tensor rows)
        {
            var (C, D, turned) = (model.Width, model.Width / model.Heads, model.Heads + model.Groups);
            var (outer, inner) = pairs == RotaryPairs.Neighbours ? (2, D / 2) : (D / 2, 2);
            var ordered = Tensor.Concatenate(0, rows[..(turned * D)].Reshape(turned, outer, inner, C).Transpose(1, 2).Reshape(turned * D, C), rows[(turned * D)..]);
            return rows.Compression is { } compression ? ordered.Compressed(compression) : ordered;
        }
    }
}
