using System.Text;
using Xunit;

namespace Functional.Llm.Tests.Text;

public sealed class TokenizerFileTests
{
    static readonly string Text = string.Concat(CodeFile.Below("src").Take(40).Select(file => file.Text));
    static readonly BytePairTokenizer Own = BytePairTraining.Train(Text, 700, "<|endoftext|>");

    static void ComesBack(Tokenizer tokenizer, string text)
    {
        using var folder = new TemporaryFolder();
        tokenizer.Save(folder["tokenizer.json"]);
        var read = TokenizerFile.Read(folder.Path);
        Assert.IsType(tokenizer.GetType(), read);
        Assert.Equal(tokenizer.VocabularySize, read.VocabularySize);
        Assert.Equal<IEnumerable<int>>(tokenizer.EncodeToIds(text), read.EncodeToIds(text));
        Assert.Equal(tokenizer.Decode(tokenizer.EncodeToIds(text)), read.Decode(read.EncodeToIds(text)));
        read.Save(folder["again.json"]);
        Assert.Equal(File.ReadAllText(folder["tokenizer.json"]), File.ReadAllText(folder["again.json"]));
    }

    [Fact]
    public void A_tokenizer_that_was_saved_is_read_the_same()
    {
        ComesBack(Own, Text);
        ComesBack(Own.Adding("<|user|>"), Text + "<|user|>");
        ComesBack(BytePairTokenizer.OfBytes, Text);
        ComesBack(WordTokenizer.Of(Text), Text);
        ComesBack(WordTokenizer.Of(Text, special: true), "unheard " + Text);
        ComesBack(CharTokenizer.Of(Text), Text);
    }

    [Fact]
    public void Hugging_Faces_older_and_newer_files_are_read()
    {
        using var folder = new TemporaryFolder();
        Own.Save(folder["tokenizer.json"]);
        var json = File.ReadAllText(folder["tokenizer.json"]);
        var (start, end) = (json.IndexOf("\"merges\"", StringComparison.Ordinal), json.LastIndexOf(']'));
        var pairs = string.Join(",", Own.Model.Merges.Select(merge => System.Text.Json.JsonSerializer.Serialize(
            $"{ByteAlphabet.ToText(Own.Model.Vocabulary[merge.Left].Span)} {ByteAlphabet.ToText(Own.Model.Vocabulary[merge.Right].Span)}")));
        var older = TokenizerFile.Read(folder.Write("older.json", $"{json[..start]}\"merges\": [{pairs}{json[end..]}"));
        Assert.Equal<IEnumerable<int>>(Own.EncodeToIds(Text), older.EncodeToIds(Text));

        // As Llama 3's: a pattern of its own before the bytes.
        const string pattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
        var model = new ByteLevel([.. Enumerable.Range(0, Own.Model.Vocabulary.Count).Select(id => Own.Model.Vocabulary[id])], Own.Model.Merges, PreTokenizer.Of(pattern), ignoreMerges: true);
        var llama = new BytePairTokenizer(model, Own.Specials);
        ComesBack(llama, Text + "IT'S 12345\n\n");
        Assert.Equal(Text, llama.Decode(llama.EncodeToIds(Text)));
    }

    [Fact]
    public void Ranks_in_tiktokens_format_give_the_same_ids()
    {
        using var folder = new TemporaryFolder();
        var lines = Enumerable.Range(0, Own.Model.Vocabulary.Count).Select(id => $"{Convert.ToBase64String(Own.Model.Vocabulary[id].Span)} {id}");
        var read = TokenizerFile.Read(folder.Write("own.tiktoken", string.Join('\n', lines) + "\n"));
        Assert.Equal<IEnumerable<int>>(Own.EncodeToIds(Text), read.EncodeToIds(Text));
        ComesBack(read, Text);
    }

    [DataFact("gpt2/encoder.json", "text/tinyshakespeare.txt")]
    public void Gpt2_is_the_same_in_every_format()
    {
        var gpt2 = (BytePairTokenizer)TokenizerFile.Read(Data.Path("gpt2/vocab.bpe"));
        var text = File.ReadAllText(Data.Path("text/tinyshakespeare.txt"))[..100_000];
        ComesBack(gpt2, text);
        using var folder = new TemporaryFolder();
        var ranks = Enumerable.Range(0, 50_256).Select(id => $"{Convert.ToBase64String(gpt2.Bytes(id).Span)} {id}");
        Assert.Equal<IEnumerable<int>>(gpt2.EncodeToIds(text), TokenizerFile.Read(folder.Write("gpt2.tiktoken", string.Join("\r\n", ranks))).EncodeToIds(text));
    }

    [DataFact("weights/tok512.bin", "weights/llama2-tokenizer.bin")]
    public void Llama2s_tokenizers_are_read()
    {
        var small = (SentencePieceTokenizer)TokenizerFile.Read(Data.Path("weights/tok512.bin"));
        Assert.Equal((512, 1, 2), (small.VocabularySize, small.Controls["<s>"], small.Controls["</s>"]));
        const string story = "Once upon a time, there was a little girl named Lily.\n😀\tx";
        ComesBack(small, story);
        Assert.Equal(story, small.Decode(small.EncodeToIds(story)));
        using var reader = new StringReader(story);
        Assert.Equal<IEnumerable<int>>(small.EncodeToIds(story), small.EncodeToIds(reader));

        // As printed by llama2.c's own test of its encoder.
        var large = TokenizerFile.Read(Data.Path("weights/llama2-tokenizer.bin"));
        Assert.Equal(32_000, large.VocabularySize);
        Assert.Equal<IEnumerable<int>>([306, 4658, 278, 6593, 310, 2834, 338], large.EncodeToIds("I believe the meaning of life is"));
        Assert.Equal<IEnumerable<int>>([3439, 17632, 1925, 29892, 278, 6368, 310, 14215, 537, 5922, 393, 29871], large.EncodeToIds("Simply put, the theory of relativity states that "));
        ComesBack(large, story);
    }

    [ReferenceFact("llama2c-stories260K.json")]
    public void A_published_story_is_decoded_and_encoded()
    {
        var tokenizer = TokenizerFile.Read(Data.Path("weights/tok512.bin"));
        var published = Reference.Json("llama2c-stories260K.json");
        int[] ids = [.. published.GetProperty("idsComputed").EnumerateArray().Select(id => id.GetInt32())];
        var text = tokenizer.Decode(ids);
        Assert.Equal(published.GetProperty("expectedText").GetString()!.TrimEnd(), text.TrimEnd());
        Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeToIds(text)));
    }
}
