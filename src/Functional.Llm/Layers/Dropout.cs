namespace Functional.Llm;

public static partial class Layers
{
    /// <summary>Dropout: y = m x / (1 − r), where the mask m keeps each element with probability 1 − r (Srivastava et al. 2014).</summary>
    /// <remarks>
    /// x (…) → y (…). Retains the scaled mask. The key is the mode: with a key this is training, and the same key gives the same mask;
    /// without one it is evaluation, the identity. The scale keeps the mean of y at x.
    /// </remarks>
    /// <param name="rate">r, the fraction of elements set to 0, in [0, 1].</param>
    /// <param name="key">The randomness of this step and place; null means evaluation.</param>
    /// <exception cref="FunctionalLlmException">The rate is not in [0, 1].</exception>
    public static Differentiable<Tensor, Tensor> Dropout(double rate, Key? key)
    {
        if (!(rate >= 0 && rate <= 1))
            throw new FunctionalLlmException($"dropout: the rate {rate} is no fraction. Pass a rate from 0 to 1.");
        if (key is null || rate == 0)
            return Combinators.Identity<Tensor>();
        return x =>
        {
            var mask = rate == 1 ? Tensor.Zeros(x.Shape) : key.Value.Bernoulli(x.Shape, 1 - rate) / (1 - rate);
            return (x * mask, Pullbacks.Tidy<Tensor, Tensor>(dy => dy * mask));
        };
    }
}
