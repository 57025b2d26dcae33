namespace Functional.Llm;

/// <content>Softmax, its logarithm and the logarithm of its denominator, over the last axis.</content>
public static partial class Layers
{
    /// <summary>yᵢ = e^xᵢ / Σⱼ e^xⱼ over the last axis; x̄ = y (ȳ − Σ ȳ y).</summary>
    /// <remarks>x (…, C) → y (…, C). Retains y. A score of −∞ gets the probability 0.</remarks>
    public static readonly Differentiable<Tensor, Tensor> Softmax = x =>
    {
        x.Shape.Axis("softmax", -1);
        var y = Kernels.Softmax(x);
        return (y, dy => dy.IsZero ? default : Kernels.SoftmaxPullback(y, dy));
    };

    /// <summary>yᵢ = xᵢ − ln Σⱼ e^xⱼ over the last axis; x̄ = ȳ − e^y Σ ȳ.</summary>
    /// <remarks>x (…, C) → y (…, C). Retains y.</remarks>
    public static readonly Differentiable<Tensor, Tensor> LogSoftmax = x =>
    {
        x.Shape.Axis("log-softmax", -1);
        var y = Kernels.LogSoftmax(x);
        return (y, dy => dy.IsZero ? default : Kernels.LogSoftmaxPullback(y, dy));
    };

    /// <summary>y = ln Σⱼ e^xⱼ over the last axis, which is dropped; x̄ = ȳ softmax x.</summary>
    /// <remarks>x (…, C) → y (…). Retains x, and two numbers a row.</remarks>
    public static readonly Differentiable<Tensor, Tensor> LogSumExp = x =>
    {
        x.Shape.Axis("log-sum-exp", -1);
        var normalizers = Kernels.Normalizers(x);
        var y = Tensor.Build(Shape.Create(x.Shape.Sizes.AsSpan()[..^1]), d =>
        {
            for (var i = 0; i < d.Length; i++)
                d[i] = normalizers[i].LogarithmLess(0);
        });
        return (y, dy => dy.IsZero ? default : Kernels.ScaledSoftmax(x, normalizers, dy.ToArray(), targets: default));
    };
}
