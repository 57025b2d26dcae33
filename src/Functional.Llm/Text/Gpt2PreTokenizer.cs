using System.Buffers;
using System.Globalization;
using System.Text;

namespace Functional.Llm;

/// <summary>GPT-2's pattern, by hand: a hundred times as fast as a regular expression, and exact for any bytes.</summary>
sealed class Gpt2PreTokenizer : PreTokenizer
{
    enum Kind : byte
    {
        Sign,
        Letter,
        Number,
        Space,
    }

    static readonly Kind[] Ascii = [.. Enumerable.Range(0, 128).Select(i => Of(new Rune(i)))];

    public override string Pattern => @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public override void FindEnds(ReadOnlySpan<byte> text, List<int> ends)
    {
        for (var start = 0; start < text.Length;)
            ends.Add(start = End(text, start));
    }

    static int End(ReadOnlySpan<byte> text, int start)
    {
        if (text[start] == '\'' && Contraction(text[(start + 1)..]) is > 0 and var letters)
            return start + 1 + letters;
        var kind = KindAt(text, start, out var length);
        var end = start + length;
        if (text[start] == ' ' && end < text.Length && KindAt(text, end, out length) is not Kind.Space and var next)
            (kind, end) = (next, end + length);
        var last = start;
        while (true)
        {
            var ascii = EndOfAscii(text, end, kind);
            (last, end) = (ascii > end ? ascii - 1 : last, ascii);
            if (end == text.Length || text[end] < 128 || KindAt(text, end, out length) != kind)
                break;
            (last, end) = (end, end + length);
        }

        // White space before something else leaves its last character to what follows, unless that is all there is.
        return kind == Kind.Space && end < text.Length && last > start ? last : end;
    }

    static int EndOfAscii(ReadOnlySpan<byte> text, int place, Kind kind)
    {
        var kinds = Ascii;
        while (place < text.Length && text[place] is var b && b < kinds.Length && kinds[b] == kind)
            place++;
        return place;
    }

    /// <summary>How many letters after an apostrophe belong to it.</summary>
    static int Contraction(ReadOnlySpan<byte> rest) =>
        rest.StartsWith("re"u8) || rest.StartsWith("ve"u8) || rest.StartsWith("ll"u8) ? 2
        : !rest.IsEmpty && rest[0] is (byte)'s' or (byte)'t' or (byte)'m' or (byte)'d' ? 1
        : 0;

    static Kind KindAt(ReadOnlySpan<byte> text, int place, out int length)
    {
        if (text[place] < 128)
        {
            length = 1;
            return Ascii[text[place]];
        }

        return Rune.DecodeFromUtf8(text[place..], out var rune, out length) == OperationStatus.Done ? Of(rune) : Kind.Sign;
    }

    static Kind Of(Rune rune) => Rune.IsWhiteSpace(rune) ? Kind.Space : Rune.GetUnicodeCategory(rune) switch
    {
        <= UnicodeCategory.OtherLetter => Kind.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
        _ => Kind.Sign,
    };
}
