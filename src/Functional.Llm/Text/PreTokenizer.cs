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
    public static PreTokenizer Of(string pattern) => pattern == PreTokenizer.Gpt2.Pattern ? PreTokenizer.Gpt2 : new RegexPreTokenizer(pattern);

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
}
