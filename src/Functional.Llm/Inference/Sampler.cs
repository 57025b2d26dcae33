using System.Numerics.Tensors;

namespace Functional.Llm;

/// <summary>What is done to a row of logits before a token is drawn: a pure function; several compose.</summary>
public delegate Tensor LogitsRule(Tensor logits);

/// <summary>How the next token is chosen from its logits.</summary>
public static class Sampler
{
    /// <summary>Logits divided by a temperature: below 1 the likely become likelier, at 0, or so near that no number is large enough, only the likeliest is left.</summary>
    /// <exception cref="FunctionalLlmException">The temperature is negative or not finite.</exception>
    public static LogitsRule Temperature(double temperature) =>
        !(temperature >= 0 && double.IsFinite(temperature)) ? throw new FunctionalLlmException($"temperature: {temperature} is out of range. Pass 0 for the likeliest token, 1 for the model's own probabilities.")
        : temperature == 0 ? Likeliest
        : logits => logits / temperature is var divided && Real.IsFinite(TensorPrimitives.Max(divided.AsSpan())) ? divided : Likeliest(logits);

    /// <summary>The largest logit, of equal ones the first; all others become −∞.</summary>
    static Tensor Likeliest(Tensor logits) => Tensor.Build(logits.Shape, d =>
    {
        var best = TensorPrimitives.IndexOfMax(logits.AsSpan());
        d.Fill(Real.NegativeInfinity);
        if (best >= 0)
            d[best] = logits.AsSpan()[best];
    });

    /// <summary>The k largest logits; all others become −∞ (Fan et al. 2018). Of equal ones the first stay.</summary>
    /// <exception cref="FunctionalLlmException">k is not positive.</exception>
    public static LogitsRule TopK(int k) => k < 1 ? throw new FunctionalLlmException($"top-k: {k} tokens leave nothing to draw from. Pass 1 or more.")
        : logits => Tensor.Build(logits.Shape, d =>
        {
            var scores = logits.AsSpan();
            var (least, ties) = (Largest(scores, k), k);
            foreach (var score in scores)
                ties -= score > least ? 1 : 0;
            for (var i = 0; i < d.Length; i++)
                d[i] = scores[i] > least || scores[i] == least && ties-- > 0 ? scores[i] : Real.NegativeInfinity;
        });

    /// <summary>The fewest of the likeliest tokens whose probabilities together reach p: the nucleus (Holtzman et al. 2020).</summary>
    /// <exception cref="FunctionalLlmException">p is not above 0 and at most 1.</exception>
    public static LogitsRule TopP(double p) => !(p > 0 && p <= 1) ? throw new FunctionalLlmException($"top-p: {p} is out of range. Pass a probability above 0 and at most 1.")
        : logits =>
        {
            // All that are less likely than this have less than 1 − p together: none of them is needed to reach p.
            var (probabilities, sum, kept) = (Layers.Softmax(logits).Value.ToArray(), 0.0, new HashSet<int>());
            var few = Math.Min((1 - p) / probabilities.Length, probabilities.DefaultIfEmpty(0).Max());
            foreach (var i in Enumerable.Range(0, probabilities.Length).Where(i => probabilities[i] >= few).OrderByDescending(i => probabilities[i]))
            {
                if (sum >= p)
                    break;
                sum += probabilities[i];
                kept.Add(i);
            }

            return Keep(logits, kept.Contains);
        };

    /// <summary>Tokens at least so many times as likely as the likeliest: ln P ≥ ln P_max + ln p (Nguyen et al. 2024).</summary>
    /// <exception cref="FunctionalLlmException">p is not above 0 and at most 1.</exception>
    public static LogitsRule MinP(double p) => !(p > 0 && p <= 1) ? throw new FunctionalLlmException($"min-p: {p} is out of range. Pass a fraction above 0 and at most 1.")
        : logits =>
        {
            var scores = logits.ToArray();
            var least = scores.DefaultIfEmpty(0).Max() + Real.Log((Real)p);
            return Keep(logits, i => scores[i] >= least);
        };

