using Xunit;

namespace Functional.Llm.Tests.Inference;

/// <summary>Speculation gives what the large model alone would, whatever the small one proposes.</summary>
public sealed class SpeculationTests
{
    const int Vocabulary = 31;

    static readonly Pretrained<LlamaParameters> Large = SmallModels.Drawn(new Llama(Vocabulary, 70, 32, 4, 2, 2, 40), 1);

    static readonly Func<IReadOnlyList<int>, LogitsRule> Greedy = _ => Sampler.Temperature(0);

    public static TheoryData<string> Drafts => ["itself", "another", "shorter", "windowed"];

    static Pretrained Draft(string name) => name switch
    {
        "itself" => Large,
        "another" => SmallModels.Drawn(new Gpt2(Vocabulary, 90, 8, 2, 1), 2),
        "shorter" => SmallModels.Drawn(new Gpt2(Vocabulary, 20, 8, 2, 1), 3),
        "windowed" => SmallModels.Drawn(new Llama(Vocabulary, 90, 16, 2, 1, 1, 16, Window: 5), 4),
        _ => throw new ArgumentException(name, nameof(name)),
    };

    [Theory, MemberData(nameof(Drafts))]
    public void Where_the_likeliest_is_taken_the_tokens_are_the_large_models_own(string draft)
    {
        for (var ahead = 1; ahead < Pretrained.Together; ahead++)
        {
            int[] prompt = [ahead, 7, 3];
            Assert.Equal(Large.Continue(prompt, Greedy, new Key(0)).Take(100), Large.Speculate(Draft(draft), prompt, Greedy, new Key(1), ahead).Take(100));
        }
    }

    [Fact]
    public void Rules_that_depend_on_what_was_seen_hold_for_both()
    {
        Func<IReadOnlyList<int>, LogitsRule> rule = seen => Sampler.RepetitionPenalty(1.5, seen).Then(Sampler.PresencePenalty(0.5, seen)).Then(Sampler.Temperature(0));
        Assert.Equal(Large.Continue([5], rule, new Key(0)).Take(60), Large.Speculate(Draft("windowed"), [5], rule, new Key(1)).Take(60));
        Assert.NotEqual(Large.Continue([5], Greedy, new Key(0)).Take(60), Large.Continue([5], rule, new Key(0)).Take(60));
    }

    [Fact]
    public void A_model_that_proposes_to_itself_is_never_refused_and_another_is_sometimes()
    {
        Assert.Equal([1, 5, 5, 5, 5, 5], Rounds(Large));
        Assert.Equal(1, Rounds(Draft("another"))[0]);
        Assert.All(Rounds(Draft("another")), taken => Assert.InRange(taken, 1, 5));
        Assert.InRange(Rounds(Draft("another")).Sum(), 7, 25);

        static int[] Rounds(Pretrained draft) => [.. Large.SpeculateInRounds(draft, [1], _ => Sampler.Temperature(2), new Key(3), ahead: 4).Take(6).Select(ids => ids.Length)];
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Texts_are_as_probable_as_the_large_models(int ahead)
    {
        const int vocabulary = 3, length = 4, draws = 20_000;
        var (large, small) = (SmallModels.Drawn(new Gpt2(vocabulary, 8, 4, 2, 1), 5, 6), SmallModels.Drawn(new Gpt2(vocabulary, 8, 4, 2, 1), 6, 6));
        Func<IReadOnlyList<int>, LogitsRule> rule = seen => Sampler.PresencePenalty(0.3, seen).Then(Sampler.Temperature(1.2));
        var texts = (int)Math.Pow(vocabulary, length);
        var counts = new int[texts];
        Parallel.For(0, draws, i => Interlocked.Increment(ref counts[large.Speculate(small, [1], rule, new Key(7).Fold(i), ahead).Take(length).Aggregate(0, (number, id) => number * vocabulary + id)]));
        var probabilities = Enumerable.Range(0, texts).Select(text => Probability(large, text)).ToArray();
        Statistics.AssertFits(counts, probabilities);
        // Which the small model's are not: a test that could not tell would prove nothing.
        Assert.Throws<Xunit.Sdk.InRangeException>(() => Statistics.AssertFits(counts, [.. Enumerable.Range(0, texts).Select(text => Probability(small, text))]));

        double Probability(Pretrained model, int text)
        {
            var (ids, product) = (new List<int> { 1 }, 1.0);
            for (var place = texts / vocabulary; place > 0; place /= vocabulary)
            {
                var id = text / place % vocabulary;
                product *= rule(ids).Probabilities(model.Logits(Tokens.Of((1, ids.Count), [.. ids]))[0, ids.Count - 1])[id].Value;
                ids.Add(id);
            }

            return product;
        }
    }

    [Fact]
    public void What_cannot_speculate_is_refused()
    {
        var other = SmallModels.Drawn(new Gpt2(30, 90, 8, 2, 1), 2);
        Assert.Contains("a vocabulary of 30, the model one of 31", Assert.Throws<FunctionalLlmException>(() => Large.Speculate(other, [1], Greedy, new Key(0))).Message, StringComparison.Ordinal);
        foreach (var ahead in new[] { 0, 8 })
            Assert.Contains($"{ahead} tokens ahead", Assert.Throws<FunctionalLlmException>(() => Large.Speculate(Large, [1], Greedy, new Key(0), ahead)).Message, StringComparison.Ordinal);
    }
}
