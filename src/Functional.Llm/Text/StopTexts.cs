namespace Functional.Llm;

/// <summary>Texts that end what comes in pieces.</summary>
public static class StopTexts
{
    /// <summary>A text in pieces, up to where the first of some other texts would stand; wherever the pieces are cut, it ends at the same place.</summary>
    /// <remarks>
    /// A piece for each, and one for what is left at the end. What could be the beginning of a stop text waits until it is decided. Of several, the one
    /// that is complete first ends the text, and of those the longest. No further piece is taken then.
    /// </remarks>
    /// <exception cref="FunctionalLlmException">A stop text is empty.</exception>
    public static IEnumerable<string> Until(this IEnumerable<string> text, params ImmutableArray<string> stops)
    {
        if (stops.Any(string.IsNullOrEmpty))
            throw new FunctionalLlmException("stop text: it is empty, and so would end every text before it begins. Pass a character or more.");
        return Pieces();

        IEnumerable<string> Pieces()
        {
            var waiting = "";
            foreach (var piece in text)
            {
                waiting += piece;
                if (First(waiting, stops) is { } place)
                {
                    yield return waiting[..place];
                    yield break;
                }

                var decided = waiting.Length - Undecided(waiting, stops);
                yield return waiting[..decided];
                waiting = waiting[decided..];
            }

            yield return waiting;
        }
    }

    /// <summary>Where the stop text stands that is complete first.</summary>
    static int? First(string text, ImmutableArray<string> stops) => stops
        .Select(stop => (Place: text.IndexOf(stop, StringComparison.Ordinal), stop.Length)).Where(found => found.Place >= 0)
        .OrderBy(found => found.Place + found.Length).ThenBy(found => found.Place).Select(found => (int?)found.Place).FirstOrDefault();

    /// <summary>How many characters at the end are the beginning of a stop text.</summary>
    static int Undecided(string text, ImmutableArray<string> stops) => stops.Select(stop => Enumerable.Range(1, Math.Min(text.Length, stop.Length - 1))
        .LastOrDefault(count => text.AsSpan()[^count..].SequenceEqual(stop.AsSpan(..count)))).DefaultIfEmpty(0).Max();
}
