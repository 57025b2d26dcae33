namespace Functional.Llm;

/// <summary>Texts that go on, token by token.</summary>
public static class Generation
{
    /// <summary>The tokens that follow a prompt, without end; each is drawn from what the model says of the last places that it can see.</summary>
    /// <remarks>Token i is a function of (model, prompt, rule, key, i). Keys and values are kept, up to the end of the context.</remarks>
    /// <exception cref="FunctionalLlmException">The prompt is empty, or an id is not in the vocabulary.</exception>
    public static IEnumerable<int> Continue(this Pretrained model, IEnumerable<int> prompt, LogitsRule rule, Key key) => model.Continue(prompt, _ => rule, key);

    /// <summary>The same by a rule that depends on all tokens so far, as penalties do.</summary>
    /// <exception cref="FunctionalLlmException">The prompt is empty, or an id is not in the vocabulary.</exception>
    public static IEnumerable<int> Continue(this Pretrained model, IEnumerable<int> prompt, Func<IReadOnlyList<int>, LogitsRule> rule, Key key)
    {
        var seen = prompt.ToList();
        if (seen.Count == 0)
            throw new FunctionalLlmException("generate: the prompt is empty. Pass a token or more, such as that of the text's beginning.");
        if (seen.FirstOrDefault(id => id < 0 || id >= model.Vocabulary, 0) is var wrong and not 0)
            throw new FunctionalLlmException($"generate: the prompt has the id {wrong}, which the vocabulary has not. Pass ids from 0 to {model.Vocabulary - 1}.");
        return Next();

        IEnumerable<int> Next()
        {
            var (cache, pending) = (model.Cache(), LastPlaces());
            for (var i = 0; ; i++)
            {
                (var logits, cache) = model.Extend(cache, pending);
                seen.Add(rule(seen).Draw(logits, key.Fold(i)));
                yield return seen[^1];
                // Where the context ends its places are counted anew, so that nothing of the past can be kept.
                (cache, pending) = cache.Length < model.Context ? (cache, [seen[^1]]) : (model.Cache(), LastPlaces());
            }
        }

        int[] LastPlaces() => [.. seen.TakeLast(model.Context)];
    }
}
