using static Functional.Llm.Layers;

namespace Functional.Llm.DoubleTests.Notes;

/// <summary>The parameters of a two-layer network, as the scripts declare them.</summary>
sealed record Network(LinearParameters Hidden, LinearParameters Output)
{
    public static Layer<Network, Tensor, Tensor> TwoLayers(Differentiable<Tensor, Tensor> activation) =>
        Linear.At((Network n) => n.Hidden) >> activation >> Linear.At((Network n) => n.Output);
}
