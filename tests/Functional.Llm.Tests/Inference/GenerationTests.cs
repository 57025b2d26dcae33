using Xunit;

namespace Functional.Llm.Tests.Inference;

/// <summary>Generation as steps from state to state.</summary>
public sealed class GenerationTests
{
    const int Vocabulary = 23, Context = 40;

    static readonly Pretrained<LlamaParameters> Model = SmallModels.Drawn(new Llama(Vocabulary, Context, 16, 2, 1, 2, 24), 1);

    static readonly LogitsRule Rule = Sampler.Temperature(0.9).Then(Sampler.TopK(9));

    [Fact]
    public void A_text_is_the_unfolding_of_a_pure_step()
    {
        var (state, ids) = (GenerationState.Start(Model, [1, 2, 3]), new List<int>());
        for (var i = 0; i < 60; i++)
        {
            var (id, next) = Model.Next(state, _ => Rule, new Key(4));
            Assert.Equal((id, state.Ids.Count + 1, i + 1, 1), (Model.Next(state, _ => Rule, new Key(4)).Id, next.Ids.Count, next.Drawn, next.Unread));
            (state, ids) = (next, [.. ids, id]);
        }

        Assert.Equal(ids, Model.Continue([1, 2, 3], Rule, new Key(4)).Take(60));
        Assert.Equal([1, 2, 3, .. ids], state.Ids);
    }

    [Fact]
    public void Token_i_is_drawn_with_its_own_key_from_what_the_rule_of_all_before_it_leaves()
    {
        var seen = new List<int> { 5 };
        foreach (var (i, id) in Model.Continue(seen, ids => Rule.Then(Sampler.PresencePenalty(3, ids)), new Key(2)).Take(Context + 10).Index())
        {
            var last = seen.TakeLast(Context).ToArray();
            var logits = Model.Logits(Tokens.Of((1, last.Length), last))[0, last.Length - 1];
            Assert.Equal(Rule.Then(Sampler.PresencePenalty(3, seen)).Draw(logits, new Key(2).Fold(i)), id);
            seen.Add(id);
        }
    }

    [Fact]
    public void Nothing_is_computed_before_it_is_asked_for()
    {
        var reads = 0;
        var ids = Model.Continue([1], _ => logits =>
        {
            reads++;
            return logits;
        }, new Key(0));
        Assert.Equal(0, reads);
        Assert.Equal(3, ids.Take(3).Count());
        Assert.Equal(3, reads);
    }

    [Fact]
    public void A_text_ends_before_the_tokens_that_end_it()
    {
        Assert.Equal([1, 2], new[] { 1, 2, 7, 3 }.Until(9, 7));
        Assert.Equal([1, 2], new[] { 1, 2 }.Until(9));
        Assert.Equal([1, 2], new[] { 1, 2 }.Until([]));
        var endless = Model.Continue([1], Rule, new Key(1));
        var end = endless.ElementAt(6);
        Assert.Equal(endless.TakeWhile(id => id != end), endless.Until(end));
    }

    [Fact]
    public void A_prompt_that_does_not_fit_is_refused_at_once()
    {
        Assert.Contains("the prompt is empty", Assert.Throws<FunctionalLlmException>(() => Model.Continue([], Rule, new Key(0))).Message, StringComparison.Ordinal);
        Assert.Contains("has the id 23", Assert.Throws<FunctionalLlmException>(() => Model.Continue([1, 23], Rule, new Key(0))).Message, StringComparison.Ordinal);
    }
}
