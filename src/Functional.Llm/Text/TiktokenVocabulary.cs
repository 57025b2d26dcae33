using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Functional.Llm;

/// <summary>tiktoken's rank files: a line for every token, its bytes in base 64 and its rank, which is its id. The pair whose whole has the lowest rank is merged first.</summary>
static class TiktokenVocabulary
{
    const int Longest = 1024;

    /// <summary>The tokenizer of a file's tokens; the file says nothing of pieces and special tokens.</summary>
    /// <exception cref="TokenizerException">It is no such file.</exception>
    public static BytePairTokenizer Read(string path, PreTokenizer preTokenizer)
    {
        var tokens = new List<(int Id, ReadOnlyMemory<byte> Bytes)>();
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(VocabularyReader.Read(path)).Split('\n').Select(line => line.TrimEnd('\r')))
        {
            number++;
            if (line.Length > 0)
                tokens.Add(Parse(path, number, line));
        }

        var byId = VocabularyReader.ById(path, tokens);
        return new(new(byId, Merges(byId), preTokenizer, ignoreMerges: true), SpecialTokens.None);
    }

    static (int, ReadOnlyMemory<byte>) Parse(string path, int number, string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var bytes = new byte[Math.Max(0, space)];
        return space > 0 && Convert.TryFromBase64Chars(line.AsSpan(0, space), bytes, out var length) && length is > 0 and <= Longest
            && int.TryParse(line.AsSpan(space + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? (id, bytes.AsMemory(0, length))
            : throw new TokenizerException($"{path}:{number}: {Spelling.Quoted(line)} is no token; expected 1 to {Longest} bytes in base 64, a space and a rank; get the file anew.");
    }

    static List<Merge> Merges(ReadOnlyMemory<byte>[] tokens)
    {
        var vocabulary = new TokenTable(tokens);
        var merges = new List<Merge>();
        for (var id = 0; id < tokens.Length; id++)
        {
            for (var cut = 1; cut < tokens[id].Length; cut++)
            {
                if (vocabulary.Find(tokens[id].Span[..cut]) is >= 0 and var left && vocabulary.Find(tokens[id].Span[cut..]) is >= 0 and var right)
                    merges.Add(new(left, right, id, id));
            }
        }

        return merges;
    }
}
