namespace Functional.Llm;

/// <summary>Where a text may be cut and keep its pieces: between an ASCII letter and a space, where a word ends whatever comes before and after.</summary>
static class Gpt2Cut
{
    /// <summary>The last such place, or 0.</summary>
    public static int Last(ReadOnlySpan<char> text)
    {
        for (var i = text.Length - 1; i > 0; i--)
        {
            if (text[i] == ' ' && char.IsAsciiLetter(text[i - 1]))
                return i;
        }

        return 0;
    }

    /// <summary>The parts of a text, of about <paramref name="size"/> bytes each; longer where there is no such place.</summary>
    public static List<Range> Parts(ReadOnlySpan<byte> text, int size)
    {
        var (parts, start) = (new List<Range>(), 0);
        for (var i = size; i < text.Length; i++)
        {
            if (text[i] != ' ' || !char.IsAsciiLetter((char)text[i - 1]))
                continue;
            parts.Add(start..i);
            (start, i) = (i, i + size);
        }

        parts.Add(start..text.Length);
        return parts;
    }
}
