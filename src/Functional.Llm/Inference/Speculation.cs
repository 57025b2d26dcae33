using static LanguageExt.Prelude;

namespace Functional.Llm;

/// <summary>A small model proposes, a large one judges several proposals at once: the large model's own texts, in fewer of its passes (Leviathan et al. 2023; Chen et al. 2023).</summary>
/// <remarks>
/// A token x that was drawn from the small model's q is taken with the probability min(1, p(x)/q(x)); the first that is not is replaced by one from
/// (p − q)⁺, normalised. What comes of it has the distribution p: q(x) min(1, p(x)/q(x)) + Σ (q − p)⁺ · (p(x) − q(x))⁺ / Σ (p − q)⁺ = p(x).
/// </remarks>
public static class Speculation
{
    /// <summary>The tokens that follow a prompt, without end, distributed as <see cref="Generation.Continue(Pretrained, IEnumerable{int}, LogitsRule, Key)"/> draws them, and equal to those where only the likeliest is left.</summary>
    /// <param name="model">The model whose texts they are.</param>
    /// <param name="draft">A smaller model with the same vocabulary.</param>
    /// <param name="prompt">What is given.</param>
    /// <param name="rule">What is done to the logits of both models.</param>
    /// <param name="key">The randomness.</param>
    /// <param name="ahead">How many tokens are proposed at a time; no more than either context has room for.</param>
    /// <exception cref="FunctionalLlmException">The vocabularies differ in size, the prompt is empty or has an id that they have not, or the number ahead is not from 1 to 7.</exception>
    public static IEnumerable<int> Speculate(this Pretrained model, Pretrained draft, IEnumerable<int> prompt, Func<IReadOnlyList<int>, LogitsRule> rule, Key key, int ahead = 4) =>
        model.SpeculateInRounds(draft, prompt, rule, key, ahead).SelectMany(ids => ids);

    /// <summary>The same in rounds, each of which is one pass of the large model: the proposals that it takes, and a token of its own. The first round is the prompt's, without proposals.</summary>
    /// <inheritdoc cref="Speculate"/>
    public static IEnumerable<ImmutableArray<int>> SpeculateInRounds(this Pretrained model, Pretrained draft, IEnumerable<int> prompt, Func<IReadOnlyList<int>, LogitsRule> rule, Key key, int ahead = 4)
    {
        if (model.Vocabulary != draft.Vocabulary)
            throw new FunctionalLlmException($"speculation: the draft has a vocabulary of {draft.Vocabulary:N0}, the model one of {model.Vocabulary:N0}; expected the same tokens. Pass a smaller model with the same tokenizer.");
        if (ahead is < 1 or >= Pretrained.Together)
            throw new FunctionalLlmException($"speculation: {ahead} tokens ahead; expected 1 to {Pretrained.Together - 1}, which cost about as much as one.");
        var start = GenerationState.Start(model, prompt);
        return LanguageExt.List.unfold((start, start with { Cache = draft.Cache() }), texts => Some(Round(model, draft, texts, rule, key, ahead)));
    }

    /// <summary>The proposals that are taken, and one token of the model's own; the same text for both models.</summary>
    static (ImmutableArray<int> Ids, (GenerationState Text, GenerationState Drafted)) Round(Pretrained model, Pretrained draft, (GenerationState Text, GenerationState Drafted) texts,
        Func<IReadOnlyList<int>, LogitsRule> rule, Key key, int ahead)
    {
        var (text, drafted) = texts;
        ahead = Math.Min(ahead, Math.Min(model.Context, draft.Context) - text.Ids.Count);
        if (text.Drawn == 0 || ahead < 1)
        {
            var (id, next) = model.Next(text, rule, key);
            return ([id], (next, drafted.Append(id)));
        }

        var proposals = LanguageExt.List.unfold(drafted, state => Some(Propose(state))).Take(ahead).ToArray();
        var ids = proposals.Select(proposal => proposal.Id).ToArray();
        var (logits, cache) = model.ExtendAll(text.Cache, [text.Ids[^1], .. ids]);
        var taken = 0;
        while (taken < ahead && KeyOf(taken).Fold(1).Uniform() * proposals[taken].Probabilities[ids[taken]].Value < Judged(taken)[ids[taken]].Value)
            taken++;

        var own = taken == ahead ? KeyOf(taken).Categorical(Judged(taken)) : KeyOf(taken).Fold(2).Categorical(Excess(Judged(taken), proposals[taken].Probabilities));
        var all = text.Ids.AddRange(ids.Take(taken)).Add(own);
        return ([.. ids.Take(taken), own], (new(cache.First(text.Ids.Count + taken), all, 1, text.Drawn + taken + 1),
            (taken == ahead ? proposals[^1].Read.Append(ids[^1]) : proposals[taken].Read).Append(own)));

        Key KeyOf(int place) => key.Fold(text.Drawn + place);
        Tensor Judged(int place) => rule(proposals.Length > place ? proposals[place].Read.Ids : proposals[^1].Read.Ids.Add(ids[^1])).Probabilities(logits[place]);

        (Proposal Proposal, GenerationState Next) Propose(GenerationState state)
        {
            var (scores, read) = state.Read(draft);
            var probabilities = rule(state.Ids).Probabilities(scores);
            var id = key.Fold(state.Drawn).Fold(0).Categorical(probabilities);
            return (new(id, probabilities, read), read.Append(id));
        }
    }

    /// <summary>A token that the small model drew, the probabilities that it drew it from, and the text before it.</summary>
    sealed record Proposal(int Id, Tensor Probabilities, GenerationState Read);

    /// <summary>(p − q)⁺; p itself where rounding leaves nothing of it.</summary>
    static Tensor Excess(Tensor p, Tensor q)
    {
        var (wanted, had) = (p.ToArray(), q.ToArray());
        var excess = Tensor.Build(p.Shape, d =>
        {
            for (var i = 0; i < d.Length; i++)
                d[i] = Real.Max(0, wanted[i] - had[i]);
        });
        return excess.Sum().Value > 0 ? excess : p;
    }
}
