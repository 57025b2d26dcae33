using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>scripts/attention.csx, run as a process.</summary>
public class AttentionScriptTests(SystemScripts scripts) : IClassFixture<SystemScripts>
{
    [Fact]
    public void Every_head_of_every_block_has_its_map_and_its_means()
    {
        var folder = scripts["maps"];
        var result = scripts.Json("attention", "--steps", "3", "--prompt", "a word", "--out", folder);
        var heads = result.GetProperty("heads").EnumerateArray().ToArray();
        Assert.Equal(8, heads.Length);
        Assert.All(heads, head =>
        {
            var weights = head.GetProperty("weights").EnumerateArray().Select(row => row.EnumerateArray().Select(w => w.GetDouble()).ToArray()).ToArray();
            Assert.Equal(6, weights.Length);
            Assert.All(weights, row => Assert.Equal(1, row.Sum(), 1e-5));
            Assert.All(weights.Index(), row => Assert.All(row.Item[(row.Index + 1)..], later => Assert.Equal(0, later)));
            Assert.Equal(weights.Average(row => Math.Exp(-row.Where(w => w > 0).Sum(w => w * Math.Log(w)))), Number(head, "places"), 1e-4);
            Assert.Equal(weights.Index().Average(row => row.Item.Index().Sum(w => w.Item * (row.Index - w.Index))), Number(head, "distance"), 1e-4);
            Assert.Equal(weights.Index().Average(row => row.Item[row.Index]), Number(head, "itself"), 1e-5);
            Assert.Equal(weights.Index().Skip(1).Average(row => row.Item[row.Index - 1]), Number(head, "before"), 1e-5);
            Assert.Equal(weights.Average(row => row[0]), Number(head, "first"), 1e-5);
        });
        var picture = File.ReadAllText(Path.Combine(folder, "attention.svg"));
        Assert.All(heads, head => Assert.Contains($">{head.GetProperty("block")}.{head.GetProperty("head")}<", picture, StringComparison.Ordinal));
    }

    [Fact]
    public void What_cannot_be_done_is_told_in_a_line()
    {
        foreach (var (code, expected, arguments) in new (int, string, string[])[]
        {
            (2, "--prompt: 1 tokens; expected 2 to 64", ["--prompt", "a", "--steps", "0"]),
            (2, "--prompt: 65 tokens", ["--prompt", new string('a', 65), "--steps", "0"]),
            (2, "a sentence needs a tokenizer", ["--preset", "nano"]),
            (1, "nowhere", ["--model", "nowhere"]),
        })
        {
            var wrong = scripts.Run("attention", arguments);
            Assert.Equal((code, ""), (wrong.ExitCode, wrong.Output));
            Assert.Contains(expected, wrong.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", wrong.Error, StringComparison.Ordinal);
        }
    }

    static double Number(JsonElement head, string name) => head.GetProperty(name).GetDouble();
}
