using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests.Cli;

/// <summary>Each command of functional-llm does its work, and says what it did.</summary>
public sealed class CommandTests : IDisposable
{
    static readonly string License = Path.Combine(ScriptFolder.Repository, "LICENSE");

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_text_becomes_ids_a_model_learns_them_is_measured_converted_and_writes()
    {
        var (ids, run, converted) = (folder["ids"], folder["run"], folder["converted"]);
        var tokens = ProgramRun.Json("tokenize", "--file", License, "--tokenizer", "char", "--out", ids);
        Assert.Equal(File.ReadAllText(License).Length, tokens.GetProperty("tokens").GetInt32());
        Assert.Equal(new FileInfo(Path.Combine(ids, "tokens.bin")).Length, tokens.GetProperty("bytes").GetInt64());

        var trained = ProgramRun.Json("pretrain", "--token-file", Path.Combine(ids, "tokens.bin"), "--tokenizer", Path.Combine(ids, "tokenizer.json"),
            "--context", "16", "--width", "32", "--depth", "1", "--batch", "2", "--steps", "4", "--out", run);
        Assert.Equal(4, trained.GetProperty("steps").GetInt32());
        Assert.True(Directory.Exists(Path.Combine(run, "checkpoints")));
        Assert.Equal(6, ProgramRun.Json("pretrain", "--resume", run, "--steps", "6").GetProperty("steps").GetInt32());

        var written = ProgramRun.Json("convert", "--model", run, "--out", converted);
        Assert.True(written.GetProperty("tokenizer").GetBoolean());
        foreach (var model in new[] { run, converted })
        {
            var measured = ProgramRun.Json("evaluate", "--model", model, "--file", License);
            Assert.InRange(measured.GetProperty("bits_per_byte").GetDouble(), 1, 8);
            Assert.Equal(ModelFolder.Read(run).Sha256, ModelFolder.Read(model).Sha256);
        }

        Assert.Equal(ModelFolder.Read(run).Sha256, written.GetProperty("parameters_sha256").GetString());
        var generated = ProgramRun.Json("generate", "--model", converted, "--prompt", "The ", "--count", "5", "--temperature", "0");
        Assert.Equal(9, generated.GetProperty("ids").GetArrayLength());
        Assert.StartsWith("The ", generated.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Byte_pairs_are_learnt_from_the_text_where_there_is_no_project()
    {
        var learnt = ProgramRun.Json("tokenize", "--text", "aaabdaaabac aaabdaaabac", "--tokenizer", "bpe", "--out", folder["ids"]);
        Assert.InRange(learnt.GetProperty("vocabulary_size").GetInt32(), 258, 300);
        Assert.InRange(learnt.GetProperty("tokens").GetInt32(), 2, 12);
    }

    [Fact]
    public void What_comes_next_is_told_as_a_command_of_the_program()
    {
        var run = ProgramRun.Of("pretrain", "--file", License, "--context", "16", "--width", "32", "--depth", "1", "--steps", "1", "--out", folder["run"]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains($"functional-llm generate --model {folder["run"]}\n", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("dotnet script", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Out);
    }

    [Fact]
    public void Ids_are_those_of_the_script_and_measures_have_its_names()
    {
        string[] words = ["--preset", "llama-nano", "--ids", "1,2,3", "--count", "6", "--seed", "5"];
        using var scripts = new Systems.SystemScripts();
        var script = scripts.Json("generate", words);
        Assert.Equal(Ids(script), Ids(ProgramRun.Json(["generate", .. words])));
        string[] measure = ["--preset", "nano", "--ids-file", Path.Combine(ScriptFolder.Repository, "scripts", "data", "ids.json"), "--gradient-norm", "--logits", "last"];
        Assert.Equal(scripts.Json("evaluate", measure).GetRawText(), ProgramRun.Json(["evaluate", .. measure]).GetRawText());

        static string Ids(JsonElement result) => result.GetProperty("ids").GetRawText();
    }

    [Fact]
    public void Progress_goes_to_standard_error_and_only_where_somebody_watches()
    {
        string[] words = ["generate", "--preset", "nano", "--ids", "1,2,3", "--count", "3"];
        var (watched, unwatched) = (ProgramRun.Of(watched: true, words), ProgramRun.Of(words));
        Assert.Contains("\r\e[Ktoken ", watched.Error, StringComparison.Ordinal);
        Assert.Equal((watched.Out, ""), (unwatched.Out, unwatched.Error));
        Assert.DoesNotContain('\e', watched.Out);
    }
}
