// float: emulates PyTorch's float32
using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <content>Draws as PyTorch's modules, samplers and loaders make them.</content>
public sealed partial class TorchGenerator
{
    /// <summary>The weight (outputs, inputs) and the bias (outputs) of <c>nn.Linear(inputs, outputs)</c>, uniform in ±1/√inputs, in this order.</summary>
    /// <exception cref="FunctionalLlmException">There are no inputs, or a size is negative.</exception>
    public ((Tensor Weight, Tensor Bias) Value, TorchGenerator Next) Linear(int inputs, int outputs)
    {
        var (weight, next) = LinearWeight(inputs, outputs);
        var bound = 1 / Math.Sqrt(inputs);
        (var bias, next) = next.Uniform(outputs, -bound, bound);
        return ((weight, bias), next);
    }

    /// <summary>The weight (outputs, inputs) of <c>nn.Linear(inputs, outputs, bias=False)</c>, uniform in ±1/√inputs.</summary>
    /// <exception cref="FunctionalLlmException">There are no inputs, or a size is negative.</exception>
    public (Tensor Value, TorchGenerator Next) LinearWeight(int inputs, int outputs)
    {
        if (inputs < 1)
            throw new FunctionalLlmException($"linear: a layer of {inputs} inputs has no bound 1/√inputs. Pass 1 or more.");
        // 1/√inputs by PyTorch's way (Kaiming's bound for a slope of √5), which may differ from it in the last bit.
        var bound = Math.Sqrt(3) * (Math.Sqrt(2.0 / (1 + 5)) / Math.Sqrt(inputs));
        return Uniform((outputs, inputs), -bound, bound);
    }

    /// <summary>The numbers 0 … <paramref name="count"/> − 1 in random order, as <c>torch.randperm</c> draws them.</summary>
    /// <exception cref="FunctionalLlmException">The count is negative.</exception>
    public (ImmutableArray<int> Value, TorchGenerator Next) Permutation(int count)
    {
        DrawArguments.Count("permutation", count);
        return Draw(s => ImmutableCollectionsMarshal.AsImmutableArray(s.Permutation(count)));
    }

    /// <summary>The order in which <c>DataLoader(…, shuffle=True)</c> goes through <paramref name="count"/> examples in one epoch.</summary>
    /// <remarks>Two whole numbers are drawn: one that the loader keeps for its workers, and the seed of a generator that draws the permutation.</remarks>
    /// <exception cref="FunctionalLlmException">The count is negative.</exception>
    public (ImmutableArray<int> Value, TorchGenerator Next) ShuffledEpoch(int count)
    {
        var (_, next) = Int63();
        (var seed, next) = next.Int63();
        return (Seeded((ulong)seed).Permutation(count).Value, next);
    }

    /// <summary>An index drawn with the given probabilities, as <c>torch.multinomial(p, 1)</c> draws it; they need not sum to 1.</summary>
    /// <exception cref="FunctionalLlmException">A probability is negative or not finite, or all are 0.</exception>
    /// <exception cref="ShapeException">The probabilities are not a vector.</exception>
    public (int Value, TorchGenerator Next) Multinomial(Tensor probabilities)
    {
        if (probabilities.Rank != 1)
            throw new ShapeException("multinomial", $"shape {probabilities.Shape} is not a vector", "Pass a vector, or draw an index a row with MultinomialRows.");
        var (drawn, next) = MultinomialRows(probabilities);
        return (drawn.Ids[0], next);
    }

    /// <summary>One index for every row of probabilities.</summary>
    /// <remarks>probabilities (…, C) → indices in 0 … C − 1, (…).</remarks>
    /// <exception cref="FunctionalLlmException">A probability is negative or not finite, or all of a row are 0.</exception>
    /// <exception cref="ShapeException">The probabilities are a scalar.</exception>
    public (Tokens Value, TorchGenerator Next) MultinomialRows(Tensor probabilities) =>
        Draw(s => Kernels.ChooseRows("multinomial", probabilities, (p, _, _) => s.Choose(p)));

    /// <summary>The mask of <c>nn.Dropout(p)</c>: 0 with the given probability, else 1/(1 − p), to be multiplied with the input.</summary>
    /// <remarks>PyTorch's builds differ here; this is what those without Intel's MKL draw. For p = 0 and p = 1 nothing is drawn.</remarks>
    /// <exception cref="FunctionalLlmException">The probability does not lie in [0, 1].</exception>
    public (Tensor Value, TorchGenerator Next) Dropout(Shape shape, double probability)
    {
        if (DrawArguments.Probability("dropout", probability) is 0 or 1)
            return (Tensor.Full(shape, 1 - probability), this);
        return Draw(s => Tensor.Build(shape, d =>
        {
            var keep = 1 - probability;
            foreach (ref var x in d)
                x = s.Double() < keep ? 1 / (float)keep : 0;
        }));
    }
}
