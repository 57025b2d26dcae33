using Xunit;

namespace Functional.Llm.Tests.LayerTests;

/// <summary>Activations by their names.</summary>
public class ActivationTests
{
    public static TheoryData<Activation> Names => [.. Enum.GetValues<Activation>()];

    [Theory, MemberData(nameof(Names))]
    public void A_name_stands_for_the_layer_of_that_name(Activation name)
    {
        var x = Tensor.From([-1.5, 0, 0.25, 3]);
        var y = name.Function()(x).Value;
        var layer = typeof(Layers).GetField($"{name}")?.GetValue(null) as Differentiable<Tensor, Tensor>
            ?? (name == Activation.LeakyRelu ? Layers.LeakyRelu() : Combinators.Identity<Tensor>());
        Assert.Equal(layer(x).Value, y);
        Assert.Equal(name == Activation.None, y == x);
    }

    // Computed in single precision where they were published.
    [ReferenceFact("optimizer-nn-cs336.json")]
    public void The_exact_gelu_has_its_published_values()
    {
        var published = Reference.Json("optimizer-nn-cs336.json").GetProperty("geluErf");
        Tensor Rows(string name) => Tensor.From((2, 5), published.GetProperty(name).EnumerateArray().SelectMany(row => row.EnumerateArray().Select(e => e.GetDouble())));
        Assert.True(Layers.GeluErf(Rows("x")).Value.IsClose(Rows("expected"), 0, 2e-7));
        Assert.False(Layers.Gelu(Rows("x")).Value.IsClose(Rows("expected"), 0, 2e-7));
    }

    [Fact]
    public void A_number_without_a_name_is_refused() =>
        Assert.StartsWith("activation: 99 is none. Pass one of None, Relu", Assert.Throws<FunctionalLlmException>(() => ((Activation)99).Function()).Message, StringComparison.Ordinal);
}
