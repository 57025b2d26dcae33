using System.Text;

namespace Functional.Llm;

/// <content>Writing.</content>
static partial class LlamaVocabulary
{
    /// <summary>The file that is read as this tokenizer. Scores are 0, −1, −2 and so on, in the order of the merges that make a piece; pieces that none makes come last.</summary>
    /// <exception cref="TokenizerException">The format has no place for the tokenizer: the message says what it has place for.</exception>
    public static byte[] Write(string path, Tokenizer tokenizer)
    {
        if (tokenizer is not SentencePieceTokenizer { Front: SpaceInFront.Always } pieces || pieces.Controls.Count != Controls || Names.Index().Any(name => pieces.Controls.GetValueOrDefault(name.Item, -1) != name.Index)
            || Enumerable.Range(0, 256).Any(b => pieces.ByteOf(Controls + b) != b))
        {
            throw new TokenizerException($"{path}: llama2.c's format has no place for this tokenizer; expected a SentencePiece tokenizer that puts a space in front of every text, "
                + $"whose first tokens are {Spelling.List(Names)} and the 256 bytes; write tokenizer.json.");
        }

        var scores = Scores(pieces);
        var searched = Enumerable.Range(0, scores.Length).Select(id => id < Controls + 256 ? default : pieces.Bytes(id)).ToArray();
        if (!Merges(path, searched, [.. scores]).Select(merge => (merge.Left, merge.Right)).ToHashSet().SetEquals(pieces.Merges.Select(merge => (merge.Left, merge.Right))))
            throw new TokenizerException($"{path}: llama2.c's format has no place for this tokenizer; expected that it merges every pair of pieces whose whole is a piece; write tokenizer.json.");
        byte[][] names = [.. searched.Select((piece, id) => id >= Controls + 256 ? piece.ToArray() : Encoding.UTF8.GetBytes(id >= Controls ? ByteName(id - Controls) : id == 0 ? Names[0] : $"\n{Names[id]}\n"))];
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(names.Max(name => name.Length));
        foreach (var (name, score) in names.Zip(scores))
        {
            writer.Write(score);
            writer.Write(name.Length);
            writer.Write(name);
        }

        return stream.ToArray();
    }

    static float[] Scores(SentencePieceTokenizer pieces)
    {
        var rankOf = pieces.Merges.GroupBy(merge => merge.Whole).ToDictionary(merges => merges.Key, merges => merges.Min(merge => merge.Rank));
        var scores = new float[pieces.VocabularySize];
        foreach (var (place, id) in Enumerable.Range(Controls + 256, scores.Length - Controls - 256).OrderBy(id => rankOf.GetValueOrDefault(id, int.MaxValue)).Index())
            scores[id] = -(float)place;
        return scores;
    }
}
