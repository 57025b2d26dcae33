using Xunit;

namespace Functional.Llm.Tests.Runs;

/// <summary>Training of language models: it learns, and goes on from a checkpoint as if it had never stopped.</summary>
public sealed class PretrainingTests : IDisposable
{
    static readonly Gpt2 Small = new(17, 8, 12, 2, 2, Dropout: 0.1);
    static readonly PretrainingSettings Settings = new(Batch: 2, Accumulate: 3, Steps: 9, Epochs: 2, Rate: 1e-2, "cosine", Beta2: 0.99, Clip: 1, Seed: 5, Checkpointed: false);
    static readonly TokenArray Text = new([.. Enumerable.Range(0, 500).Select(i => i * i % 17)]);

    readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_loss_falls()
    {
        var settings = Settings with { Steps = 60, Epochs = null, Accumulate = 1 };
        var losses = Pretraining.Train(Small with { Dropout = 0 }, settings, Text).Select(step => step.With(model => PretrainingText.Loss(model, Text, 8, 100))).ToArray();
        Assert.Equal(61, losses.Length);
        Assert.InRange(losses[0], 2.7, 2.95);
        Assert.InRange(losses[^1], 0, 2.2);
    }

    [Theory, InlineData(null), InlineData(2)]
    public void Any_cut_gives_the_bits_of_no_cut(int? epochs)
    {
        var settings = Settings with { Epochs = epochs };
        var whole = Last(Pretraining.Train(Small, settings, Text));
        for (var cut = 0; cut < settings.Steps; cut++)
        {
            var at = Path.Combine(folder, $"{cut}");
            Directory.CreateDirectory(at);
            Pretraining.Train(Small, settings, Text).First(step => step.Place.Step == cut).Save(at);
            Assert.Equal(whole, Last(Pretraining.Train(ModelFolder.Configuration(at), settings, Text, at)));
        }
    }

    [Fact]
    public void A_Llama_is_resumed_likewise()
    {
        var llama = new Llama(17, 8, 12, 2, 1, 2, 20);
        Pretraining.Train(llama, Settings, Text).First(step => step.Place.Step == 4).Save(folder);
        Assert.Equal(Last(Pretraining.Train(llama, Settings, Text)), Last(Pretraining.Train(ModelFolder.Configuration(folder), Settings, Text, folder)));
    }

    /// <summary>Its checkpoints would have halves, and moments that belong to neighbours.</summary>
    [Fact]
    public void A_Llama_whose_pairs_are_neighbours_is_refused() => Assert.Contains("Pass one of halves, as Paired makes it.",
        Assert.Throws<FunctionalLlmException>(() => Pretraining.Train(new Llama(17, 8, 12, 2, 1, 2, 20, Pairs: RotaryPairs.Neighbours), Settings, Text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Threads_change_no_bit() =>
        Assert.Single(new[] { 1, 2, 4 }.Select(threads => Parallelism.With(threads, () => Last(Pretraining.Train(Small, Settings, Text)))).Distinct());

    /// <summary>Models that are large enough for their work to be shared.</summary>
    [Theory, InlineData("nano"), InlineData("llama-nano")]
    public void Threads_change_no_bit_of_a_preset(string name)
    {
        var model = Preset.All.Single(preset => preset.Name == name).Model;
        model = model is Gpt2 gpt2 ? gpt2 with { Dropout = 0.1 } : model;
        var settings = Settings with { Batch = 4, Accumulate = 2, Steps = 2, Epochs = null };
        var text = new TokenArray([.. Enumerable.Range(0, 3000).Select(i => i * i % 65)]);
        Assert.Single(new[] { 1, 2, 4 }.Select(threads => Parallelism.With(threads, () => Pretraining.Train(model, settings, text).Last().With(trained => trained.Sha256))).Distinct());
    }

    [Fact]
    public void Checkpointed_blocks_give_the_same_bits() =>
        Assert.Equal(Last(Pretraining.Train(Small, Settings, Text)), Last(Pretraining.Train(Small, Settings with { Checkpointed = true }, Text)));

    [Fact]
    public void A_checkpoint_of_another_model_is_refused()
    {
        Pretraining.Train(Small, Settings, Text).First().Save(folder);
        var error = Assert.Throws<StorageException>(() => Pretraining.Train(Small with { Depth = 1 }, Settings, Text, folder).First());
        Assert.Contains("the checkpoint is of another model", error.Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "training.json"), """{"step":-1,"loss":1,"epoch":0,"position":0,"key":1}""");
        Assert.Throws<StorageException>(() => Pretraining.Train(Small, Settings, Text, folder).First());
    }

    [Theory]
    [InlineData("{\n \"stép\": 1,\n \"step\": 1x}", ":3:11: no JSON: 'x}' cannot stand here; expected a place of a training")]
    [InlineData("{\"step\":2", ":1:10: no JSON: the file ends here; expected a place of a training")]
    [InlineData("{\"step\":1,\"step\":2}", ": no JSON: a name is there twice; expected a place of a training")]
    [InlineData("{\"step\":1.5,\"loss\":1,\"epoch\":0,\"position\":0,\"key\":1}", ": step is '1.5'; expected a whole number up to 2147483647")]
    [InlineData("{\"step\":1,\"loss\":\"ten\",\"epoch\":0,\"position\":0,\"key\":1}", ": loss is '\"ten\"'; expected a number")]
    [InlineData("{\"step\":1,\"loss\":null,\"epoch\":null,\"position\":0,\"key\":null}", ": epoch is 'null'; expected a whole number")]
    [InlineData("{\"step\":1,\"loss\":null,\"epoch\":0,\"position\":0}", ": there is no key; expected it")]
    [InlineData("[1]", ": the place of a training is '[1]'; expected a JSON object"), InlineData("null", ": the place of a training is 'null'; expected a JSON object")]
    public void What_is_wrong_with_the_place_of_a_training_is_told(string json, string expected)
    {
        Pretraining.Train(Small, Settings, Text).First().Save(folder);
        var path = Path.Combine(folder, "training.json");
        File.WriteAllText(path, json);
        var error = Assert.Throws<StorageException>(() => Pretraining.Train(Small, Settings, Text, folder).First());
        Assert.Equal($"{path}{expected}; take another checkpoint", error.Message);
    }

    [Fact]
    public void A_text_shorter_than_a_window_is_refused() =>
        Assert.Contains("more than the context", Assert.Throws<FunctionalLlmException>(() => PretrainingText.Of(new TokenArray([1, 2, 3])).Check(8)).Message, StringComparison.Ordinal);

    static string Last(IEnumerable<PretrainingStep> steps) => steps.Aggregate("", (_, step) => step.Place.Step == Settings.Steps ? step.With(model => model.Sha256) : "");
}
