using System.Globalization;
using Functional.Llm.Tests.Cli;
using Xunit;

namespace Functional.Llm.Tests.Runs;

/// <summary>Texts that a training does not expect, and what its progress line says.</summary>
public sealed class OddTextTests : IDisposable
{
    static readonly string License = Path.Combine(ScriptFolder.Repository, "LICENSE");
    static readonly string[] Small = ["--context", "4", "--width", "8", "--heads", "1", "--depth", "1", "--batch", "2"];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static ProgramRun Train(params string[] options) => ProgramRun.Of(["pretrain", .. Small, .. options]);

    /// <summary>A model is asked for a text before and after its training; not every vocabulary has a new line to begin it with.</summary>
    [Theory, InlineData("char", 0), InlineData("char", 3), InlineData("word", 3), InlineData("bpe", 0)]
    public void A_model_writes_without_a_new_line_in_its_vocabulary(string tokenizer, int steps)
    {
        var text = string.Concat(Enumerable.Range(0, 300).Select(i => $"{(char)('a' + i * i % 7)} "));
        var run = Train("--text", text, "--tokenizer", tokenizer, "--steps", $"{steps}", "--out", folder["run"]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        var ids = ProgramRun.Json("generate", "--model", folder["run"], "--count", "5").GetProperty("ids").EnumerateArray().Select(id => id.GetInt32());
        Assert.Equal(tokenizer == "bpe" ? "\n" : tokenizer == "char" ? " " : "a", TokenizerFile.Read(Path.Combine(folder["run"], "tokenizer.json")).Decode(ids.Take(1)));
    }

    /// <summary>Nine tenths of the text's UTF-16 end within the 18th emoji.</summary>
    [Fact]
    public void No_character_is_cut_in_two()
    {
        var (text, tokenizer) = (string.Concat(Enumerable.Repeat("😀", 19)) + "x", CharTokenizer.Of("😀x"));
        var (learnt, judged) = PretrainingText.Of(text, tokenizer);
        Assert.Equal((17, 3), (learnt.Count, judged.Count));
        Assert.Equal(0, Train("--text", text + text, "--steps", "1").Code);
    }

    [Theory, InlineData("--batch", "600"), InlineData("--accumulate", "600")]
    public void Passes_that_fill_no_update_are_refused(string option, string value)
    {
        var run = ProgramRun.Of("pretrain", "--file", License, "--context", "16", "--epochs", "2", option, value, "--out", folder["run"]);
        Assert.Equal((1, ""), (run.Code, run.Out));
        Assert.StartsWith("--epochs 2: the text has 60 windows, too few for an update of ", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("; give a longer text, or a smaller --batch, --accumulate or --context\n", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    /// <summary>60 windows in batches of 20: three updates a pass.</summary>
    [Theory, InlineData(null, 6), InlineData(4, 4), InlineData(1, 1), InlineData(100, 6)]
    public void Beside_passes_a_number_of_updates_is_the_most(int? steps, int expected)
    {
        var run = ProgramRun.Of(["pretrain", "--file", License, "--context", "16", "--width", "16", "--heads", "2", "--depth", "1", "--epochs", "2", "--batch", "20",
            .. steps is null ? Array.Empty<string>() : ["--steps", $"{steps}"]]);
        Assert.Contains($"After {expected} step{(expected == 1 ? "" : "s")}: training loss", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_progress_line_says_how_training_goes()
    {
        var run = ProgramRun.Of(watched: true, ["pretrain", .. Small, "--file", License, "--steps", "2000"]);
        Assert.StartsWith("\r\e[K0/2000\r\e[K\r\e[K", run.Error, StringComparison.Ordinal);   // cleared for the first look, and not only by the next line
        Assert.Matches(@"\r\e\[K[0-9]+/2000 0:[0-9][0-9] left loss [0-9.]+ val [0-9.]+ lr [0-9E.-]+ norm [0-9.]+ [0-9,]+ tok/s [0-9]+%\r", run.Error);
    }

    /// <summary>Before the first update there is no loss, and no time from which the rest could be guessed.</summary>
    [Fact]
    public void The_progress_line_has_numbers_only()
    {
        var run = ProgramRun.Of(watched: true, ["pretrain", .. Small, "--file", License, "--steps", "40", "--out", folder["run"]]);
        var again = ProgramRun.Of(watched: true, "pretrain", "--resume", folder["run"], "--steps", "50");
        foreach (var (error, first) in new[] { (run.Error, "0/40"), (again.Error, "40/50") })
        {
            Assert.StartsWith($"\r\e[K{first}\r\e[K", error + "\r\e[K", StringComparison.Ordinal);
            Assert.DoesNotContain(CultureInfo.InvariantCulture.NumberFormat.NaNSymbol, error, StringComparison.Ordinal);
            Assert.DoesNotContain("Infinity", error, StringComparison.Ordinal);
        }
    }
}
