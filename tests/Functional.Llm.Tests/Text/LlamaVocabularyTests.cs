using System.Buffers.Binary;
using Xunit;

namespace Functional.Llm.Tests.Text;

/// <summary>llama2.c's tokenizer.bin is written as it is read.</summary>
public sealed class LlamaVocabularyTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    byte[] Again(string path)
    {
        TokenizerFile.Read(path).Save(folder["again.bin"]);
        return File.ReadAllBytes(folder["again.bin"]);
    }

    [DataFact("weights/tok512.bin")]
    public void What_is_written_is_what_was_read_to_the_byte() => Assert.Equal(File.ReadAllBytes(Data.Path("weights/tok512.bin")), Again(Data.Path("weights/tok512.bin")));

    /// <summary>Scores of other sizes in the same order are the same tokenizer.</summary>
    [DataFact("weights/llama2-tokenizer.bin")]
    public void Another_tokenizer_comes_back_as_the_same()
    {
        var expected = (SentencePieceTokenizer)TokenizerFile.Read(Data.Path("weights/llama2-tokenizer.bin"));
        var written = Again(Data.Path("weights/llama2-tokenizer.bin"));
        Assert.Equal(File.ReadAllBytes(Data.Path("weights/llama2-tokenizer.bin")).Length, written.Length);
        Assert.Equal(27, BinaryPrimitives.ReadInt32LittleEndian(written));
        var read = (SentencePieceTokenizer)TokenizerFile.Read(folder["again.bin"]);
        var text = string.Concat(CodeFile.Below("src").Take(20).Select(file => file.Text)) + "  naïve 日本語\t   x";
        Assert.Equal<IEnumerable<int>>(expected.EncodeToIds(text), read.EncodeToIds(text));
        Assert.Equal(written, Again(folder["again.bin"]));
        expected.Save(folder["tokenizer.json"]);
        Assert.Equal(written, Again(folder["tokenizer.json"]));
    }

    [Fact]
    public void Texts_begin_with_the_token_of_the_beginning()
    {
        Assert.Equal<IEnumerable<int>>([1], LlamaFile.Tokenizer(SpaceInFront.Always).BeginIds);
        Assert.Equal<IEnumerable<int>>([257], BytePairTokenizer.OfBytes.Adding("<|end_of_text|>", "<|begin_of_text|>").BeginIds);
        Assert.Empty(BytePairTokenizer.OfBytes.Adding("<|endoftext|>").BeginIds);
    }

    [Fact]
    public void A_tokenizer_for_which_the_format_has_no_place_is_told()
    {
        var expected = $"{folder["t.bin"]}: llama2.c's format has no place for this tokenizer; expected ";
        var llama = LlamaFile.Tokenizer(SpaceInFront.Always);
        var pieces = Enumerable.Range(0, llama.VocabularySize).Select(id => id < 259 ? default : llama.Bytes(id)).ToArray();
        foreach (var (reason, tokenizer) in new (string, Tokenizer)[]
        {
            ("a SentencePiece tokenizer", BytePairTokenizer.OfBytes),
            ("a SentencePiece tokenizer", LlamaFile.Tokenizer(SpaceInFront.None)),
            ("a SentencePiece tokenizer", new SentencePieceTokenizer(pieces, [.. Enumerable.Range(3, 256).Reverse()], llama.Merges, llama.Controls, SpaceInFront.Always)),
            ("a SentencePiece tokenizer", new SentencePieceTokenizer(pieces, [.. Enumerable.Range(3, 256)], llama.Merges, llama.Controls.Add("<pad>", 260), SpaceInFront.Always)),
            ("that it merges every pair of pieces whose whole is a piece", new SentencePieceTokenizer(pieces, [.. Enumerable.Range(3, 256)], [.. llama.Merges.Skip(1)], llama.Controls, SpaceInFront.Always)),
        })
        {
            Assert.StartsWith(expected + reason, Assert.Throws<TokenizerException>(() => tokenizer.Save(folder["t.bin"])).Message, StringComparison.Ordinal);
            Assert.False(File.Exists(folder["t.bin"]));
        }
    }
}
