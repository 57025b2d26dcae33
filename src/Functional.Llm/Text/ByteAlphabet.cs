using System.Text;

namespace Functional.Llm;

/// <summary>Bytes as characters that can be seen, as GPT-2's files write them: the space as Ġ, the line feed as Ċ (Radford et al. 2019).</summary>
/// <remarks>The bytes of printable Latin-1 characters stand for themselves; the others, in order, are the characters from U+0100 on.</remarks>
static class ByteAlphabet
{
    static readonly char[] Characters = Assign();
    static readonly Dictionary<char, byte> Bytes = Enumerable.Range(0, 256).ToDictionary(b => Characters[b], b => (byte)b);

    /// <summary>The characters of some bytes.</summary>
    public static string ToText(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes)
            text.Append(Characters[b]);
        return text.ToString();
    }

    /// <summary>The bytes of some characters, or null where one of them stands for none.</summary>
    public static byte[]? ToBytes(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if (!Bytes.TryGetValue(text[i], out bytes[i]))
                return null;
        }

        return bytes;
    }

    static char[] Assign()
    {
        var hidden = 256;
        return [.. Enumerable.Range(0, 256).Select(b => IsPrintable(b) ? (char)b : (char)hidden++)];
    }

    static bool IsPrintable(int b) => b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE;
}
