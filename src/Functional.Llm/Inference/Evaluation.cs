using Ids = Functional.Llm.Tokens;

namespace Functional.Llm;

/// <summary>How well a model knows a text.</summary>
/// <param name="Loss">The mean cross-entropy, in nats per token.</param>
/// <param name="Tokens">Over how many tokens: all of the text but its first.</param>
/// <param name="Bytes">How many bytes these tokens are, in UTF-8; 0 where that is not known.</param>
/// <param name="ByPlace">The mean at each place of a window: what the text before it is worth.</param>
public sealed record Evaluation(double Loss, long Tokens, long Bytes, ImmutableArray<double> ByPlace)
{
    /// <summary>Windows that are computed at a time.</summary>
    const int Together = 8;

    /// <summary>e^loss: among how many tokens, equally likely, the model is in doubt.</summary>
    public double Perplexity => Math.Exp(Loss);

    /// <summary>The loss in bits, shared out to the text's bytes: it compares models with different vocabularies.</summary>
    public double BitsPerByte => Loss * Tokens / Math.Log(2) / Bytes;

    /// <summary>A text in windows of the model's context that do not overlap; the last may be shorter.</summary>
    /// <exception cref="FunctionalLlmException">The text has fewer than two tokens, or the tokenizer is of another vocabulary.</exception>
    public static Evaluation Of(Pretrained model, Tokenizer tokenizer, ImmutableArray<int> ids)
    {
        if (ids.Length < 2)
            throw new FunctionalLlmException($"evaluate: the text has {ids.Length} tokens; expected two or more, as the first is given; pass a longer text");
        if (tokenizer.VocabularySize > model.Vocabulary)
            throw new FunctionalLlmException($"evaluate: the tokenizer has {tokenizer.VocabularySize:N0} ids, the model {model.Vocabulary:N0}; expected the model's own tokenizer");
        var (T, count) = (model.Context, ids.Length - 1);
        return Of(Batches()) with { Bytes = ids.Skip(1).Sum(id => (long)tokenizer.Bytes(id).Length) };

        IEnumerable<Tensor> Batches()
        {
            for (var first = 0; first < count;)
            {
                var rows = Math.Clamp((count - first) / T, 1, Together);
                var length = Math.Min(T, count - first);
                var size = rows * length;
                yield return model.Surprises(Ids.Of((rows, length), ids.AsSpan(first, size)), Ids.Of((rows, length), ids.AsSpan(first + 1, size)));
                first += size;
            }
        }
    }

    /// <summary>Ids with their targets.</summary>
    public static Evaluation Of(Pretrained model, Ids ids, Ids targets) => Of([model.Surprises(ids, targets)]);

    static Evaluation Of(IEnumerable<Tensor> surprises)
    {
        var (sums, counts) = (new List<double>(), new List<long>());
        foreach (var batch in surprises)
        {
            var (numbers, places) = (batch.ToArray(), batch.Shape.Sizes[1]);
            for (var i = 0; i < numbers.Length; i++)
            {
                if (i % places == sums.Count)
                {
                    sums.Add(0);
                    counts.Add(0);
                }

                if (!Real.IsNaN(numbers[i]))
                    (sums[i % places], counts[i % places]) = (sums[i % places] + numbers[i], counts[i % places] + 1);
            }
        }

        return new(sums.Sum() / counts.Sum(), counts.Sum(), 0, [.. sums.Zip(counts, (sum, n) => sum / n)]);
    }
}
