using Xunit;

namespace Functional.Llm.Tests.Inference;

/// <summary>Rules on logits, and draws from what they leave.</summary>
public sealed class SamplerTests
{
    // The probabilities of the book's example (Raschka 2024, chapter 5): 0.0609 0.0016 0.0001 0.5721 0.0034 0.0001 0.0001 0.3576 0.0040.
    static readonly Tensor Logits = [4.51f, 0.89f, -1.9f, 6.75f, 1.63f, -1.62f, -1.89f, 6.28f, 1.79f];

    static int[] Kept(LogitsRule rule) => [.. rule(Logits).ToArray().Index().Where(z => z.Item > Real.NegativeInfinity).Select(z => z.Index)];

    [Fact]
    public void The_likeliest_are_kept_by_number_by_sum_and_by_share()
    {
        Assert.Equal([0, 3, 7], Kept(Sampler.TopK(3)));
        Assert.Equal(9, Kept(Sampler.TopK(100)).Length);
        Assert.Equal([3], Kept(Sampler.TopP(0.57)));
        Assert.Equal([3, 7], Kept(Sampler.TopP(0.58)));
        Assert.Equal([0, 3, 7], Kept(Sampler.TopP(0.95)));
        Assert.Equal(9, Kept(Sampler.TopP(1)).Length);
        Assert.Equal([3], Kept(Sampler.MinP(1)));
        Assert.Equal([3, 7], Kept(Sampler.MinP(0.5)));
        Assert.Equal([0, 3, 7], Kept(Sampler.MinP(0.1)));
        Assert.Equal([0, 3, 4, 7, 8], Kept(Sampler.MinP(0.005)));
    }

    [Fact]
    public void What_is_kept_keeps_its_logit_and_rules_compose()
    {
        var rule = Sampler.TopK(4).Then(Sampler.TopP(0.97)).Then(Sampler.Temperature(2));
        Assert.Equal([0, 3, 7], Kept(rule));
        Assert.Equal(Logits[3].Value / 2, rule(Logits)[3].Value);
    }

    [Fact]
    public void Penalties_meet_what_occurred()
    {
        var repeated = Sampler.RepetitionPenalty(2, [3, 3, 2])(Logits).ToArray();
        Assert.Equal((6.75f / 2, -1.9f * 2, 4.51f), ((float)repeated[3], (float)repeated[2], (float)repeated[0]));
        var present = Sampler.PresencePenalty(0.5, [3, 3, 2], frequency: 0.25)(Logits).ToArray();
        Assert.Equal((5.75f, -2.65f, 4.51f), ((float)present[3], (float)present[2], (float)present[0]));
        Assert.Equal(Logits.ToArray(), Sampler.RepetitionPenalty(1.5, [])(Logits).ToArray());
    }

    [Fact]
    public void Equal_logits_keep_their_order()
    {
        Tensor equal = [1, 1, 1, 1];
        Assert.Equal([1, 1, Real.NegativeInfinity, Real.NegativeInfinity], Sampler.TopK(2)(equal).ToArray());
        Assert.Equal([1, 1, Real.NegativeInfinity, Real.NegativeInfinity], Sampler.TopP(0.5)(equal).ToArray());
        Assert.Equal(equal, Sampler.MinP(1)(equal));
    }

    public static TheoryData<string, LogitsRule> Rules => new()
    {
        { "as they are", logits => logits }, { "temperature", Sampler.Temperature(1.7) }, { "top-k", Sampler.TopK(4) }, { "top-p", Sampler.TopP(0.98) }, { "min-p", Sampler.MinP(0.002) },
        { "repetition", Sampler.RepetitionPenalty(3, [3, 7]) }, { "presence", Sampler.PresencePenalty(2, [3]) },
    };

    [Theory, MemberData(nameof(Rules))]
    public void A_hundred_thousand_draws_are_as_probable(string name, LogitsRule rule)
    {
        const int draws = 100_000;
        var probabilities = Layers.Softmax(rule(Logits)).Value.ToArray();
        var key = new Key(5);
        var counts = Enumerable.Range(0, draws).CountBy(i => rule.Draw(Logits, key.Fold(i))).ToDictionary();
        Assert.All(counts.Keys, id => Assert.True(probabilities[id] > 0, $"{name}: {id} was drawn"));
        var told = Enumerable.Range(0, probabilities.Length).Where(i => probabilities[i] * draws >= 5).ToArray();
        var statistic = told.Sum(i => Math.Pow(counts.GetValueOrDefault(i) - probabilities[i] * draws, 2) / (probabilities[i] * draws));
        // Wilson and Hilferty 1931: its cube root is nearly normal; four deviations.
        var freedom = Math.Max(1, told.Length - 1);
        var deviations = (Math.Cbrt(statistic / freedom) - (1 - 2 / (9.0 * freedom))) / Math.Sqrt(2 / (9.0 * freedom));
        Assert.True(deviations < 4, $"{name}: {statistic} with {freedom} degrees of freedom");
    }

    [Theory, InlineData(1e-300), InlineData(1e-40), InlineData(1e-38)]
    public void So_small_a_temperature_leaves_the_likeliest(double temperature)
    {
        foreach (var logits in new[] { Tensor.Of(3, [1, 3, -2]), Tensor.Of(3, [-9, -4, -5]), Tensor.Of(3, [Real.NegativeInfinity, 0, -1]) })
            Assert.Equal([0, 1, 0], Sampler.Temperature(temperature).Probabilities(logits).ToArray());
    }

    [Fact]
    public void Penalties_of_any_size_leave_probabilities()
    {
        var logits = Tensor.Of(4, [1, 3, -2, Real.NegativeInfinity]);
        foreach (var rule in new[] { Sampler.RepetitionPenalty(1e-300, [0, 2, 3]), Sampler.PresencePenalty(-1e300, [0, 3]) })
        {
            Assert.Equal([1, 0, 0, 0], rule.Probabilities(logits).ToArray());
            Assert.Equal([1, 0, 0, 0], rule.Then(Sampler.Temperature(0.1)).Probabilities(logits).ToArray());
        }

        foreach (var rule in new[] { Sampler.RepetitionPenalty(1e300, [2, 3]), Sampler.PresencePenalty(1e300, [2, 3]) })
            Assert.Equal([0, 0], rule.Probabilities(logits).ToArray()[2..]);
    }

    [Fact]
    public void What_leaves_nothing_to_draw_from_is_refused()
    {
        foreach (var (words, rule) in new (string, Func<LogitsRule>)[]
        {
            ("top-k: 0 tokens", () => Sampler.TopK(0)), ("top-p: 0 is", () => Sampler.TopP(0)), ("top-p: NaN", () => Sampler.TopP(double.NaN)), ("min-p: 1.5", () => Sampler.MinP(1.5)),
            ("temperature: -1", () => Sampler.Temperature(-1)), ("repetition penalty: 0", () => Sampler.RepetitionPenalty(0, [])), ("presence penalty: Infinity", () => Sampler.PresencePenalty(double.PositiveInfinity, [])),
        })
            Assert.Contains(words, Assert.Throws<FunctionalLlmException>(rule).Message, StringComparison.Ordinal);
        Assert.Contains("id 9 is not among the 9", Assert.Throws<FunctionalLlmException>(() => Sampler.RepetitionPenalty(2, [9])(Logits)).Message, StringComparison.Ordinal);
    }
}