    /// <summary>Tokens that occurred are made less likely: positive logits divided by the penalty, negative ones multiplied (Keskar et al. 2019).</summary>
    /// <exception cref="FunctionalLlmException">The penalty is not positive and finite.</exception>
    public static LogitsRule RepetitionPenalty(double penalty, IEnumerable<int> seen) => !(penalty > 0 && double.IsFinite(penalty))
        ? throw new FunctionalLlmException($"repetition penalty: {penalty} is out of range. Pass 1 for none, more to avoid what occurred.")
        : Changed(seen, (score, _) => (Real)(score > 0 ? score / penalty : score * penalty));

    /// <summary>Tokens that occurred lose so much of their logit once, and so much more for every time.</summary>
    /// <exception cref="FunctionalLlmException">A penalty is not finite.</exception>
    public static LogitsRule PresencePenalty(double presence, IEnumerable<int> seen, double frequency = 0) => !(double.IsFinite(presence) && double.IsFinite(frequency))
        ? throw new FunctionalLlmException($"presence penalty: {presence} and {frequency} a time are out of range. Pass finite numbers, 0 for none.")
        : Changed(seen, (score, times) => (Real)(score - presence - frequency * times));

    static LogitsRule Changed(IEnumerable<int> seen, Func<Real, int, Real> change)
    {
        var times = seen.CountBy(id => id).ToImmutableDictionary();
        return logits =>
        {
            var scores = logits.ToArray();
            foreach (var (id, count) in times)
            {
                if (id < 0 || id >= scores.Length)
                    throw new FunctionalLlmException($"penalty: id {id} is not among the {scores.Length} logits. Pass ids of the vocabulary.");
                if (Real.IsFinite(scores[id]))
                    scores[id] = Math.Clamp(change(scores[id], count), Real.MinValue, Real.MaxValue);
            }

            return Tensor.Of(logits.Shape, scores);
        };
    }

    /// <summary>The k-th largest of some numbers; −∞ where there are not so many.</summary>
    static Real Largest(ReadOnlySpan<Real> scores, int k)
    {
        if (k >= scores.Length)
            return Real.NegativeInfinity;
        var largest = new PriorityQueue<Real, Real>(k);
        var least = Real.NegativeInfinity;
        foreach (var score in scores)
        {
            if (largest.Count < k)
                largest.Enqueue(score, score);
            else if (score > least)
                largest.EnqueueDequeue(score, score);
            else
                continue;
            least = largest.Peek();
        }

        return least;
    }

    /// <summary>The logits of some places, asked for in their order; all others become −∞.</summary>
    static Tensor Keep(Tensor logits, Predicate<int> isKept) => Tensor.Build(logits.Shape, d =>
    {
        logits.AsSpan().CopyTo(d);
        for (var i = 0; i < d.Length; i++)
            d[i] = isKept(i) ? d[i] : Real.NegativeInfinity;
    });

    /// <summary>One rule after the other.</summary>
    public static LogitsRule Then(this LogitsRule first, LogitsRule second) => logits => second(first(logits));

    /// <summary>A token drawn by key from the probabilities that a rule leaves.</summary>
    public static int Draw(this LogitsRule rule, Tensor logits, Key key) => key.Categorical(rule.Probabilities(logits));

    /// <summary>The same as PyTorch draws it.</summary>
    public static (int Id, TorchGenerator Next) Draw(this LogitsRule rule, Tensor logits, TorchGenerator generator) => generator.Multinomial(rule.Probabilities(logits));

    /// <summary>The probabilities that a rule leaves: softmax(rule(z)).</summary>
    public static Tensor Probabilities(this LogitsRule rule, Tensor logits) => Layers.Softmax(rule(logits)).Value;
}
