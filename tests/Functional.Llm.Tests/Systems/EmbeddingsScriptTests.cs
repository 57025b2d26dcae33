using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>Word vectors of a small text: the contract, not the quality, which takes a large one.</summary>
public class EmbeddingsScriptTests(SystemScripts scripts) : IClassFixture<SystemScripts>
{
    internal static readonly string Text = string.Concat(Enumerable.Range(0, 300).Select(i =>
        i % 3 == 0 ? "the king and the man went with a boy. " : i % 3 == 1 ? "the queen and the woman came with a girl. " : "one fish saw two dogs and ten cats. "));

    [Fact]
    public void The_result_has_the_keys_of_the_contract_and_is_the_same_for_any_number_of_threads()
    {
        var questions = scripts.Write("questions.txt", ": family\nman woman king queen\nboy girl king queen\nfather mother king queen\n");
        string[] args = ["--text", Text, "--dimension", "16", "--epochs", "2", "--questions", questions, "--words", "King,fish"];
        var one = scripts.Json("embeddings", [.. args, "--threads", "1"]);
        foreach (var key in new[] { "words", "vocabulary", "seconds", "accuracy", "covered", "chance" })
            Assert.Equal(JsonValueKind.Number, one.GetProperty(key).ValueKind);
        Assert.Equal(2, one.GetProperty("covered").GetInt32());
        Assert.Equal(1.0 / one.GetProperty("vocabulary").GetInt32(), one.GetProperty("chance").GetDouble(), 1e-12);
        Assert.Equal(["king", "fish"], one.GetProperty("neighbours").EnumerateArray().Select(n => n.GetProperty("word").GetString()));
        var three = scripts.Json("embeddings", [.. args, "--threads", "3"]);
        foreach (var key in new[] { "neighbours", "loss", "analogy", "accuracy" })
            Assert.Equal(one.GetProperty(key).GetRawText(), three.GetProperty(key).GetRawText());
    }

    [Fact]
    public void Wrong_usage_ends_with_2_and_what_cannot_be_answered_with_1()
    {
        string[] args = ["--text", Text, "--epochs", "0"];
        var two = scripts.Run("embeddings", [.. args, "--analogy", "king man"]);
        Assert.Equal((2, ""), (two.ExitCode, two.Output));
        Assert.Contains("has 2 words; expected three", two.Error, StringComparison.Ordinal);
        Assert.Equal(2, scripts.Run("embeddings", "--dimension", "0").ExitCode);
        foreach (var (expected, asked) in new[]
        {
            ("'whale' does not occur 8 times in this text", new[] { "--words", "King,whale" }),
            ("'whale' does not occur 8 times in this text", ["--analogy", "king man Whale"]),
            ("no-such.txt", ["--questions", scripts["no-such.txt"]]),
            ("wrong.txt:2: 'one two'; expected four words", ["--questions", scripts.Write("wrong.txt", ": a\none two\n")]),
        })
        {
            // Before training, which takes a minute where the text is long: the number of words is all that was printed.
            var wrong = scripts.Run("embeddings", [.. args, .. asked]);
            Assert.Equal(1, wrong.ExitCode);
            Assert.Contains(expected, wrong.Error, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', wrong.Error + wrong.Output);
        }

        Assert.Contains("no-such.txt", scripts.Run("embeddings", "--file", scripts["no-such.txt"]).Error, StringComparison.Ordinal);
        Assert.Contains("vocabulary has 0 words", scripts.Run("embeddings", "--text", "one two").Error, StringComparison.Ordinal);
    }
}
