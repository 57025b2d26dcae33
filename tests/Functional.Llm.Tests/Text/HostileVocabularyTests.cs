using System.Text;
using Xunit;

namespace Functional.Llm.Tests.Text;

/// <summary>Vocabularies that are broken, or made to do harm, give one error, fast, and cost a small multiple of their size.</summary>
public sealed class HostileVocabularyTests
{
    const int Mebibyte = 1 << 20;

    static readonly BytePairTokenizer Small = BytePairTraining.Train("the cat and the hat and the bat", 280, "<|endoftext|>");

    static string Refusal(string name, byte[] file)
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.bpe", "#version: 0.2\n");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Assert.Throws<TokenizerException>(() => TokenizerFile.Read(folder.Write(name, file))).Message;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64L * file.Length + 2 * Mebibyte);
        Assert.DoesNotContain('\n', message);
        return message;
    }

    static string Refusal(string name, string text) => Refusal(name, Encoding.UTF8.GetBytes(text));

    static string Json(Tokenizer tokenizer)
    {
        using var folder = new TemporaryFolder();
        tokenizer.Save(folder["t.json"]);
        return File.ReadAllText(folder["t.json"]);
    }

    [Fact]
    public void A_link_is_as_long_as_what_it_leads_to()
    {
        using var folder = new TemporaryFolder();
        using (var file = File.Create(folder["large"]))
            file.SetLength((1 << 28) + 1);
        File.CreateSymbolicLink(folder["t.json"], "large");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("the vocabulary has 268,435,457 bytes; expected at most 268,435,456", Assert.Throws<TokenizerException>(() => TokenizerFile.Read(folder["t.json"])).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Mebibyte);
    }

    [Fact]
    public void What_is_wrong_is_told_by_name()
    {
        var json = Json(Small);
        foreach (var (expected, name, text) in new[]
        {
            ("no JSON", "t.json", json[..(json.Length / 2)]),
            ("no JSON", "t.json", "{\"model\": {\"vocab\": {\"a\": 1, \"a\": 2}}}"),
            ("no JSON", "t.json", string.Concat(Enumerable.Repeat("[", 100_000))),
            ("no JSON", "t.json", "{\"model\": " + string.Concat(Enumerable.Repeat("{\"a\":", 100_000))),
            ("a text has half a character", "t.json", "{\"\\ud800\": 1}"),
            ("a text has half a character", "t.json", json.Replace("\"type\": \"BPE\"", "\"type\": \"\\ud800\"", StringComparison.Ordinal)),
            ("a JSON Array is no vocabulary", "t.json", "[]"),
            ("there is no object 'model'", "t.json", "{}"),
            ("needs the token 'zz'", "t.json", json.Replace("\"merges\": [", "\"merges\": [[\"zz\", \"y\"],", StringComparison.Ordinal)),
            ("merge 0 is '7'", "t.json", json.Replace("\"merges\": [", "\"merges\": [7,", StringComparison.Ordinal)),
            ("there are only", "t.json", json.Replace("\"vocab\": {", "\"vocab\": {\"zz\": 2147483647,", StringComparison.Ordinal)),
            ("expected a whole number", "t.json", json.Replace("\"vocab\": {", "\"vocab\": {\"zz\": 99999999999,", StringComparison.Ordinal)),
            ("both have id 5", "t.json", json.Replace("\"vocab\": {", "\"vocab\": {\"zz\": 5,", StringComparison.Ordinal).Replace("\"ignore_merges\": false", "\"ignore_merges\": true", StringComparison.Ordinal)),
            ("model.type is '\"Unigram\"', which is not supported", "t.json", json.Replace("\"type\": \"BPE\"", "\"type\": \"Unigram\"", StringComparison.Ordinal)),
            ("normalizer is", "t.json", json.Replace("\"normalizer\": null", "\"normalizer\": {\"type\": \"NFC\"}", StringComparison.Ordinal)),
            ("encoder.json: byte 0x00 has no token", "encoder.json", "{\"a\": 0}"),
            ("t.tiktoken: byte 0x00 has no token", "t.tiktoken", ""),
            ("is no token; expected", "t.tiktoken", "YQ== 0\nnonsense\n"),
            ("a token has id 2147483646", "t.tiktoken", "YQ== 2147483646\n"),
            ("there is no piece 0", "t.bin", "\0\0\0\0"),
            ("there is no piece 0", "t.bin", "\0\0\0\0\0\0\0\0\u007F\u007F\u007F\u007F"),
        })
        {
            Assert.Contains(expected, Refusal(name, text), StringComparison.Ordinal);
        }

        using var folder = new TemporaryFolder();
        Assert.Contains("there is no tokenizer in this folder", Assert.Throws<TokenizerException>(() => TokenizerFile.Read(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<TokenizerException>(() => TokenizerFile.Read(folder["absent.json"])).Message, StringComparison.Ordinal);
    }

    /// <summary>Whatever becomes of a file, it is a tokenizer that keeps its promises, or is refused with a message.</summary>
    [Fact]
    public void Changed_files_are_read_or_refused()
    {
        var random = new RandomText(11);
        var tiktoken = string.Join('\n', Enumerable.Range(0, Small.Model.Vocabulary.Count).Select(id => $"{Convert.ToBase64String(Small.Model.Vocabulary[id].Span)} {id}"));
        (string Name, byte[] File)[] files = [("t.json", Encoding.UTF8.GetBytes(Json(Small))), ("t.tiktoken", Encoding.UTF8.GetBytes(tiktoken)), ("t.bin", LlamaFile.Bytes())];
        using var folder = new TemporaryFolder();
        var (read, refused) = (0, 0);
        for (var i = 0; i < 6000; i++)
        {
            var (name, file) = files[i % files.Length];
            var changed = (byte[])file.Clone();
            for (var changes = 1 + random.Below(3); changes > 0; changes--)
                changed[random.Below(changed.Length)] = (byte)random.Below(256);
            try
            {
                var tokenizer = TokenizerFile.Read(folder.Write(name, random.Below(8) == 0 ? changed[..random.Below(changed.Length)] : changed));
                Assert.All(tokenizer.EncodeToIds("the cat sat\n"), id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
                read++;
            }
            catch (TokenizerException e)
            {
                Assert.False(e.Message.Contains('\n', StringComparison.Ordinal), e.Message);
                refused++;
            }
        }

        Assert.True(read > 200 && refused > 200, $"{read} were read and {refused} refused.");
    }
}
