namespace Functional.Llm;

/// <summary>What follows a prompt, with its probability.</summary>
/// <param name="Ids">The tokens behind the prompt, without the one that ends the text.</param>
/// <param name="LogProbability">ln P of them, and of the end where it came.</param>
/// <param name="Score">ln P / ((5 + n)/6)^α, where the n tokens count the end (Wu et al. 2016).</param>
/// <param name="Ended">Whether a token that ends a text came.</param>
public sealed record Beam(ImmutableArray<int> Ids, double LogProbability, double Score, bool Ended);

/// <summary>Search for likely texts: of all ways to go on, a few are followed at a time.</summary>
public static class BeamSearch
{
    /// <summary>The best of what was found to follow a prompt, the best first, as many as the search is wide at most.</summary>
    /// <remarks>
    /// Of all ways in which the texts go on by one token, the likeliest are kept, as many as the search is wide; those among them that end are done. The texts share
    /// the caches of what they have in common. The search is over where nothing that goes on can become better than what is done.
    /// </remarks>
    /// <param name="model">The model.</param>
    /// <param name="prompt">What is given.</param>
    /// <param name="width">How many texts go on at a time; 1 takes the likeliest token each time.</param>
    /// <param name="count">The most tokens.</param>
    /// <param name="ends">Tokens that end a text.</param>
    /// <param name="lengthPenalty">α: 0 prefers short texts, since each token makes a text less likely; 1 judges nearly by the mean.</param>
    /// <param name="isStopped">Asked before each token: where it says yes, what was found so far is the result.</param>
    /// <exception cref="FunctionalLlmException">The width or the count is not positive, α is negative, the prompt is empty or has an id that the model has not.</exception>
    public static ImmutableArray<Beam> Beams(this Pretrained model, IEnumerable<int> prompt, int width, int count, ImmutableArray<int> ends, double lengthPenalty = 0, Func<bool>? isStopped = null)
    {
        if (width < 1 || count < 1 || !(lengthPenalty >= 0 && double.IsFinite(lengthPenalty)))
            throw new FunctionalLlmException($"beam search: width {width}, {count} tokens, length penalty {lengthPenalty}; expected a width and a count of 1 or more, and a penalty of 0 or more.");
        var search = new Search([new(GenerationState.Start(model, prompt), 0)], []);
        for (var n = 1; n <= count && !IsOver(search) && isStopped?.Invoke() != true; n++)
            search = Step(search, n);
        return Best(search.Done.AddRange(search.Live.Select(text => Finished(text, isEnd: false))));

        Search Step(Search search, int n)
        {
            var read = model.ReadEach([.. search.Live.Select(text => text.State)]);
            var kept = read.SelectMany((next, i) => LogProbabilities(next.Logits).Select((logP, id) => (Parent: i, Id: id, LogP: search.Live[i].LogP + logP)))
                .Where(way => way.LogP > Real.NegativeInfinity).OrderByDescending(way => way.LogP).Take(width).ToArray();
            var texts = kept.Select(way => (IsEnd: ends.Contains(way.Id), Text: new Text(read[way.Parent].Next.Append(way.Id), way.LogP))).ToArray();
            return new([.. texts.Where(text => !text.IsEnd).Select(text => text.Text)], Best(search.Done.AddRange(texts.Where(text => text.IsEnd).Select(text => Finished(text.Text, isEnd: true)))));
        }

        // No text becomes likelier, and none is judged more mildly than at the greatest length.
        bool IsOver(Search search) => search.Live.IsEmpty || search.Done.Length == width && search.Done[^1].Score >= search.Live.Max(text => Score(text.LogP, count));

        Beam Finished(Text text, bool isEnd)
        {
            var drawn = text.State.Drawn;
            return new([.. text.State.Ids.Skip(text.State.Ids.Count - drawn).Take(isEnd ? drawn - 1 : drawn)], text.LogP, Score(text.LogP, drawn), isEnd);
        }

        double Score(Real logP, int n) => logP / Real.Pow((Real)(5 + n) / 6, (Real)lengthPenalty);

        ImmutableArray<Beam> Best(IEnumerable<Beam> beams) => [.. beams.OrderByDescending(beam => beam.Score).Take(width)];
    }

    static IEnumerable<Real> LogProbabilities(Tensor logits)
    {
        var normalizer = Kernels.Normalizers(logits)[0];
        return logits.ToArray().Select(z => -normalizer.LogarithmLess(z));
    }

    /// <summary>A text that goes on, with ln P of what follows the prompt.</summary>
    sealed record Text(GenerationState State, Real LogP);

    /// <summary>The texts that go on, and the best of those that have ended.</summary>
    sealed record Search(ImmutableArray<Text> Live, ImmutableArray<Beam> Done);
}
