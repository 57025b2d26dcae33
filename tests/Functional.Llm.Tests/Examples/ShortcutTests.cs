using System.Text.Json;
using Functional.Llm.Tests.Numerics;
using Xunit;
using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Examples;

/// <summary>Raschka 2024, chapter 4: a linear layer normalised, and five layers whose gradients vanish unless a shortcut leads past each.</summary>
public sealed class ShortcutTests
{
    const string File = "layers-ch04.json";

    [ReferenceFact(File)]
    public void Rows_of_a_linear_layer_and_a_relu_are_normalised_as_in_print()
    {
        var published = Reference.Json(File).GetProperty("linearRelu");
        var (x, generator) = TorchGenerator.Seeded(123).Normal((2, 5));
        var y = (Linear >> Relu)(Init.Linear(generator, 5, 6).Value, x).Value;
        AssertPrinted(published, "published", y);
        var (mean, centred) = (y.Mean(-1, keep: true), y - y.Mean(-1, keep: true));
        AssertPrinted(published, "mean", mean);

        // The book's own version divides by n − 1; its layer, and ours, by n.
        var unbiased = centred.Square().Sum(-1, keep: true) / 5;
        AssertPrinted(published, "varianceUnbiased", unbiased);
        AssertPrinted(published, "normalizedUnbiased", centred / unbiased.Sqrt());
        var normal = LayerNorm(Init.LayerNorm(6), y).Value;
        AssertPrinted(published, "layerNormBiasedVarianceAfter", normal.Square().Mean(-1, keep: true));
        Assert.True(normal.IsClose(centred / (unbiased * 5 / 6 + 1e-5).Sqrt(), 1e-5, 1e-6));
    }

    [ReferenceFact(File)]
    public void Five_layers_have_the_published_gradients_with_and_without_shortcuts()
    {
        var published = Reference.Json(File).GetProperty("deepGeluGradients");
        int[] sizes = [.. published.GetProperty("sizes").EnumerateArray().Select(e => e.GetInt32())];
        var (layers, generator) = (ImmutableArray.CreateBuilder<LinearParameters>(), TorchGenerator.Seeded(123));
        foreach (var (inputs, outputs) in sizes.Zip(sizes.Skip(1)))
        {
            (var layer, generator) = Init.Linear(generator, inputs, outputs);
            layers.Add(layer);
        }

        var p = layers.ToImmutable();
        var x = Tensor.From((1, 3), Numbers(published.GetProperty("input")));
        // A shortcut needs the same shape before and after; the last layer has none.
        var plain = Stack(Linear >> Gelu);
        var shortcut = Stack<LinearParameters, Tensor>(i => sizes[i] == sizes[i + 1] ? Residual(Linear >> Gelu) : Linear >> Gelu);
        foreach (var (name, network) in new[] { ("withoutShortcut", plain), ("withShortcut", shortcut) })
        {
            Assert.Equal(published.GetProperty("outputs").GetProperty(name).GetDouble(), network(p, x).Value.Value, 6e-5);
            var gradient = (network.On(x) >> MeanSquaredError(Tensor.Zeros((1, 1)))).ValueAndGradient(p).Gradient;
            var means = Numbers(published.GetProperty("meanAbsWeightGradients").GetProperty(name)).ToArray();
            Assert.Equal(5, means.Length);
            Assert.All(means, (mean, i) => Assert.Equal(mean, gradient[i].Weight.Abs().Mean().Value, 1e-6 * mean));
        }
    }

    static IEnumerable<double> Numbers(JsonElement e) => e.ValueKind == JsonValueKind.Array ? e.EnumerateArray().SelectMany(Numbers) : [e.GetDouble()];

    static void AssertPrinted(JsonElement published, string name, Tensor actual)
    {
        var numbers = actual.ToArray();
        double[] expected = [.. Numbers(published.GetProperty(name))];
        Assert.Equal(expected.Length, numbers.Length);
        Assert.All(expected, (e, i) => Assert.Equal(e, numbers[i], 6e-5));
    }
}
