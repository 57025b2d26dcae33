namespace Functional.Llm;

/// <summary>What is done to a row of logits before a token is drawn: a pure function; several compose.</summary>
public delegate Tensor LogitsRule(Tensor logits);

/// <summary>How the next token is chosen from its logits.</summary>
public static class Sampler
{
    /// <summary>Logits divided by a temperature: below 1 the likely become likelier, at 0 only the likeliest is left.</summary>
    /// <exception cref="FunctionalLlmException">The temperature is negative or not finite.</exception>
    public static LogitsRule Temperature(double temperature) =>
        !(temperature >= 0 && double.IsFinite(temperature)) ? throw new FunctionalLlmException($"temperature: {temperature} is out of range. Pass 0 for the likeliest token, 1 for the model's own probabilities.")
        : temperature == 0 ? TopK(1)
        : logits => logits / temperature;

    /// <summary>The k largest logits; all others become −∞ (Fan et al. 2018). Of equal ones the first stay.</summary>
    /// <exception cref="FunctionalLlmException">k is not positive.</exception>
    public static LogitsRule TopK(int k) => k < 1 ? throw new FunctionalLlmException($"top-k: {k} tokens leave nothing to draw from. Pass 1 or more.")
        : logits =>
        {
            var scores = logits.ToArray();
            var kept = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(k).ToHashSet();
            return Tensor.Build(logits.Shape, d =>
            {
                for (var i = 0; i < d.Length; i++)
                    d[i] = kept.Contains(i) ? scores[i] : Real.NegativeInfinity;
            });
        };

    /// <summary>One rule after the other.</summary>
    public static LogitsRule Then(this LogitsRule first, LogitsRule second) => logits => second(first(logits));

    /// <summary>A token drawn by key from the probabilities that a rule leaves.</summary>
    public static int Draw(this LogitsRule rule, Tensor logits, Key key) => key.Categorical(Layers.Softmax(rule(logits)).Value);
}
