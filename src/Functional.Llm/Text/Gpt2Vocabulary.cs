using System.Text;

namespace Functional.Llm;

/// <summary>OpenAI's two files: encoder.json, the tokens with their ids, and vocab.bpe, the merges in the order of their ranks, a pair a line.</summary>
static class Gpt2Vocabulary
{
    /// <summary>The tokenizer that two files make. Tokens that no merge makes and that are no byte are special.</summary>
    /// <exception cref="TokenizerException">A file is missing, or is not what it should be.</exception>
    public static BytePairTokenizer Read(string encoder, string merges)
    {
        var ids = VocabularyReader.Ids(encoder, VocabularyReader.Json(encoder));
        var pairs = VocabularyReader.Merges(merges, Pairs(merges), token => ids.TryGetValue(token, out var id) ? id : null);
        return Of(encoder, ids, pairs, PreTokenizer.Gpt2, ignoreMerges: false);
    }

    /// <summary>The tokenizer of tokens that are written in the alphabet of bytes.</summary>
    public static BytePairTokenizer Of(string path, Dictionary<string, int> ids, Merge[] merges, PreTokenizer preTokenizer, bool ignoreMerges)
    {
        var made = merges.Select(merge => merge.Whole).ToHashSet();
        var isSpecial = ids.ToLookup(token => token.Key.Length > 1 && !made.Contains(token.Value) && !ignoreMerges);
        var tokens = isSpecial[false].Select(token => (token.Value, (ReadOnlyMemory<byte>)(ByteAlphabet.ToBytes(token.Key)
            ?? throw new TokenizerException($"{path}: token {Spelling.Quoted(token.Key)} is not written in the alphabet of bytes; expected GPT-2's; check that the file belongs to a byte-level vocabulary."))));
        var specials = isSpecial[true].ToImmutableSortedDictionary(token => token.Key, token => token.Value, StringComparer.Ordinal);
        return new(new(VocabularyReader.ById(path, [.. tokens]), merges, preTokenizer, ignoreMerges), new(specials, [], []));
    }

    static IEnumerable<(string Left, string Right, string Place)> Pairs(string path)
    {
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(VocabularyReader.Read(path)).Split('\n').Select(line => line.TrimEnd('\r')))
        {
            number++;
            if (line.Length == 0 || (number == 1 && line.StartsWith("#version", StringComparison.Ordinal)))
                continue;
            var parts = line.Split(' ');
            yield return parts is [{ Length: > 0 } left, { Length: > 0 } right] ? (left, right, $"the merge in line {number}")
                : throw new TokenizerException($"{path}:{number}: {Spelling.Quoted(line)} is no merge; expected two tokens with a space between; get the file anew.");
        }
    }
}
