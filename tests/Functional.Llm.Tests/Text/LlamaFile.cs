using System.Text;

namespace Functional.Llm.Tests.Text;

/// <summary>A small vocabulary in llama2.c's format.</summary>
static class LlamaFile
{
    static readonly string[] Pieces = ["th", "the", " the", "t", "h", "e", " ", "c", "a", "at", "  "];

    public static byte[] Bytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(4);
        foreach (var (i, piece) in new[] { "<unk>", "<s>", "</s>" }.Concat(Enumerable.Range(0, 256).Select(LlamaVocabulary.ByteName)).Concat(Pieces).Index())
        {
            writer.Write((float)-i);
            writer.Write(Encoding.UTF8.GetByteCount(piece));
            writer.Write(Encoding.UTF8.GetBytes(piece));
        }

        return stream.ToArray();
    }

    /// <summary>Its tokenizer, as a tokenizer.json that puts a space in front would have it.</summary>
    public static SentencePieceTokenizer Tokenizer(SpaceInFront front)
    {
        using var folder = new TemporaryFolder();
        var read = (SentencePieceTokenizer)TokenizerFile.Read(folder.Write("t.bin", Bytes()));
        var pieces = Enumerable.Range(0, read.VocabularySize).Select(id => id < 259 ? default : read.Bytes(id)).ToArray();
        return new(pieces, [.. Enumerable.Range(3, 256)], read.Merges, read.Controls, front);
    }
}
