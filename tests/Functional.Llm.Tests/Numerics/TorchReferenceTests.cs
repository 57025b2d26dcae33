using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests.Numerics;

/// <summary>Every number that the reference files give of PyTorch's generator, and of what was drawn by it.</summary>
public sealed class TorchReferenceTests
{
    [ReferenceFact("torch-cpu-rng.json")]
    public void Every_number_of_every_seed_is_reproduced()
    {
        foreach (var seed in Reference.Json("torch-cpu-rng.json").GetProperty("seeds").EnumerateArray())
        {
            var generator = TorchGenerator.Seeded(seed.GetProperty("seed").GetUInt64());
            var raw = seed.GetProperty("raw32").EnumerateArray().Select(e => e.GetUInt32()).ToArray();
            Assert.Equal(raw, Draws(generator, raw.Length, g => g.Random32()));
            AssertFloats(seed.GetProperty("uniformFloat"), generator.Uniform(8).Value);
            Assert.Equal(seed.GetProperty("uniformDouble").EnumerateArray().Select(e => e.GetDouble()), generator.UniformDouble(4).Value.AsEnumerable());
            AssertFloats(seed.GetProperty("randn5_scalarPath"), generator.Normal(5).Value);
            AssertFloats(seed.GetProperty("randn16_blockPath"), generator.Normal((2, 8)).Value);
            AssertFloats(seed.GetProperty("randn18_blockPathWithTail"), generator.Normal((6, 3)).Value);
            Assert.Equal(seed.GetProperty("random_int63").EnumerateArray().Select(e => long.Parse(e.GetString()!)), Draws(generator, 1, g => g.Int63()));
            var (weight, bias) = generator.Linear(3, 2).Value;
            AssertFloats(seed.GetProperty("linear_in3_out2").GetProperty("weight"), weight);
            AssertFloats(seed.GetProperty("linear_in3_out2").GetProperty("bias"), bias);
        }
    }

    [ReferenceFact("text-data-ch02.json")]
    public void An_embedding_has_its_published_weight()
    {
        var embedding = Reference.Json("text-data-ch02.json").GetProperty("embedding");
        AssertFloats(embedding.GetProperty("weight"), TorchGenerator.Seeded(123).Normal((6, 3)).Value);
    }

    [ReferenceFact("attention-ch03.json")]
    public void The_weights_of_attention_are_drawn_one_after_the_other()
    {
        var file = Reference.Json("attention-ch03.json");
        AssertDraws(file.GetProperty("selfAttentionV1"), 123, g => g.Uniform((3, 2)), "Wq", "Wk", "Wv");
        AssertDraws(file.GetProperty("selfAttentionV2"), 789, g => g.LinearWeight(3, 2), "Wq", "Wk", "Wv");
        AssertDraws(file.GetProperty("causalAttention"), 123, g => g.LinearWeight(3, 2), "Wq", "Wk", "Wv");
        var multiHead = file.GetProperty("multiHead");
        var generator = AssertDraws(multiHead, 123, g => g.LinearWeight(3, 2), "Wq", "Wk", "Wv");
        var (weight, bias) = generator.Linear(2, 2).Value;
        AssertFloats(multiHead.GetProperty("Wo"), weight);
        AssertFloats(multiHead.GetProperty("bo"), bias);
    }

    [ReferenceFact("attention-ch03.json")]
    public void Dropout_keeps_what_it_kept_in_print() =>
        AssertFloats(Reference.Json("attention-ch03.json").GetProperty("dropout").GetProperty("publishedOnOnes"), TorchGenerator.Seeded(123).Dropout((6, 6), 0.5).Value);

    [ReferenceFact("layers-ch04.json")]
    public void An_input_is_drawn_before_the_layer_that_it_goes_into()
    {
        var layer = Reference.Json("layers-ch04.json").GetProperty("linearRelu");
        var (x, generator) = TorchGenerator.Seeded(123).Normal((2, 5));
        var (weight, bias) = generator.Linear(5, 6).Value;
        AssertFloats(layer.GetProperty("x"), x);
        AssertFloats(layer.GetProperty("W"), weight);
        AssertFloats(layer.GetProperty("b"), bias);
    }

