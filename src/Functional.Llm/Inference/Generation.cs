using static LanguageExt.Prelude;

namespace Functional.Llm;

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

    /// <summary>The tokens before the first of some that end a text, such as <see cref="Tokenizer.EndIds"/>.</summary>
    public static IEnumerable<int> Until(this IEnumerable<int> ids, params ImmutableArray<int> ends) => ids.TakeWhile(id => !ends.Contains(id));
}
