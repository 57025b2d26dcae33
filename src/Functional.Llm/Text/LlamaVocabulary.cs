using System.Buffers.Binary;
using System.Globalization;

namespace Functional.Llm;

/// <summary>llama2.c's tokenizer.bin: the longest piece's length, then for every piece its score, its length and its bytes, little-endian.</summary>
/// <remarks>Pieces 0, 1 and 2 are <c>&lt;unk&gt;</c>, <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>; 3 to 258 the bytes, as <c>&lt;0x41&gt;</c>. The pair whose piece has the highest score is merged first.</remarks>
static partial class LlamaVocabulary
{
    const int Controls = 3;
    const int Header = 8;

    static readonly ImmutableArray<string> Names = ["<unk>", "<s>", "</s>"];

    /// <summary>The tokenizer that a file holds.</summary>
    /// <exception cref="TokenizerException">It is no such file.</exception>
    public static SentencePieceTokenizer Read(string path)
    {
        var (file, scores, pieces) = (VocabularyReader.Read(path).AsMemory(), new List<float>(), new List<ReadOnlyMemory<byte>>());
        for (var place = sizeof(int); place < file.Length || pieces.Count == 0; place += Header + pieces[^1].Length)
        {
            var length = place + Header <= file.Length ? BinaryPrimitives.ReadInt32LittleEndian(file.Span[(place + sizeof(float))..]) : -1;
            if (length < 0 || length > file.Length - place - Header)
                throw new TokenizerException($"{path}: at byte {place:N0} of {file.Length:N0} there is no piece {pieces.Count}; expected a score, a length and as many bytes; get the file anew.");
            scores.Add(BinaryPrimitives.ReadSingleLittleEndian(file.Span[place..]));
            pieces.Add(file.Slice(place + Header, length));
        }

        if (pieces.Count < Controls + 256 || !Enumerable.Range(0, 256).All(b => pieces[Controls + b].Span.SequenceEqual(System.Text.Encoding.ASCII.GetBytes(ByteName(b)))))
            throw new TokenizerException($"{path}: pieces {Controls} to {Controls + 255} are not the bytes <0x00> to <0xFF>; expected a file of llama2.c's format; check the path.");
        var searched = pieces.Select((piece, id) => id < Controls + 256 ? default : piece).ToArray();
        return new(searched, [.. Enumerable.Range(Controls, 256)], Merges(path, searched, scores),
            Names.Index().ToImmutableSortedDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal), SpaceInFront.Always);
    }

    /// <summary>The name of the token of a byte.</summary>
    public static string ByteName(int b) => string.Create(CultureInfo.InvariantCulture, $"<0x{b:X2}>");

    /// <summary>Every way to cut a piece into two others is a merge; its rank is the place of the piece's score.</summary>
    static List<Merge> Merges(string path, ReadOnlyMemory<byte>[] pieces, List<float> scores)
    {
        const int Longest = 1024;
        var vocabulary = new TokenTable(pieces);
        var merges = new List<Merge>();
        foreach (var (rank, id) in Enumerable.Range(0, pieces.Length).OrderByDescending(id => scores[id]).Index())
        {
            if (pieces[id].Length > Longest)
                throw new TokenizerException($"{path}: piece {id} has {pieces[id].Length:N0} bytes; expected at most {Longest:N0}; get the file anew.");
            for (var cut = 1; cut < pieces[id].Length; cut++)
            {
                if (vocabulary.Find(pieces[id].Span[..cut]) is >= 0 and var left && vocabulary.Find(pieces[id].Span[cut..]) is >= 0 and var right)
                    merges.Add(new(left, right, id, rank));
            }
        }

        return merges;
    }
}
