using System.Text.Json;
using Functional.Llm.Tests.Inference;
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
    public void A_model_is_quantized_and_written_as_llama2c_reads_it()
    {
        var (run, small, file) = (folder["run"], folder["small"], folder["model.bin"]);
        ProgramRun.Json("pretrain", "--file", License, "--tokenizer", "char", "--preset", "llama-nano", "--context", "16", "--steps", "4", "--out", run);
        var quantized = ProgramRun.Json("quantize", "--model", run, "--out", small);
        Assert.Equal(new FileInfo(Path.Combine(small, "model.safetensors")).Length, quantized.GetProperty("bytes").GetInt64());
        Assert.Equal(ModelFile.Read(run, Compression.Int8).Sha256, ModelFile.Read(small).Sha256);
        Assert.Equal(Compression.Int4, ModelFile.Read(Quantized("int4")).Leaves()[0].Value.Compression);
        var (measured, whole) = (Loss("--model", small), Loss("--model", run));
        Assert.Equal(whole, measured, 0.01);
        Assert.Equal(measured, Loss("--model", run, "--form", "int8"), 1e-6);
        var converted = ProgramRun.Json("convert", "--model", run, "--out", file);
        Assert.Equal(quantized.GetProperty("parameters").GetInt64(), converted.GetProperty("parameters").GetInt64());
        Assert.Equal(new FileInfo(file).Length, converted.GetProperty("bytes").GetInt64());
        Assert.Equal(whole, Loss("--model", file, "--tokenizer", Path.Combine(run, "tokenizer.json")), 1e-5);

        double Loss(params string[] model) => ProgramRun.Json(["evaluate", .. model, "--file", License]).GetProperty("loss").GetDouble();

        string Quantized(string form)
        {
            ProgramRun.Json("quantize", "--model", run, "--form", form, "--out", folder[form]);
            return folder[form];
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_model_keeps_the_bits_that_its_tensors_are_stored_in(bool gpt2)
    {
        var (from, to) = (folder["from"], folder["to"]);
        ModelFile.Write(from, gpt2 ? SmallModels.Drawn(new Gpt2(11, 9, 32, 2, 2), 1) : SmallModels.Drawn(new Llama(11, 9, 32, 2, 1, 2, 32), 1));
        var half = gpt2 ? Dtype.F16 : Dtype.BF16;
        SafetensorsFile.Write(folder["halves"], Tensors(from, file => file.Entries.Select(tensor => (tensor.Name, IsWhole(tensor.Name) ? file.Read(tensor.Name) : file.Read(tensor.Name).Compressed(gpt2 ? Compression.F16 : Compression.BF16))).ToArray()));
        File.Move(folder["halves"], Path.Combine(from, "model.safetensors"), overwrite: true);

        var written = ProgramRun.Json("convert", "--model", from, "--out", to);
        var kept = Tensors(to, file => file.Entries.Select(tensor => (tensor.Name, tensor.Dtype, Sum: file.Read(tensor.Name).Sum())).ToArray());
        Assert.Equal(Tensors(from, file => file.Entries.Select(tensor => (tensor.Name, tensor.Dtype, file.Read(tensor.Name).Sum())).ToArray()), kept);
        Assert.Equal([Dtype.F32, half], kept.Select(tensor => tensor.Dtype).Distinct().OrderBy(dtype => dtype == half));
        Assert.Equal(ModelFile.Read(from).Sha256, written.GetProperty("parameters_sha256").GetString());

        static bool IsWhole(string name) => name.Contains("norm", StringComparison.Ordinal) || name.EndsWith("c_fc.bias", StringComparison.Ordinal);

        static R Tensors<R>(string folder, Func<SafetensorsFile, R> use)
        {
            using var file = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
            return use(file);
        }
    }

    /// <summary>Queries, keys and values become one matrix, gates another; and rows shorter than a group of 32 take 32 bits.</summary>
    [Theory, InlineData(32), InlineData(8)]
    public void Matrices_that_are_read_into_one_are_written_each_in_its_own_bits(int width)
    {
        var (from, to) = (folder["from"], folder["to"]);
        ModelFile.Write(from, SmallModels.Drawn(new Llama(11, 9, width, 2, 1, 1, 32), 1));
        var half = new Dictionary<string, Compression>(StringComparer.Ordinal) { ["q_proj"] = Compression.F16, ["k_proj"] = Compression.BF16, ["gate_proj"] = Compression.BF16, ["o_proj"] = Compression.F16 };
        using (var file = SafetensorsFile.Open(Path.Combine(from, "model.safetensors")))
            SafetensorsFile.Write(folder["mixed"], file.Entries.Select(tensor => (tensor.Name, half.TryGetValue(tensor.Name.Split('.')[^2], out var kind) ? file.Read(tensor.Name).Compressed(kind) : file.Read(tensor.Name))));
        File.Move(folder["mixed"], Path.Combine(from, "model.safetensors"), overwrite: true);

        var written = ProgramRun.Json("convert", "--model", from, "--out", to);
        Assert.Equal(ModelFile.Read(from).Sha256, written.GetProperty("parameters_sha256").GetString());
        using (SafetensorsFile source = SafetensorsFile.Open(Path.Combine(from, "model.safetensors")), result = SafetensorsFile.Open(Path.Combine(to, "model.safetensors")))
        {
            Assert.Equal(4, source.Entries.Count(tensor => tensor.Dtype != Dtype.F32));
            Assert.Equal(source.Entries.Select(tensor => (tensor.Name, tensor.Dtype)), result.Entries.Select(tensor => (tensor.Name, tensor.Dtype)));
            Assert.All(source.Entries, tensor => Assert.True(source.Read(tensor.Name).Equals(result.Read(tensor.Name))));
        }

        ProgramRun.Json("convert", "--model", from, "--form", "bf16", "--out", folder["bf16"]);
        using var other = SafetensorsFile.Open(folder["bf16/model.safetensors"]);
        Assert.Equal(width < 32 ? Dtype.F32 : Dtype.BF16, other["model.layers.0.self_attn.q_proj.weight"].Dtype);
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
        Assert.Matches(@"\A[\d.]+ tokens a second\n\z", watched.Error);
        Assert.Equal((watched.Out, ""), (unwatched.Out, unwatched.Error));
        Assert.DoesNotContain('\e', watched.Out);

        // Where the text itself is not shown as it comes, how far it is.
        var (json, quiet) = (ProgramRun.Of(watched: true, [.. words, "--json"]), ProgramRun.Of([.. words, "--json"]));
        Assert.Contains("\r\e[Ktoken ", json.Error, StringComparison.Ordinal);
        Assert.Equal("", quiet.Error);
    }
}
