using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>scripts/pretrain.csx, generate.csx and evaluate.csx, run as processes.</summary>
public class PretrainScriptTests(SystemScripts scripts) : IClassFixture<SystemScripts>
{
    static readonly string License = Path.Combine(ScriptFolder.Repository, "LICENSE");

    static readonly string[] Little = ["--file", License, "--context", "16", "--width", "32", "--depth", "2", "--batch", "4"];

    [Fact]
    public void What_was_trained_goes_on_generates_and_is_evaluated()
    {
        var folder = scripts["run"];
        var trained = scripts.Json("pretrain", [.. Little, "--schedule", "constant", "--steps", "30", "--out", folder]);
        Assert.Equal(30, trained.GetProperty("steps").GetInt32());
        Assert.InRange(trained.GetProperty("validation_loss").GetDouble(), 1, 4);
        var straight = scripts.Json("pretrain", [.. Little, "--schedule", "constant", "--steps", "40"]);
        var resumed = scripts.Json("pretrain", "--resume", folder, "--steps", "40");
        Assert.Equal(straight.GetProperty("parameters_sha256").GetString(), resumed.GetProperty("parameters_sha256").GetString());

        var generated = scripts.Json("generate", "--model", folder, "--prompt", "The ", "--count", "20", "--temperature", "0");
        Assert.Equal(24, generated.GetProperty("ids").GetArrayLength());
        Assert.StartsWith("The ", generated.GetProperty("text").GetString(), StringComparison.Ordinal);
        var ids = generated.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
        Assert.Equal(ids, scripts.Json("generate", "--model", folder, "--prompt", "The ", "--count", "20", "--temperature", "0", "--draft", folder).GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
        string[] drawing = ["--model", folder, "--prompt", "The ", "--count", "20", "--seed", "5"];
        var text = scripts.Json("generate", drawing).GetProperty("text").GetString()!;
        Assert.Equal(text.TrimEnd(), scripts.Run("generate", drawing).Output);
        Assert.Equal(text[..text.IndexOf(text[10..12], 4, StringComparison.Ordinal)], scripts.Json("generate", [.. drawing, "--stop", text[10..12]]).GetProperty("text").GetString());
        var compared = scripts.Json("generate", "--model", folder, "--prompt", "The ", "--count", "20", "--compare", "temperature 0; beams 3, length-penalty 0; top-k 2, seed 5").GetProperty("texts").EnumerateArray().ToArray();
        Assert.Equal(["temperature 0", "beams 3, length-penalty 0", "top-k 2, seed 5"], compared.Select(one => one.GetProperty("setting").GetString()));
        Assert.Equal(ids, compared[0].GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal(scripts.Json("generate", "--model", folder, "--prompt", "The ", "--count", "20", "--top-k", "2", "--seed", "5").GetProperty("text").GetString(), compared[2].GetProperty("text").GetString());
        var evaluated = scripts.Json("evaluate", "--model", folder, "--file", License);
        Assert.InRange(evaluated.GetProperty("bits_per_byte").GetDouble(), 1, 6);
        Assert.Contains("has no '", scripts.Run("generate", "--model", folder, "--prompt", "é").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_model_is_kept_and_a_training_that_grows_no_better_ends()
    {
        // Every tenth step is looked at; at such a rate the loss falls, and then rises.
        string[] wild = [.. Little, "--schedule", "constant", "--rate", "0.2", "--clip", "0", "--steps", "100"];
        var (folder, again) = (scripts["best"], scripts["best-again"]);
        var trained = scripts.Json("pretrain", [.. wild, "--patience", "2", "--out", folder]);
        var (steps, best) = (trained.GetProperty("steps").GetInt32(), trained.GetProperty("best_step").GetInt32());
        Assert.Equal(best + 20, steps);
        Assert.InRange(steps, 20, 90);
        Assert.True(trained.GetProperty("best_validation_loss").GetDouble() < trained.GetProperty("validation_loss").GetDouble());
        if (best > 0)
        {
            var kept = scripts.Json("pretrain", [.. wild[..^1], $"{best}", "--out", again]);
            Assert.Equal(ModelFile.Read(again).Sha256, ModelFile.Read(Path.Combine(folder, "best")).Sha256);
            Assert.Equal(kept.GetProperty("validation_loss").GetDouble(), trained.GetProperty("best_validation_loss").GetDouble(), 1e-6);
        }

        // What goes on knows how long it has waited: one look when the first impatience ends it.
        var broken = scripts["broken"];
        Assert.InRange(scripts.Json("pretrain", [.. wild, "--patience", "1", "--out", broken]).GetProperty("steps").GetInt32(), 10, steps - 10);
        Assert.Equal(steps, scripts.Json("pretrain", "--resume", broken, "--steps", "100", "--patience", "2").GetProperty("steps").GetInt32());
    }

    [ReferenceFact("gpt2-small-random", "llama-small-random")]
    public void The_reference_models_are_evaluated_and_generate_as_published()
    {
        foreach (var name in new[] { "gpt2-small-random", "llama-small-random" })
        {
            var (reference, ids) = (Reference.Json($"{name}/reference.json"), scripts[$"{name}.json"]);
            int[][] inputs;
            using (var file = SafetensorsFile.Open(Path.Combine(Reference.Path(name), "reference.safetensors")))
            {
                inputs = Rows(file.ReadIntegers("input_ids"));
                File.WriteAllText(ids, JsonSerializer.Serialize(new { input_ids = inputs, target_ids = Rows(file.ReadIntegers("target_ids")) }));
            }

            var result = scripts.Json("evaluate", "--model", Reference.Path(name), "--ids-file", ids, "--gradient-norm", "--logits", "last");
            Assert.Equal(reference.GetProperty("loss").GetDouble(), result.GetProperty("loss").GetDouble(), 1e-5);
            Assert.Equal(reference.GetProperty("grad_norm").GetDouble(), result.GetProperty("gradient_norm").GetDouble(), 1e-4);
            Assert.Equal(97, result.GetProperty("logits")[0].GetArrayLength());
            var greedy = reference.GetProperty("greedy_from_first_4").EnumerateArray().Select(id => id.GetInt32()).ToArray();
            var generated = scripts.Json("generate", "--model", Reference.Path(name), "--ids", string.Join(',', inputs[0][..4]), "--count", $"{greedy.Length - 4}", "--temperature", "0");
            Assert.Equal(greedy, generated.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
        }

        static int[][] Rows(Tokens ids) => [.. ids.Ids.Chunk(ids.Shape.Sizes[1])];
    }

    [DataFact("weights/stories260K.bin", "weights/tok512.bin")]
    public void A_file_of_llama2c_tells_its_published_story()
    {
        var (reference, model, tokenizer) = (Reference.Json("llama2c-stories260K.json"), Data.Path("weights/stories260K.bin"), Data.Path("weights/tok512.bin"));
        var generated = scripts.Json("generate", "--model", model, "--tokenizer", tokenizer, "--ids", "1", "--count", "200", "--temperature", "0");
        Assert.Equal(reference.GetProperty("expectedText").GetString(), generated.GetProperty("text").GetString());
        Assert.Equal(reference.GetProperty("idsComputed").EnumerateArray().Select(id => id.GetInt32()), generated.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
        var evaluated = scripts.Json("evaluate", "--model", model, "--tokenizer", tokenizer, "--text", generated.GetProperty("text").GetString()!);
        Assert.InRange(evaluated.GetProperty("loss").GetDouble(), 0.1, 1.5);
    }

    [Fact]
    public void Wrong_usage_and_short_texts_are_one_line()
    {
        foreach (var (code, expected, arguments) in new[]
        {
            (2, "'huge' is no preset; expected 'nano'", new[] { "--preset", "huge" }), (2, "is no schedule", ["--schedule", "steep"]), (1, "more than the context", ["--text", "too short"]),
            (1, "more than the context", ["--file", License, "--context", "500"]), (2, "--rate is given with --resume", ["--resume", scripts["none"], "--rate", "1"]),
            (1, "there is no checkpoint", ["--resume", scripts["none"]]), (2, "Llama has none", ["--preset", "llama-nano", "--file", License, "--dropout", "0.1"]),
            (2, "makes no 5 heads of equal size", ["--file", License, "--heads", "5"]),
        })
        {
            var wrong = scripts.Run("pretrain", arguments);
            Assert.Equal((code, ""), (wrong.ExitCode, wrong.Output));
            Assert.Contains(expected, wrong.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", wrong.Error, StringComparison.Ordinal);
        }

        Assert.Equal(2, scripts.Run("generate", "--prompt", "a").ExitCode);
        Assert.Equal(2, scripts.Run("evaluate", "--model", scripts["none"], "--preset", "nano").ExitCode);
        Assert.Contains("config.json", scripts.Run("evaluate", "--model", scripts["none"]).Error, StringComparison.Ordinal);
        var ids = scripts.Write("ids.json", """{"input_ids": [[1, 2], [3]], "target_ids": [[1, 2], [3, 4]]}""");
        Assert.Contains("row 1 of input_ids has ", scripts.Run("evaluate", "--preset", "nano", "--ids-file", ids).Error, StringComparison.Ordinal);
    }
}
