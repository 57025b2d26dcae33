namespace Functional.Llm;

/// <summary>The parameters of y = xWᵀ + b.</summary>
/// <param name="Weight">W (O, I): one row of weights for every output.</param>
/// <param name="Bias">b (O); default means no bias.</param>
public sealed record LinearParameters(Tensor Weight, Tensor Bias = default) : ITree<LinearParameters>
{
    LinearParameters ITree<LinearParameters>.Rebuild(IFields<LinearParameters> of) =>
        new(of.Field(p => p.Weight), of.Field(p => p.Bias));
}

/// <summary>The layers: pure functions of their parameters and input, each with its pullback.</summary>
public static partial class Layers
{
    /// <summary>The affine map y = xWᵀ + b; x̄ = ȳW, W̄ = ȳᵀx, b̄ = Σ ȳ over all rows.</summary>
    /// <remarks>x (…, I) → y (…, O). Retains x and W. Without a bias, y = xWᵀ.</remarks>
    public static readonly Layer<LinearParameters, Tensor, Tensor> Linear = (p, x) =>
    {
        CheckLinear(p, x);
        return (x.MatMul(p.Weight.T, p.Bias), Pullbacks.Of<Tensor, LinearParameters, Tensor>(Pull, Parameters, isTidy: true));

        (LinearParameters, Tensor) Pull(Tensor dy) => dy.IsZero ? default : (Parameters(dy), dy.MatMul(p.Weight));

        LinearParameters Parameters(Tensor dy) => dy.IsZero ? default! : new(
            Weight: dy.AsMatrix().T.MatMul(x.AsMatrix()),
            Bias: p.Bias.IsZero ? default : dy.SumTo(p.Bias.Shape).ApartFrom(dy));
    };

    static void CheckLinear(LinearParameters p, Tensor x)
    {
        var weight = p.Weight.Shape;
        if (weight.Rank != 2)
            throw new ShapeException("linear", $"the weight has shape {weight}", "Pass a weight of shape [outputs, inputs].");
        if (x.Rank == 0 || x.Shape.Sizes[^1] != weight.Sizes[1])
        {
            throw new ShapeException("linear", $"inner dimensions differ: input {x.Shape} × weight {weight} transposed",
                x.Rank == 0 ? $"Pass an input of shape [{weight.Sizes[1]}]." : $"Pass a weight of shape [{weight.Sizes[0]}, {x.Shape.Sizes[^1]}], or an input whose last size is {weight.Sizes[1]}.");
        }

        if (!p.Bias.IsZero && p.Bias.Shape != weight.Sizes[0])
            throw new ShapeException("linear", $"the bias {p.Bias.Shape} does not fit the weight {weight}", $"Pass a bias of shape [{weight.Sizes[0]}].");
    }
}
