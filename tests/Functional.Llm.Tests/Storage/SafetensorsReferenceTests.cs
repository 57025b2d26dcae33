using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Files that PyTorch wrote, and files that are none.</summary>
public sealed class SafetensorsReferenceTests
{
    const string Gpt2 = "gpt2-small-random";
    const string Llama = "llama-small-random";

    [ReferenceFact($"{Gpt2}/reference.safetensors", $"{Gpt2}/model.safetensors", $"{Gpt2}/reference.json")]
    public void The_gradients_of_gpt2_have_the_published_norm() =>
        Agrees(Gpt2, ["wte.weight", "h.1.mlp.c_proj.bias", "ln_f.bias"], 40);

    [ReferenceFact($"{Llama}/reference.safetensors", $"{Llama}/model.safetensors", $"{Llama}/reference.json")]
    public void The_gradients_of_llama_have_the_published_norm() =>
        Agrees(Llama, ["model.embed_tokens.weight", "model.layers.1.mlp.down_proj.weight", "lm_head.weight"], 30);

    static void Agrees(string model, string[] names, int count)
    {
        using var weights = SafetensorsFile.Open(Reference.Path($"{model}/model.safetensors"));
        using var reference = SafetensorsFile.Open(Reference.Path($"{model}/reference.safetensors"));
        var entries = weights.Entries.ToArray();
        Assert.Equal(count, entries.Length);
        Assert.Equal([new("format", "pt")], weights.Metadata);
        Assert.All(names, name => Assert.True(weights.Contains(name)));
        Assert.All(entries, entry => Assert.Equal(entry.Shape, reference[$"grad.{entry.Name}"].Shape));

        var json = Reference.Json($"{model}/reference.json");
        var norm = Tree.Norm(entries.Select(entry => reference.Read($"grad.{entry.Name}")).ToImmutableArray());
        Assert.Equal(1, norm / json.GetProperty("grad_norm").GetDouble(), sizeof(Real) == sizeof(double) ? 1e-14 : 1e-7);

        var (ids, targets, logits) = (reference.ReadIntegers("input_ids"), reference.ReadIntegers("target_ids"), reference.Read("logits"));
        Assert.Equal(([.. ids.Shape, 97], targets.Shape), (logits.Shape, ids.Shape));
        Assert.Equal(json.GetProperty("loss").GetDouble(), Loss(logits, targets), sizeof(Real) == sizeof(double) ? 1e-13 : 1e-6);
    }

    /// <summary>The mean of −log softmax at the targets, in double precision.</summary>
    static double Loss(Tensor logits, Tokens targets)
    {
        var rows = logits.ToArray().Chunk(logits.Shape[-1]);
        return rows.Zip(targets.Ids, (row, target) => Math.Log(row.Sum(x => Math.Exp((double)x - row[target])))).Average();
    }

    [ReferenceFact($"{Gpt2}/model.safetensors", $"{Llama}/model.safetensors")]
    public void A_model_written_again_has_the_same_numbers_byte_for_byte()
    {
        WrittenAgain(Reference.Path($"{Gpt2}/model.safetensors"));
        WrittenAgain(Reference.Path($"{Llama}/model.safetensors"));
    }

    static void WrittenAgain(string path)
    {
        using var folder = new TemporaryFolder();
        using var model = SafetensorsFile.Open(path);
        var tensors = model.Entries.Select(entry => (entry.Name, model.Read(entry.Name)));
        SafetensorsFile.Write(folder["again"], tensors, model.Metadata, Dtype.F32);
        using var again = SafetensorsFile.Open(folder["again"]);
        Assert.Equal(model.Entries, again.Entries);
        var data = (int)model.Entries.Last().End;
        Assert.Equal(File.ReadAllBytes(path)[^data..], File.ReadAllBytes(folder["again"])[^data..]);
    }

    [DataFact("weights/stories260K.bin", "weights/tok512.bin", "weights/llama2-tokenizer.bin")]
    public void Weights_in_another_format_are_refused()
    {
        foreach (var name in new[] { "stories260K.bin", "tok512.bin", "llama2-tokenizer.bin" })
        {
            var path = Data.Path($"weights/{name}");
            var message = Assert.Throws<StorageException>(() => SafetensorsFile.Open(path)).Message;
            Assert.StartsWith($"{path}: the header ", message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }
}
