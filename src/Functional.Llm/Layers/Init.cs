namespace Functional.Llm;

/// <summary>Initial parameters, drawn by key.</summary>
public static class Init
{
    const double SqrtTwo = 1.4142135623730951;

    /// <summary>A linear layer as PyTorch makes it: W and b uniform in ±1/√I.</summary>
    /// <remarks>W (O, I), b (O).</remarks>
    public static LinearParameters Linear(Key key, int inputs, int outputs, bool bias = true)
    {
        var (forWeight, forBias) = key.Split();
        var bound = 1 / Math.Sqrt(inputs);
        return new(forWeight.Uniform((outputs, inputs), -bound, bound), bias ? forBias.Uniform(outputs, -bound, bound) : default);
    }

    /// <summary>A linear layer as PyTorch's CPU generator makes it, and the generator after it.</summary>
    /// <remarks>W (O, I), b (O), each uniform in ±1/√I; the weight is drawn first.</remarks>
    public static (LinearParameters Value, TorchGenerator Next) Linear(TorchGenerator generator, int inputs, int outputs, bool bias = true)
    {
        if (!bias)
        {
            var (alone, after) = generator.LinearWeight(inputs, outputs);
            return (new(alone), after);
        }

        var ((weight, shift), next) = generator.Linear(inputs, outputs);
        return (new(weight, shift), next);
    }

    /// <summary>A layer normalisation that begins as the plain standardisation: γ = 1, β = 0.</summary>
    public static LayerNormParameters LayerNorm(int width, bool bias = true) => new(Tensor.Ones(width), bias ? Tensor.Zeros(width) : default);

    /// <summary>A root-mean-square normalisation that begins without a gain of its own: γ = 1.</summary>
    public static RmsNormParameters RmsNorm(int width) => new(Tensor.Ones(width));

    /// <summary>Embeddings drawn from N(0, deviation²), of tokens and, where there are any, of positions.</summary>
    /// <remarks>E (V, C), P (T_max, C). PyTorch draws with deviation 1, GPT-2 with 0.02.</remarks>
    public static EmbeddingParameters Embedding(Key key, int vocabulary, int width, int positions = 0, double deviation = 1)
    {
        var (forTokens, forPositions) = key.Split();
        return new(forTokens.Normal((vocabulary, width), deviation), positions == 0 ? default : forPositions.Normal((positions, width), deviation));
    }

    /// <summary>Embeddings as PyTorch's CPU generator makes them, from N(0, 1), and the generator after them.</summary>
    /// <remarks>E (V, C), P (T_max, C); the tokens are drawn first.</remarks>
    public static (EmbeddingParameters Value, TorchGenerator Next) Embedding(TorchGenerator generator, int vocabulary, int width, int positions = 0)
    {
        var (token, next) = generator.Normal((vocabulary, width));
        if (positions == 0)
            return (new(token), next);
        (var position, next) = next.Normal((positions, width));
        return (new(token, position), next);
    }

    /// <summary>Uniform in ±g √(3/I): keeps the variance of a forward pass through ReLUs with g = √2 (He et al. 2015).</summary>
    /// <remarks>W (O, I).</remarks>
    public static Tensor KaimingUniform(Key key, int inputs, int outputs, double gain = SqrtTwo) => Uniform(key, inputs, outputs, gain * Math.Sqrt(3.0 / inputs));

    /// <summary>Normal with deviation g/√I: keeps the variance of a forward pass through ReLUs with g = √2 (He et al. 2015).</summary>
    /// <remarks>W (O, I).</remarks>
    public static Tensor KaimingNormal(Key key, int inputs, int outputs, double gain = SqrtTwo) => key.Normal((outputs, inputs), gain / Math.Sqrt(inputs));

    /// <summary>Uniform in ±g √(6/(I + O)): keeps the variance both ways through functions of slope 1 at 0 (Glorot and Bengio 2010).</summary>
    /// <remarks>W (O, I).</remarks>
    public static Tensor XavierUniform(Key key, int inputs, int outputs, double gain = 1) => Uniform(key, inputs, outputs, gain * Math.Sqrt(6.0 / (inputs + outputs)));

    /// <summary>Normal with deviation g √(2/(I + O)): keeps the variance both ways through functions of slope 1 at 0 (Glorot and Bengio 2010).</summary>
    /// <remarks>W (O, I).</remarks>
    public static Tensor XavierNormal(Key key, int inputs, int outputs, double gain = 1) => key.Normal((outputs, inputs), gain * Math.Sqrt(2.0 / (inputs + outputs)));

    static Tensor Uniform(Key key, int inputs, int outputs, double bound) => key.Uniform((outputs, inputs), -bound, bound);
}
