using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>scripts/transformer.csx, run as a process.</summary>
public class TransformerScriptTests(SystemScripts scripts) : IClassFixture<SystemScripts>
{
    static readonly string Names = Path.Combine(ScriptFolder.Repository, "scripts", "data", "names.txt");

    static (double Norm, double Gradient)[] Stages(JsonElement result, string word) => [.. result.GetProperty("stages").EnumerateArray()
        .Where(stage => stage.GetProperty("name").GetString()!.Contains(word, StringComparison.Ordinal))
        .Select(stage => (stage.GetProperty("norm").GetDouble(), stage.GetProperty("gradient_norm").GetDouble()))];

    static (double Places, double HeldOut, double Masked)[] Ablations(JsonElement result) => [.. result.GetProperty("ablations").EnumerateArray()
        .Select(row => (row.GetProperty("places").GetDouble(), row.GetProperty("held_out_loss").GetDouble(), row.GetProperty("masked_loss").GetDouble()))];

    /// <summary>The table of the note, as far as rounding lets a processor have a say in it: what is chance without norms is only bounded.</summary>
    [DataFact("text/tinyshakespeare.txt")]
    public void Each_part_is_missed_as_the_note_says()
    {
        var result = scripts.Json("transformer", "--file", Data.Path("text/tinyshakespeare.txt"));
        var rows = Ablations(result);
        Assert.Equal(3.344, result.GetProperty("frequency_loss").GetDouble(), 1e-3);
        Assert.All(rows.Zip([11.9, 14.3, 3.0, 22.1, 2.5], (row, places) => (row.Places, places)), pair => Assert.Equal(pair.places, pair.Places, 0.06));
        var (whole, residuals, norms, mask, scale) = (rows[0], rows[1], rows[2], rows[3], rows[4]);
        Assert.Equal(2.41, whole.Masked, 0.05);
        Assert.Equal(3.35, residuals.Masked, 0.03);
        Assert.True(norms.Masked > whole.Masked + 0.3);
        Assert.InRange(mask.HeldOut, 0.05, 0.3);
        Assert.InRange(mask.Masked, 5, 11);
        Assert.Equal(2.59, scale.Masked, 0.07);
        Assert.All(new[] { whole, residuals, norms, scale }, row => Assert.Equal(row.HeldOut, row.Masked));
    }

    [DataFact("text/tinyshakespeare.txt")]
    public void Without_norms_scores_grow_from_block_to_block()
    {
        string[] text = ["--file", Data.Path("text/tinyshakespeare.txt"), "--steps", "0"];
        var with = scripts.Json("transformer", text);
        var without = scripts.Json("transformer", [.. text, "--without", "norms"]);
        Assert.All(Stages(with, "scores"), stage => Assert.InRange(stage.Norm, 20, 30));
        Assert.All(Stages(without, "scores").Zip([54, 98, 386, 1266], (stage, norm) => stage.Norm / norm), ratio => Assert.Equal(1, ratio, 0.01));
        Assert.Equal(25, Ablations(without)[2].HeldOut, 0.6);
        Assert.Contains("121,025 parameters", scripts.Run("transformer", text).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pass_is_walked_stage_by_stage()
    {
        var result = scripts.Json("transformer", "--file", Names, "--steps", "0", "--depth", "3", "--prompt", "anna");
        Assert.Equal(3 * 9 + 3, result.GetProperty("stages").GetArrayLength());
        Assert.Equal("[1, 2, 3, 3]", result.GetProperty("stages")[3].GetProperty("shape").GetString());
        // Rows of mean 0 and variance 1; weights of three places, of which the first has one place to look at.
        Assert.All(Stages(result, "x̂"), stage => Assert.Equal(Math.Sqrt(3 * 48), stage.Norm, 1e-3));
        Assert.All(Stages(result, "weights"), stage => Assert.InRange(stage.Norm, Math.Sqrt(2 * (1 + 1 / 2.0 + 1 / 3.0)), Math.Sqrt(2 * 3)));
        Assert.All(Stages(result, ""), stage => Assert.True(stage.Norm > 0 && stage.Gradient > 0));
        // Before the first update the norms of the same parameters differ by the part that is missing, and the losses with it.
        Assert.Equal(5, Ablations(result).Select(row => row.HeldOut).Distinct().Count());
    }

    [Fact]
    public void The_gradient_of_a_sum_passes_what_it_was_added_to()
    {
        double[] Gradients(params string[] more) => [.. Stages(scripts.Json("transformer", ["--file", Names, "--steps", "0", .. more]), "x + feed-forward").Select(stage => stage.Gradient)];
        var whole = Gradients();
        Assert.All(whole.Zip(whole.Skip(1), (before, after) => before / after), ratio => Assert.InRange(ratio, 0.9, 1.5));
        Assert.NotEqual(whole, Gradients("--without", "residuals"));
    }

    [Fact]
    public void Threads_change_nothing()
    {
        string Output(string threads) => scripts.Run("transformer", "--file", Names, "--steps", "3", "--threads", threads).Output;
        Assert.Equal(Output("1"), Output("2"));
    }

    [Fact]
    public void What_cannot_be_done_is_told_in_a_line()
    {
        foreach (var (code, expected, arguments) in new (int, string, string[])[]
        {
            (2, "--prompt: 1 characters; expected 2 to 33", ["--prompt", "a"]),
            (2, "--prompt: 40 characters", ["--prompt", new string('a', 40)]),
            (2, "--width: 49 cannot be shared by 2 heads; expected a multiple of 2", ["--width", "49"]),
            (2, "--without", ["--without", "everything"]),
            (1, "hold no window of 32", ["--text", "too short a text"]),
        })
        {
            var wrong = scripts.Run("transformer", arguments);
            Assert.Equal((code, ""), (wrong.ExitCode, wrong.Output));
            Assert.Contains(expected, wrong.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", wrong.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Divergence_is_told_in_one_line()
    {
        var run = scripts.Run("transformer", "--file", Names, "--rate", "100", "--steps", "20");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("whole: training diverges", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', run.Error);
    }
}
