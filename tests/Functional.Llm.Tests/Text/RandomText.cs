using System.Text;

namespace Functional.Llm.Tests.Text;

/// <summary>Texts and bytes that find what ordinary ones do not: signs, white space, letters of all scripts, contractions, and bytes that are no UTF-8.</summary>
sealed class RandomText(ulong seed)
{
    static readonly string[] Bits =
        ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'", " ", "  ", "\n", "\r\n", "\t", "\u00A0", "\u2003", "\u3000", "\u0085", "a", "the", "Hello", "x", "é", "ß", "λ", "Ж", "中文", "日本", "नमस्ते",
         "e\u0301", "1", "42", "٣", "Ⅷ", "½", "!", "?!", "...", "—", "“", "$", "€", "😀", "👩‍👩‍👧", "🇩🇪", "\u200B", "\0", "\u001C", "ſ", "İ", "ﬁ", "𝒳", "𐍈"];

    readonly Random random = new((int)seed);

    public int Below(int limit) => random.Next(limit);

    public string Text(int most)
    {
        var text = new StringBuilder();
        for (var count = random.Next(most + 1); count > 0; count--)
            text.Append(random.Next(8) == 0 ? Rune(random).ToString() : Bits[random.Next(Bits.Length)]);
        return text.ToString();
    }

    /// <summary>Any bytes; sometimes a text with some of them changed.</summary>
    public byte[] Bytes(int most)
    {
        var bytes = random.Next(2) == 0 ? new byte[random.Next(most + 1)] : Encoding.UTF8.GetBytes(Text(most / 2));
        if (bytes.Length > 0 && random.Next(2) == 0)
            random.NextBytes(bytes.AsSpan(random.Next(bytes.Length)));
        return bytes;
    }

    static Rune Rune(Random random) => System.Text.Rune.TryCreate(random.Next(0x110000), out var rune) ? rune : System.Text.Rune.ReplacementChar;
}
