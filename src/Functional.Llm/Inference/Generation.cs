using static LanguageExt.Prelude;

namespace Functional.Llm;

/// <summary>A text that is to go on.</summary>
/// <param name="Prompt">What is given.</param>
/// <param name="Rule">What is done to logits, by all tokens so far.</param>
/// <param name="Key">The randomness.</param>
public sealed record GenerationRequest(ImmutableArray<int> Prompt, Func<IReadOnlyList<int>, LogitsRule> Rule, Key Key);

/// <summary>Texts that go on, token by token.</summary>
public static class Generation
{
    /// <summary>The tokens that follow a prompt, without end; each is drawn from what the model says of the last places that it can see.</summary>
    /// <remarks>Token i is a function of (model, prompt, rule, key, i). Keys and values are kept, up to the end of the context.</remarks>
    /// <exception cref="FunctionalLlmException">The prompt is empty, or an id is not in the vocabulary.</exception>
    public static IEnumerable<int> Continue(this Pretrained model, IEnumerable<int> prompt, LogitsRule rule, Key key) => model.Continue(prompt, _ => rule, key);

    /// <summary>The same by a rule that depends on all tokens so far, as penalties do: the unfolding of <see cref="Next"/>.</summary>
    /// <exception cref="FunctionalLlmException">The prompt is empty, or an id is not in the vocabulary.</exception>
    public static IEnumerable<int> Continue(this Pretrained model, IEnumerable<int> prompt, Func<IReadOnlyList<int>, LogitsRule> rule, Key key) =>
        LanguageExt.List.unfold(GenerationState.Start(model, prompt), state => Some(model.Next(state, rule, key)));

    /// <summary>A step: the next token, and the text with it.</summary>
    public static (int Id, GenerationState State) Next(this Pretrained model, GenerationState state, Func<IReadOnlyList<int>, LogitsRule> rule, Key key)
    {
        var (logits, read) = state.Read(model);
        var id = rule(state.Ids).Draw(logits, key.Fold(state.Drawn));
        return (id, read.Append(id));
    }

    /// <summary>The tokens that follow each of several texts, one of each at a time, without end: each text is, bit for bit, what it would be alone.</summary>
    /// <exception cref="FunctionalLlmException">A prompt is empty, or an id is not in the vocabulary.</exception>
    public static IEnumerable<ImmutableArray<int>> ContinueEach(this Pretrained model, IEnumerable<GenerationRequest> requests)
    {
        ImmutableArray<GenerationRequest> all = [.. requests];
        return LanguageExt.List.unfold(all.Select(request => GenerationState.Start(model, request.Prompt)).ToImmutableArray(), states => Some(model.NextEach(states, all)));
    }

    /// <summary>A step of several texts, which need not be equally long: their next tokens, and the texts with them. Whoever has a text that is at its end leaves it out of the next.</summary>
    public static (ImmutableArray<int> Ids, ImmutableArray<GenerationState> States) NextEach(this Pretrained model, ImmutableArray<GenerationState> states, ImmutableArray<GenerationRequest> requests)
    {
        var read = model.ReadEach(states);
        ImmutableArray<int> ids = [.. states.Select((state, i) => requests[i].Rule(state.Ids).Draw(read[i].Logits, requests[i].Key.Fold(state.Drawn)))];
        return (ids, [.. read.Select((next, i) => next.Next.Append(ids[i]))]);
    }

    /// <summary>What follows each of several texts, as <see cref="GenerationState.Read"/> tells of one: those with one id unread are read together.</summary>
    public static ImmutableArray<(Tensor Logits, GenerationState Next)> ReadEach(this Pretrained model, ImmutableArray<GenerationState> states)
    {
        var read = new (Tensor Logits, GenerationState Next)[states.Length];
        foreach (var group in Enumerable.Range(0, states.Length).Where(i => IsOneAhead(states[i])).Chunk(Pretrained.Together))
        {
            var (logits, caches) = model.ExtendEach([.. group.Select(i => states[i].Cache)], [.. group.Select(i => states[i].Ids[^1])]);
            foreach (var (row, i) in group.Index())
                read[i] = (logits[row], states[i] with { Cache = caches[row], Unread = 0 });
        }

        foreach (var i in Enumerable.Range(0, states.Length).Where(i => !IsOneAhead(states[i])))
            read[i] = states[i].Read(model);
        return [.. read];

        bool IsOneAhead(GenerationState state) => state.Unread == 1 && state.Cache.Length < model.Context;
    }

    /// <summary>The tokens before the first of some that end a text, such as <see cref="Tokenizer.EndIds"/>.</summary>
    public static IEnumerable<int> Until(this IEnumerable<int> ids, params ImmutableArray<int> ends) => ids.TakeWhile(id => !ends.Contains(id));
}
