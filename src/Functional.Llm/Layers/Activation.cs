namespace Functional.Llm;

/// <summary>The names of activations, for those who choose one by its name.</summary>
public enum Activation
{
    /// <summary>x itself.</summary>
    None,

    /// <inheritdoc cref="Layers.Relu"/>
    Relu,

    /// <inheritdoc cref="Layers.LeakyRelu"/>
    LeakyRelu,

    /// <inheritdoc cref="Layers.Tanh"/>
    Tanh,

    /// <inheritdoc cref="Layers.Sigmoid"/>
    Sigmoid,

    /// <inheritdoc cref="Layers.Softplus"/>
    Softplus,

    /// <inheritdoc cref="Layers.Silu"/>
    Silu,

    /// <inheritdoc cref="Layers.Gelu"/>
    Gelu,

    /// <inheritdoc cref="Layers.GeluErf"/>
    GeluErf,

    /// <inheritdoc cref="Layers.Softmax"/>
    Softmax,

    /// <inheritdoc cref="Layers.LogSoftmax"/>
    LogSoftmax,
}

/// <summary>From the name of an activation to the activation.</summary>
public static class Activations
{
    /// <summary>The function that a name stands for.</summary>
    /// <exception cref="FunctionalLlmException">It stands for none.</exception>
    public static Differentiable<Tensor, Tensor> Function(this Activation activation) => activation switch
    {
        Activation.None => Combinators.Identity<Tensor>(),
        Activation.Relu => Layers.Relu,
        Activation.LeakyRelu => Layers.LeakyRelu(),
        Activation.Tanh => Layers.Tanh,
        Activation.Sigmoid => Layers.Sigmoid,
        Activation.Softplus => Layers.Softplus,
        Activation.Silu => Layers.Silu,
        Activation.Gelu => Layers.Gelu,
        Activation.GeluErf => Layers.GeluErf,
        Activation.Softmax => Layers.Softmax,
        Activation.LogSoftmax => Layers.LogSoftmax,
        _ => throw new FunctionalLlmException($"activation: {activation} is none. Pass one of {string.Join(", ", Enum.GetNames<Activation>())}."),
    };
}
