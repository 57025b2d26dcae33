using System.Text;

namespace Functional.Llm;

/// <summary>Tokens as people read them.</summary>
static class TokenText
{
    /// <summary>The bytes as text in quotes where they are UTF-8, else as hexadecimal numbers.</summary>
    public static string Quoted(ReadOnlySpan<byte> token) => System.Text.Unicode.Utf8.IsValid(token)
        ? Spelling.Quoted(Encoding.UTF8.GetString(token))
        : $"bytes {Convert.ToHexString(token[..Math.Min(token.Length, 16)])}";
}
