using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Functional.Llm;

/// <summary>Pieces by a regular expression: its matches, and what lies between them.</summary>
sealed class RegexPreTokenizer : PreTokenizer
{
    /// <summary>Patterns come from files: one that tries ways without end is stopped.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    readonly Regex regex;

    public RegexPreTokenizer(string pattern)
    {
        try
        {
            regex = new(pattern, RegexOptions.CultureInvariant, Patience);
        }
        catch (RegexParseException e)
        {
            throw new TokenizerException($"vocabulary: the pattern {Spelling.Quoted(pattern)} is no regular expression: {e.Error} at character {e.Offset}. Use another vocabulary.", e);
        }
    }

    public override string Pattern => regex.ToString();

    public override bool EndsWordsAtSpaces => false;

    public override void FindEnds(ReadOnlySpan<byte> text, List<int> ends)
    {
        var (characters, places) = Characters(text);
        try
        {
            var last = 0;
            foreach (var match in regex.EnumerateMatches(characters))
            {
                Add(match.Index);
                Add(match.Index + match.Length);
            }

            Add(characters.Length);

            void Add(int end)
            {
                if (end > last)
                    ends.Add(places[last = end]);
            }
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new TokenizerException($"encode: the vocabulary's pattern {Spelling.Quoted(Pattern)} takes more than {Patience.TotalSeconds} s on this text. Use another vocabulary.", e);
        }
    }

    /// <summary>The text with a character for each code point, and the byte at which each begins.</summary>
    static (string Characters, int[] Places) Characters(ReadOnlySpan<byte> text)
    {
        var (characters, places) = (new StringBuilder(text.Length), new List<int>(text.Length + 1));
        for (var i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf8(text[i..], out var rune, out var length);
            characters.Append(rune.IsBmp ? (char)rune.Value : StandIns[(int)Rune.GetUnicodeCategory(rune)]);
            places.Add(i);
            i += length;
        }

        places.Add(text.Length);
        return (characters.ToString(), [.. places]);
    }

    /// <summary>The platform's expressions see halves of a surrogate pair, which are no letters: so a character of the same category stands in for the pair.</summary>
    static readonly char[] StandIns = [.. Enum.GetValues<UnicodeCategory>().Order()
        .Select(category => Enumerable.Range(0x250, 0xFFFF - 0x250).Select(c => (char)c).FirstOrDefault(c => char.GetUnicodeCategory(c) == category, '\uFFFD'))];
}
