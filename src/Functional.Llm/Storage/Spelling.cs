namespace Functional.Llm;

/// <summary>Finds the known word that a mistyped one was probably meant to be.</summary>
internal static class Spelling
{
    /// <summary>Words longer than this are compared by their beginnings, so that a hostile word costs no more than a long one.</summary>
    const int Longest = 64;

    /// <summary>The known word nearest to <paramref name="word"/> by edit distance, or null where none is near.</summary>
    /// <remarks>Near is a distance of at most a third of the word's length, at least 2; case does not count.</remarks>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        var beginning = Beginning(word);
        return known
            .Select(candidate => (Candidate: candidate, Distance: Distance(beginning, Beginning(candidate))))
            .Where(pair => pair.Distance <= Math.Max(2, beginning.Length / 3) && pair.Distance < beginning.Length)
            .OrderBy(pair => pair.Distance)
            .Select(pair => pair.Candidate)
            .FirstOrDefault();
    }

    /// <summary>Words as one reads a list of them: 'a', 'b', 'c', with the rest counted when there are many.</summary>
    public static string List(IReadOnlyList<string> words, int most = 12) =>
        string.Join(", ", words.Take(most).Select(Quoted)) + (words.Count > most ? $" and {words.Count - most} more" : "");

    /// <summary>Text in quotes on one line: control characters become visible, and a long text is cut.</summary>
    public static string Quoted(string text) => $"'{OneLine(text.Length > Longest ? text[..Longest] + "…" : text)}'";

    /// <summary>Text on one line: every control character becomes a visible picture of itself (␊ for a line feed).</summary>
    public static string OneLine(string text) => !text.Any(char.IsControl)
        ? text
        : string.Concat(text.Select(c => char.IsControl(c) ? c < ' ' ? (char)('␀' + c) : '␡' : c));

    /// <summary>A text as one word of a command line: as it is where a shell reads it so, and else in the quotes of one.</summary>
    public static string Word(string text) => text.Length > 0 && text.All(c => char.IsLetterOrDigit(c) || "/\\.:_-+=,@".Contains(c, StringComparison.Ordinal) && (c != '\\' || OperatingSystem.IsWindows())) ? text
        : OperatingSystem.IsWindows() ? $"\"{text}\"" : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    static string Beginning(string word) => (word.Length > Longest ? word[..Longest] : word).ToUpperInvariant();

    /// <summary>Levenshtein's distance: the fewest insertions, deletions and substitutions that turn a into b.</summary>
    static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
