using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests.ModelTests;

/// <summary>Small GPT-2 and Llama models beside PyTorch in float64: logits, loss, every gradient, and twenty steps of AdamW.</summary>
public sealed class ReferenceModelTests
{
    const string Gpt = "gpt2-small-random", Lla = "llama-small-random";

    const bool Single = sizeof(Real) == sizeof(float);

    [ReferenceFact(Gpt)]
    public void Gpt2_agrees() => Agrees<Gpt2Parameters>(Gpt, (_, gradient) => Gpt2File.Named(gradient));

    [ReferenceFact(Lla)]
    public void Llama_agrees() => Agrees<LlamaParameters>(Lla, (model, gradient) => LlamaFile.Named((Llama)model, gradient));

    [ReferenceFact(Gpt)]
    public void Gpt2_descends() => Descends<Gpt2Parameters>(Gpt);

    [ReferenceFact(Lla)]
    public void Llama_descends() => Descends<LlamaParameters>(Lla);

    [ReferenceFact(Gpt, Lla)]
    public void What_is_written_is_read()
    {
        foreach (var name in new[] { Gpt, Lla })
        {
            var folder = Directory.CreateTempSubdirectory().FullName;
            var model = ModelFolder.Read(Reference.Path(name));
            ModelFolder.Write(folder, model);
            var again = ModelFolder.Read(folder);
            var ids = Tokens.Of((1, 4), 1, 2, 3, 4);
            Assert.True(model.Logits(ids).SameBits(again.Logits(ids)));
            AssertSameTensors(Reference.Path(name), folder);
            Directory.Delete(folder, recursive: true);
        }
    }

    static void Agrees<P>(string name, Func<LanguageModel<P>, P, IEnumerable<(string Name, Tensor Value)>> named)
    {
        var (model, ids, targets) = Load<P>(name);
        using var expected = SafetensorsFile.Open(Path.Combine(Reference.Path(name), "reference.safetensors"));
        var json = Reference.Json($"{name}/reference.json");
        AssertNear(expected.Read("logits"), model.Logits(ids), Single ? 1e-4 : 1e-9);
        foreach (var checkpointed in new[] { false, true })
        {
            var (loss, gradient) = model.Model.Loss(ids, targets, checkpointed: checkpointed).ValueAndGradient(model.Parameters);
            Assert.Equal(json.GetProperty("loss").GetDouble(), loss, Single ? 1e-5 : 1e-9);
            Assert.Equal(json.GetProperty("grad_norm").GetDouble(), Tree.Norm(gradient), Single ? 1e-4 : 1e-9);
            var tensors = named(model.Model, gradient).Where(tensor => !tensor.Value.IsZero).ToArray();
            Assert.Equal(expected.Entries.Count(entry => entry.Name.StartsWith("grad.", StringComparison.Ordinal)), tensors.Length);
            foreach (var (tensor, value) in tensors)
            {
                var reference = expected.Read($"grad.{tensor}");
                var largest = reference.ToArray().Max(Real.Abs);
                AssertNear(reference, value, Single ? 1e-4 * largest : 1e-9);
            }
        }
    }

    static void Descends<P>(string name)
    {
        var (model, ids, targets) = Load<P>(name);
        var json = Reference.Json($"{name}/reference.json");
        var settings = json.GetProperty("adamw");
        double Setting(string key) => settings.GetProperty(key).GetDouble();
        var adamW = new AdamW(Setting("lr"), settings.GetProperty("betas")[0].GetDouble(), settings.GetProperty("betas")[1].GetDouble(), Setting("eps"), Setting("weight_decay")) { Clip = Setting("max_grad_norm") };
        var (losses, norms) = (Numbers(json, "losses"), Numbers(json, "grad_norms"));
        var steps = Enumerable.Repeat(0, losses.Length).Trace(Functional.Llm.Training.Start(model.Parameters), adamW, _ => model.Model.Loss(ids, targets)).Select(step => (step.Loss, step.GradientNorm)).ToArray();
        for (var i = 0; i < losses.Length; i++)
        {
            Assert.Equal(losses[i], steps[i].Loss, Single ? 1e-4 : 1e-8);
            Assert.Equal(norms[i], steps[i].GradientNorm, Single ? 1e-3 : 1e-7);
        }
    }

    static double[] Numbers(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];

    static (Pretrained<P> Model, Tokens Ids, Tokens Targets) Load<P>(string name)
    {
        using var file = SafetensorsFile.Open(Path.Combine(Reference.Path(name), "reference.safetensors"));
        return ((Pretrained<P>)ModelFolder.Read(Reference.Path(name)), file.ReadIntegers("input_ids"), file.ReadIntegers("target_ids"));
    }

    static void AssertSameTensors(string expected, string actual)
    {
        using var first = SafetensorsFolder.Open(expected);
        using var second = SafetensorsFolder.Open(actual);
        Assert.Equal(first.Names.Order(StringComparer.Ordinal), second.Names.Order(StringComparer.Ordinal));
        Assert.All(first.Names, tensor => Assert.True(first.Read(tensor).SameBits(second.Read(tensor))));
    }

    static void AssertNear(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        var numbers = actual.ToArray();
        Assert.All(expected.ToArray(), (e, i) => Assert.Equal((double)e, numbers[i], tolerance));
    }
}
