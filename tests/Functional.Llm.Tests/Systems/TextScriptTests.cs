using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>Tokens, vocabularies and files of ids, by the scripts.</summary>
public class TextScriptTests(SystemScripts scripts) : IClassFixture<SystemScripts>
{
    static int[] Ids(JsonElement result) => [.. result.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];

    [DataFact("gpt2/encoder.json")]
    public void Gpt2s_ids_are_the_published_ones()
    {
        Assert.Equal([15496, 995], Ids(scripts.Json("tokens", "--tokenizer", "gpt2", "--text", "Hello world")));
        const string text = "Hello, do you like tea? <|endoftext|> In the sunlit terracesof someunknownPlace.";
        int[] published = [15496, 11, 466, 345, 588, 8887, 30, 220, 50256, 554, 262, 4252, 18250, 8812, 2114, 1659, 617, 34680, 27271, 13];
        var result = scripts.Json("tokens", "--tokenizer", "gpt2", "--special", "--text", text);
        Assert.Equal(published, Ids(result));
        Assert.Equal(text, string.Concat(result.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString())));
        Assert.DoesNotContain(50256, Ids(scripts.Json("tokens", "--tokenizer", "gpt2", "--text", text)));
    }

    [Fact]
    public void Any_text_has_tokens_by_words_characters_and_byte_pairs()
    {
        Assert.Equal(["aé", "!"], scripts.Json("tokens", "--tokenizer", "word", "--text", "aé !").GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString()));
        Assert.Equal([2, 3, 0, 1], Ids(scripts.Json("tokens", "--tokenizer", "char", "--text", "aé !")));
        Assert.Equal(0, scripts.Json("tokens", "--text", "").GetProperty("count").GetInt32());
        Assert.Contains("<|", scripts.Run("tokens", "--text", "a<|endoftext|>").Output, StringComparison.Ordinal);
        Assert.Equal(1023, Ids(scripts.Json("tokens", "--special", "--text", "<|endoftext|>")).Single());
    }

    [Fact]
    public void A_vocabulary_that_was_learnt_is_used_again()
    {
        var folder = scripts["learnt"];
        var learnt = scripts.Json("tokenizer", "--text", "aaabdaaabac", "--size", "260", "--out", folder);
        Assert.Equal((260, 3, 5), (learnt.GetProperty("vocabulary_size").GetInt32(), learnt.GetProperty("merges").GetInt32(), learnt.GetProperty("tokens").GetInt32()));
        Assert.Equal([258, 100, 258, 97, 99], Ids(scripts.Json("tokens", "--tokenizer", folder, "--text", "aaabdaaabac")));
        var written = scripts.Json("tokenize", "--tokenizer", folder, "--file", scripts.Write("long.txt", string.Concat(Enumerable.Repeat("aaabdaaabac\n", 1000))), "--out", scripts["ids"]);
        using var ids = TokenFile.Open(Path.Combine(scripts["ids"], "tokens.bin"));
        Assert.Equal((6000, 6000), (ids.Count, written.GetProperty("tokens").GetInt64()));
        var first = new int[7];
        ids.Read(0, first);
        Assert.Equal([258, 100, 258, 97, 99, 10, 258], first);
        Assert.Equal(12_032, written.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public void What_cannot_be_done_is_told_in_a_line()
    {
        foreach (var (code, expected, arguments) in new[]
        {
            (2, "'gtp2' is no tokenizer and no file", new[] { "tokens", "--tokenizer", "gtp2" }),
            (2, "--file and --text are given together", ["tokens", "--file", "a", "--text", "b"]),
            (2, "--size", ["tokenizer", "--size", "256"]),
            (1, "no such file", ["tokens", "--file", scripts["absent.txt"]]),
            (1, "not UTF-8", ["tokenize", "--file", scripts.Write("latin.txt", "") is var path && Latin(path) ? path : ""]),
            (1, "no tokenizer's file ends so", ["tokens", "--tokenizer", scripts.Write("vocabulary.txt", "a")]),
            (1, "the text is empty", ["tokenize", "--tokenizer", "char", "--text", ""]),
            (2, "--threads: '2000' is out of range; expected a whole number from 1 to 1024", ["tokenizer", "--threads", "2000"]),
            (2, "--most: '99999999999' is too large", ["tokens", "--most", "99999999999"]),
            (1, "this is a folder", ["names", "--file", Path.GetTempPath()]),
            (1, "could not be written", ["tokens", "--text", "a", "--out", scripts.Write("taken", "")]),
            (1, "no JSON", ["tokens", "--tokenizer", scripts.Write("broken.json", "{\"model\":")]),
        })
        {
            var result = scripts.Run(arguments[0], arguments[1..]);
            Assert.True(code == result.ExitCode, $"{string.Join(' ', arguments)}: {result.ExitCode} {result.Error}");
            Assert.Equal(code, result.Error.Split('\n').Length);
            Assert.Contains(expected, result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        }
    }

    static bool Latin(string path)
    {
        File.WriteAllBytes(path, [(byte)'a', 0xE9, (byte)'b']);
        return true;
    }
}
