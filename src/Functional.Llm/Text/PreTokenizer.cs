using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Functional.Llm;

/// <summary>Cuts a text into pieces that no token crosses.</summary>
abstract class PreTokenizer
{
    /// <summary>GPT-2's pieces (Radford et al. 2019): words and numbers with the space before them, English contractions, other signs, white space.</summary>
    public static PreTokenizer Gpt2 { get; } = new Gpt2PreTokenizer();

    /// <summary>One piece: the whole text.</summary>
    public static PreTokenizer Whole { get; } = new WholePreTokenizer();

    /// <summary>The pattern as other programs write it; null for none.</summary>
    public abstract string? Pattern { get; }

    /// <summary>Appends where each piece of a text ends. Bytes that are no UTF-8 count as signs, each piece of them on its own.</summary>
    public abstract void FindEnds(ReadOnlySpan<byte> text, List<int> ends);

    /// <summary>Whether a piece always ends between an ASCII letter and a space after it, whatever comes before and after.</summary>
    public virtual bool EndsWordsAtSpaces => true;

    /// <summary>Pieces by a regular expression: its matches, and what lies between them.</summary>
    /// <exception cref="TokenizerException">It is no regular expression.</exception>
    public static PreTokenizer Of(string pattern) => pattern == Gpt2.Pattern ? Gpt2 : new RegexPreTokenizer(pattern);

    sealed class WholePreTokenizer : PreTokenizer
    {
        public override string? Pattern => null;

        public override bool EndsWordsAtSpaces => false;

        public override void FindEnds(ReadOnlySpan<byte> text, List<int> ends)
        {
            if (!text.IsEmpty)
                ends.Add(text.Length);
        }
    }

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
            catch (ArgumentException e)
            {
                throw new TokenizerException($"vocabulary: the pattern {Spelling.Quoted(pattern)} is no regular expression: {e.Message}", e);
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

        /// <summary>The text in UTF-16, and the byte at which each of its characters begins.</summary>
        static (string Characters, int[] Places) Characters(ReadOnlySpan<byte> text)
        {
            var (characters, places) = (new StringBuilder(text.Length), new List<int>(text.Length + 1));
            for (var i = 0; i < text.Length;)
            {
                Rune.DecodeFromUtf8(text[i..], out var rune, out var length);
                characters.Append(rune.ToString());
                for (var unit = 0; unit < rune.Utf16SequenceLength; unit++)
                    places.Add(i);
                i += length;
            }

            places.Add(text.Length);
            return (characters.ToString(), [.. places]);
        }
    }
}
