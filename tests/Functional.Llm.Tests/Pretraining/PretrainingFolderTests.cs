using Functional.Llm.Tests.Cli;
using Xunit;

namespace Functional.Llm.Tests.Runs;

/// <summary>The folder of a training: nothing in it is lost, and what cannot be done there is told before any work.</summary>
public sealed class PretrainingFolderTests : IDisposable
{
    static readonly string[] Training =
    [
        "--file", Path.Combine(ScriptFolder.Repository, "LICENSE"), "--tokenizer", "char", "--context", "8", "--width", "16", "--heads", "2", "--depth", "1", "--batch", "4",
    ];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static ProgramRun Train(params string[] options) => ProgramRun.Of(["pretrain", .. options]);

    /// <summary>A training of so many steps in a folder of this name.</summary>
    string Trained(string name, int steps, params string[] options)
    {
        var run = Train([.. Training, "--steps", $"{steps}", "--out", folder[name], .. options]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        return folder[name];
    }

    static void Refused(int code, string expected, params string[] options)
    {
        var run = Train(options);
        Assert.Equal((code, ""), (run.Code, run.Out));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    static string Newest(string run) => CheckpointFolder.Newest(Path.Combine(run, "checkpoints")).Checkpoint!.Path;

    [Fact]
    public void Another_training_is_not_written_over()
    {
        var (first, second) = (Trained("first", 4), Trained("second", 2));
        foreach (var steps in new[] { "3", "4", "9" })
            Refused(1, $"{first}: a training was saved here after 4 steps; expected a folder without one; go on with --resume {first}, or choose another", [.. Training, "--steps", steps, "--out", first]);
        Refused(1, $"{first}: a training was saved here", "--resume", second, "--steps", "9", "--out", first);
        Assert.Equal(0, Train("--resume", second, "--steps", "3", "--out", Path.Combine(second, ".")).Code);
    }

    [Theory, InlineData("config.json"), InlineData("model.safetensors")]
    public void A_model_of_another_origin_is_not_written_over(string file)
    {
        var model = Directory.CreateDirectory(folder["model"]).FullName;
        File.WriteAllText(Path.Combine(model, file), "another's");
        Refused(1, $"{model}: there is a model here, which would be lost; expected a folder without one; choose another", [.. Training, "--steps", "1", "--out", model]);
        Assert.Equal("another's", File.ReadAllText(Path.Combine(model, file)));
    }

    [Fact]
    public void A_text_that_changed_but_not_in_length_is_noticed()
    {
        File.WriteAllText(folder["text"], new string('a', 200) + new string('b', 200));
        string[] small = ["--file", folder["text"], "--context", "8", "--width", "8", "--heads", "1", "--depth", "1", "--batch", "2", "--steps", "2"];
        Assert.Equal(0, Train([.. small, "--out", folder["run"]]).Code);
        File.WriteAllText(folder["text"], new string('a', 199) + "ba" + new string('b', 199));
        Refused(1, $"{folder["run"]}: the text has changed, though not in length", "--resume", folder["run"], "--steps", "4");
    }

    [Theory, InlineData("char"), InlineData("bpe"), InlineData("word")]
    public void A_tokenizer_that_is_made_of_a_text_has_none_in_a_file_of_ids(string tokenizer) =>
        Refused(2, $"--tokenizer {tokenizer} is made of a text, which --token-file has not", "--token-file", folder["ids"], "--tokenizer", tokenizer);

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_told_before_any_work()
    {
        File.WriteAllText(folder["file"], "");
        Refused(1, "no checkpoint can be saved here", [.. Training, "--steps", "1", "--out", Path.Combine(folder["file"], "run")]);
    }

    [Fact]
    public void What_contradicts_the_training_that_goes_on_is_refused()
    {
        var run = Trained("run", 4);
        foreach (var option in new[] { "--preset baby", "--preset nano", "--seed 3", "--seed 0", "--checkpointed", "--rate 1", "--tokenizer char", "--text a" })
            Refused(2, $"{option.Split(' ')[0]} is given with --resume", ["--resume", run, .. option.Split(' ')]);
        Refused(2, $"--steps: {run} is at step 4 already; expected that or more, not 3", "--resume", run, "--steps", "3");
    }

    [Fact]
    public void A_changed_byte_is_found_and_the_checkpoint_before_gives_the_same_bits()
    {
        var run = Trained("run", 6, "--save-every", "0");
        var (sum, path) = (ModelFile.Read(run).Sha256, Path.Combine(Newest(run), "model.safetensors"));
        var bytes = File.ReadAllBytes(path);
        bytes[^1000] ^= 1;
        File.WriteAllBytes(path, bytes);
        var again = Train("--resume", run);
        Assert.Equal((0, ""), (again.Code, again.Error));
        Assert.Contains("step-00000006-1: this checkpoint is not whole: 'model.safetensors': its SHA-256 is ", again.Out, StringComparison.Ordinal);
        Assert.Contains("; step-00000005 is used instead\n", again.Out, StringComparison.Ordinal);
        Assert.Equal(sum, ModelFile.Read(run).Sha256);
        Assert.Equal(6, CheckpointFolder.Newest(Path.Combine(run, "checkpoints")).Checkpoint!.Step);
    }

    [Fact]
    public void What_goes_on_elsewhere_writes_the_same_and_takes_the_best_model_along()
    {
        // At such a rate the loss falls first, and then rises.
        string[] wild = ["--seed", "7", "--schedule", "constant", "--rate", "0.2", "--clip", "0"];
        var (whole, part) = (Train([.. Training, .. wild, "--steps", "40"]), Trained("part", 30, wild));
        var rest = Train("--resume", part, "--steps", "40", "--out", folder["rest"]);
        Assert.Equal(Sample(whole), Sample(rest));
        var best = BestModel.Read(part)!;
        Assert.InRange(best.Step, 1, 29);
        Assert.Equal(best, BestModel.Read(folder["rest"]));
        Assert.Equal(ModelFile.Read(BestModel.In(part)).Sha256, ModelFile.Read(BestModel.In(folder["rest"])).Sha256);
        Assert.Contains($"after {best.Step} steps: {BestModel.In(folder["rest"])}.\n", rest.Out, StringComparison.Ordinal);

        // What the model writes after the last step, and before its folder is told.
        string Sample(ProgramRun run) => run.Out[run.Out.IndexOf("step     40", StringComparison.Ordinal)..].Replace($"wrote {folder["rest"]}/loss.svg\n", "", StringComparison.Ordinal).Split("The ")[0];
    }

    /// <summary>A description that is listed as it is, and yet is none.</summary>
    [Fact]
    public void What_is_wrong_with_the_description_of_a_training_is_told()
    {
        var run = Trained("run", 2);
        var checkpoint = Newest(run);
        var path = Path.Combine(checkpoint, "run.json");
        var whole = File.ReadAllText(path);
        foreach (var (from, to, expected) in new[]
        {
            (whole, whole[..^1], $":1:{whole.Length}: no JSON: the file ends here; expected a description of a training"),
            ("\"batch\":4", "\"batch\":\"4\"", ": batch is '\"4\"'; expected a whole number up to 2147483647"),
            ("\"schedule\":\"", "\"schedule\":null,\"x\":\"", ": schedule is 'null'; expected a text"),
            ("\"settings\":", "\"x\":", ": there is no settings; expected it"), ("\"ids\":", "\"ids\":true,\"x\":", ": ids is 'true'; expected a whole number"),
        })
        {
            Assert.Contains(from, whole, StringComparison.Ordinal);
            File.WriteAllText(path, whole.Replace(from, to, StringComparison.Ordinal));
            File.Delete(Path.Combine(checkpoint, "manifest.json"));
            CheckpointManifest.Write(checkpoint, 2);
            Refused(1, $"{path}{expected}; take another checkpoint\n", "--resume", run);
        }
    }
}