    [ReferenceFact("layers-ch04.json")]
    public void Five_layers_are_drawn_one_after_the_other()
    {
        var network = Reference.Json("layers-ch04.json").GetProperty("deepGeluGradients");
        int[] sizes = [.. network.GetProperty("sizes").EnumerateArray().Select(e => e.GetInt32())];
        var generator = TorchGenerator.Seeded(123);
        foreach (var (layer, i) in network.GetProperty("params").EnumerateArray().Select((layer, i) => (layer, i)))
        {
            ((var weight, var bias), generator) = generator.Linear(sizes[i], sizes[i + 1]);
            AssertFloats(layer.GetProperty("W"), weight);
            AssertFloats(layer.GetProperty("b"), bias);
        }
    }

    [ReferenceFact("sampling-ch05.json")]
    public void Tokens_are_drawn_by_rules_as_often_as_in_print()
    {
        var file = Reference.Json("sampling-ch05.json");
        var (logits, published) = (Tensor.From(Numbers(file.GetProperty("logits"))), file.GetProperty("multinomial"));
        var seed = published.GetProperty("seed").GetUInt64();
        foreach (var (name, temperature) in new[] { ("T=1", 1), ("T=0.1", 0.1), ("T=5", 5) })
        {
            var drawn = Draws(TorchGenerator.Seeded(seed), published.GetProperty("draws").GetInt32(), g => Sampler.Temperature(temperature).Draw(logits, g));
            Assert.Equal(Numbers(published.GetProperty("counts").GetProperty(name)), Statistics.Counts(logits.Size, drawn).Select(n => (double)n));
        }

        var top = file.GetProperty("topK");
        var kept = Sampler.TopK(top.GetProperty("k").GetInt32());
        Assert.Equal(Numbers(top.GetProperty("values")), kept(logits).Doubles().Where(double.IsFinite).OrderDescending(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(Numbers(top.GetProperty("probabilities")), kept.Probabilities(logits).Doubles(), (a, b) => Math.Abs(a - b) <= 0.5001e-4);
        Assert.Equal(file.GetProperty("argmax").GetInt32(), Sampler.Temperature(0).Draw(logits, TorchGenerator.Seeded(seed)).Id);

        static IEnumerable<double> Numbers(JsonElement array) => array.EnumerateArray().Select(e => e.GetDouble());
    }

    [ReferenceFact("makemore-micrograd.json")]
    public void A_bigram_network_begins_with_its_published_probabilities()
    {
        var network = Reference.Json("makemore-micrograd.json").GetProperty("neuralBigram");
        var weight = TorchGenerator.Seeded(network.GetProperty("seed").GetUInt64()).Normal((27, 27)).Value;
        var published = network.GetProperty("publishedProbabilities").EnumerateArray().Select(e => e.GetDouble()).ToArray();
        var examples = network.GetProperty("xs").EnumerateArray().Zip(network.GetProperty("ys").EnumerateArray(), (x, y) => (X: x.GetInt32(), Y: y.GetInt32())).ToArray();
        Assert.Equal(5, examples.Length);
        foreach (var ((x, y), p) in examples.Zip(published))
        {
            double[] exponentials = [.. weight[x].Doubles().Select(Math.Exp)];
            Assert.Equal(p, exponentials[y] / exponentials.Sum(), 1e-6 * p);
        }
    }

    /// <summary>Single precision numbers of nine digits name one number each: equality is exact.</summary>
    static void AssertFloats(JsonElement expected, Tensor actual)
    {
        static IEnumerable<JsonElement> Flat(JsonElement e) => e.ValueKind == JsonValueKind.Array ? e.EnumerateArray().SelectMany(Flat) : [e];
        Assert.Equal(Flat(expected).Select(e => (double)e.GetSingle()), actual.Doubles());
    }

    static TorchGenerator AssertDraws(JsonElement section, ulong seed, Func<TorchGenerator, (Tensor Value, TorchGenerator Next)> draw, params ReadOnlySpan<string> names)
    {
        var generator = TorchGenerator.Seeded(seed);
        foreach (var name in names)
        {
            (var drawn, generator) = draw(generator);
            AssertFloats(section.GetProperty(name), drawn);
        }

        return generator;
    }

    static List<T> Draws<T>(TorchGenerator generator, int count, Func<TorchGenerator, (T Value, TorchGenerator Next)> draw)
    {
        var drawn = new List<T>();
        for (var i = 0; i < count; i++)
        {
            (var value, generator) = draw(generator);
            drawn.Add(value);
        }

        return drawn;
    }
}
