namespace Functional.Llm;

/// <summary>A text in the making: all its ids, and what the model keeps of those that it has read. A value: it may go on in many ways, which share their past.</summary>
/// <param name="Cache">The keys and values of the places read.</param>
/// <param name="Ids">The prompt, and what came after it.</param>
/// <param name="Unread">How many of the last ids the model has yet to read.</param>
/// <param name="Drawn">How many ids came after the prompt.</param>
public sealed record GenerationState(KeyValueCache Cache, ImmutableList<int> Ids, int Unread, int Drawn)
{
    /// <summary>A prompt, of which nothing is read yet.</summary>
    /// <exception cref="FunctionalLlmException">The prompt is empty, or an id is not in the vocabulary.</exception>
    public static GenerationState Start(Pretrained model, IEnumerable<int> prompt)
    {
        var ids = prompt.ToImmutableList();
        if (ids.IsEmpty)
            throw new FunctionalLlmException("generate: the prompt is empty. Pass a token or more, such as that of the text's beginning.");
        if (ids.FirstOrDefault(id => id < 0 || id >= model.Vocabulary, 0) is var wrong and not 0)
            throw new FunctionalLlmException($"generate: the prompt has the id {wrong}, which the vocabulary has not. Pass ids from 0 to {model.Vocabulary - 1}.");
        return new(model.Cache(), ids, ids.Count, 0);
    }

    /// <summary>The logits (V) of the token that follows, and the state in which the model has read all ids.</summary>
    /// <remarks>Where the context ends, its places are counted anew from the last ids that fit, so that nothing of the past can be kept.</remarks>
    public (Tensor Logits, GenerationState Next) Read(Pretrained model)
    {
        var (cache, unread) = Cache.Length + Unread <= model.Context ? (Cache, Unread) : (model.Cache(), Math.Min(model.Context, Ids.Count));
        var (logits, next) = model.Extend(cache, Last(unread));
        return (logits, this with { Cache = next, Unread = 0 });
    }

    /// <summary>The text with an id more, which the model has yet to read.</summary>
    public GenerationState Append(int id) => this with { Ids = Ids.Add(id), Unread = Unread + 1, Drawn = Drawn + 1 };

    int[] Last(int count)
    {
        var last = new int[count];
        Ids.CopyTo(Ids.Count - count, last, 0, count);
        return last;
    }
}
