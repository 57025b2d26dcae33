using Xunit;

namespace Functional.Llm.Tests.Inference;

/// <summary>Beam search finds what a search through everything finds.</summary>
public sealed class BeamSearchTests
{
    const int Vocabulary = 4, Count = 4, End = 3;

    static Pretrained<Gpt2Parameters> Model(ulong seed) => SmallModels.Drawn(new Gpt2(Vocabulary, 12, 8, 2, 1), seed, 5);

    /// <summary>ln P of a continuation, from the model without a cache.</summary>
    static double LogP(Pretrained model, IReadOnlyList<int> ids)
    {
        int[] all = [1, .. ids];
        return -model.Surprises(all).Doubles().Sum();
    }

    /// <summary>All texts of at most so many tokens that end with the end, or are as long as they may be.</summary>
    static IEnumerable<ImmutableArray<int>> All(ImmutableArray<int> beginning) => beginning.Length == Count || beginning is [.., End] ? [beginning]
        : Enumerable.Range(0, Vocabulary).SelectMany(id => All(beginning.Add(id)));

    static double Score(double logP, int n, double alpha) => logP / Math.Pow((5 + n) / 6.0, alpha);

    [Theory, InlineData(0), InlineData(0.7), InlineData(2)]
    public void A_search_as_wide_as_there_are_texts_finds_them_all_in_order(double alpha)
    {
        for (ulong seed = 0; seed < 5; seed++)
        {
            var model = Model(seed);
            var expected = All([]).Select(ids => (Ids: ids, LogP: LogP(model, ids))).OrderByDescending(text => Score(text.LogP, text.Ids.Length, alpha)).ToArray();
            var found = model.Beams([1], 400, Count, [End], alpha);
            Assert.Equal(expected.Length, found.Length);
            foreach (var (text, beam) in expected.Zip(found))
            {
                Assert.Equal<IEnumerable<int>>(text.Ids is [.. var ids, End] ? ids : text.Ids, beam.Ids);
                Assert.Equal((text.Ids is [.., End], text.LogP, Score(text.LogP, text.Ids.Length, alpha)), (beam.Ended, beam.LogProbability, beam.Score), (a, b) =>
                    a.Item1 == b.Item1 && Math.Abs(a.Item2 - b.Item2) < 1e-4 && Math.Abs(a.Item3 - b.Item3) < 1e-4);
            }
        }
    }

    [Fact]
    public void The_wider_the_search_the_better_its_best_is_and_some_width_finds_what_the_likeliest_tokens_do_not()
    {
        var (better, seeds) = (0, 12);
        for (ulong seed = 0; seed < (ulong)seeds; seed++)
        {
            var model = Model(seed);
            var best = All([]).Max(ids => LogP(model, ids));
            var greedy = model.Beams([1], 1, Count, [End])[0];
            Assert.Equal(model.Continue([1], Sampler.Temperature(0), new Key(0)).Take(Count).Until(End), greedy.Ids);
            var wide = model.Beams([1], 40, Count, [End])[0];
            Assert.Equal(best, wide.LogProbability, 1e-4);
            better += wide.LogProbability > greedy.LogProbability + 1e-4 ? 1 : 0;
        }

        Assert.InRange(better, 1, seeds);
    }

    [Fact]
    public void Of_so_many_at_a_time_the_likeliest_go_on_and_those_that_end_are_done()
    {
        for (ulong seed = 0; seed < 8; seed++)
        {
            // The same search, with every text computed anew.
            var (model, width) = (Model(seed), 3);
            var (live, done) = (new List<ImmutableArray<int>> { ImmutableArray<int>.Empty }, new List<ImmutableArray<int>>());
            for (var n = 0; n < Count; n++)
            {
                var kept = live.SelectMany(ids => Enumerable.Range(0, Vocabulary).Select(id => ids.Add(id))).OrderByDescending(ids => LogP(model, ids)).Take(width).ToArray();
                done.AddRange(kept.Where(ids => ids[^1] == End));
                live = [.. kept.Where(ids => ids[^1] != End)];
            }

            var expected = done.Concat(live).OrderByDescending(ids => Score(LogP(model, ids), ids.Length, 0.6)).Take(width).Select(ids => string.Join(' ', ids));
            Assert.Equal(expected, model.Beams([1], width, Count, [End], 0.6).Select(beam => string.Join(' ', beam.Ended ? beam.Ids.Add(End) : beam.Ids)));
        }
    }

    [Fact]
    public void What_is_no_search_is_refused()
    {
        foreach (var (width, count, alpha) in new[] { (0, 1, 0.0), (1, 0, 0), (1, 1, -1), (1, 1, double.NaN) })
            Assert.Contains($"beam search: width {width}, {count} tokens", Assert.Throws<FunctionalLlmException>(() => Model(0).Beams([1], width, count, [], alpha)).Message, StringComparison.Ordinal);
    }
}
