namespace Functional.Llm;

/// <summary>How surprised a model is by each token of a text.</summary>
public static class Surprise
{
    /// <summary>−ln P(target | what stands before it) for every place, in nats; NaN where a target does not count (−100).</summary>
    /// <remarks>ids (B, T), targets (B, T) → (B, T).</remarks>
    public static Tensor Surprises(this Pretrained model, Tokens ids, Tokens targets)
    {
        var z = model.Logits(ids);
        var (normalizers, classes) = (Kernels.Normalizers(z), z.Shape.Sizes[^1]);
        return Tensor.Build(targets.Shape, d =>
        {
            var logits = z.AsSpan();
            for (var i = 0; i < d.Length; i++)
                d[i] = targets.Ids[i] < 0 ? Real.NaN : normalizers[i].LogarithmLess(logits[i * classes + targets.Ids[i]]);
        });
    }

    /// <summary>The surprise at each token but the first of a text no longer than the model's context.</summary>
    public static Tensor Surprises(this Pretrained model, ReadOnlySpan<int> text) =>
        text.Length < 2 ? Tensor.Zeros(0) : model.Surprises(Tokens.Of((1, text.Length - 1), text[..^1]), Tokens.Of((1, text.Length - 1), text[1..]))[0];
}
