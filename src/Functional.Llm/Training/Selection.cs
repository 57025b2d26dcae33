namespace Functional.Llm;

/// <summary>One of a stream of evaluations, and how it stands among those so far.</summary>
/// <param name="Item">What was evaluated.</param>
/// <param name="Loss">Its loss.</param>
/// <param name="Best">The lowest loss so far, this one's included.</param>
/// <param name="Since">How many evaluations ago that was: 0 where this is the best.</param>
public readonly record struct Ranked<T>(T Item, double Loss, double Best, int Since);

/// <summary>Early stopping and the choice of the best, as consumers of a stream of steps or whatever else has a loss.</summary>
/// <remarks>
/// <code>
/// var best = steps.Where(s => s.Step % 100 == 0).Rank(s => s.Evaluate(validationLoss)).UntilStale(5).Best(s => s.Snapshot());
/// </code>
/// </remarks>
public static class Selection
{
    /// <summary>Every item with its loss, the best so far, and how long ago that was. A loss that is not a number is none.</summary>
    /// <param name="items">What is evaluated, one after the other.</param>
    /// <param name="loss">The loss of an item.</param>
    /// <param name="best">The best before the first item, where a stream goes on that was broken off.</param>
    /// <param name="since">How many evaluations before the first item that was.</param>
    public static IEnumerable<Ranked<T>> Rank<T>(this IEnumerable<T> items, Func<T, double> loss, double best = double.PositiveInfinity, int since = 0)
    {
        foreach (var item in items)
        {
            var now = loss(item);
            (best, since) = now < best ? (now, 0) : (best, since + 1);
            yield return new(item, now, best, since);
        }
    }

    /// <summary>The evaluations up to the one, if it comes, that is so many after the best (Prechelt 1998).</summary>
    /// <exception cref="FunctionalLlmException">The patience is not positive.</exception>
    public static IEnumerable<Ranked<T>> UntilStale<T>(this IEnumerable<Ranked<T>> evaluations, int patience)
    {
        return patience > 0 ? Patient()
            : throw new FunctionalLlmException($"early stopping: a patience of {patience} stops before the first evaluation. Pass 1 or more.");

        IEnumerable<Ranked<T>> Patient()
        {
            foreach (var evaluation in evaluations)
            {
                yield return evaluation;
                if (evaluation.Since >= patience)
                    yield break;
            }
        }
    }

    /// <summary>What is kept of the best, taken while the stream stands there: a snapshot, for example.</summary>
    /// <returns>The last that was kept, or the default where no evaluation was better than what came before.</returns>
    public static S? Best<T, S>(this IEnumerable<Ranked<T>> evaluations, Func<T, S> keep) =>
        evaluations.Where(evaluation => evaluation.Since == 0).Aggregate(default(S), (_, evaluation) => keep(evaluation.Item));
}
