using static Functional.Llm.Layers;

namespace Functional.Llm;

/// <summary>What a small model learns from a large one: beside the next token of the text, the large one's probabilities of all (Hinton et al. 2015).</summary>
/// <param name="Teacher">The large model, which stays as it is.</param>
/// <param name="Temperature">By which both models' logits are divided.</param>
/// <param name="Share">The part of the loss that is the teacher's; the rest is the text's.</param>
public sealed record Lesson(Pretrained Teacher, double Temperature = 2, double Share = 0.5)
{
    /// <summary>(1 − a) cross-entropy + a distillation, of logits (B, T, V).</summary>
    /// <exception cref="FunctionalLlmException">The share is not from 0 to 1.</exception>
    internal Differentiable<Tensor, Real> Loss(Tokens ids, Tokens targets) => !(Share is >= 0 and <= 1)
        ? throw new FunctionalLlmException($"lesson: the teacher's share {Share} is out of range. Pass a part from 0 to 1.") : z =>
    {
        var (own, pullOwn) = CrossEntropy(targets)(z);
        var (taught, pullTaught) = Distillation(Teacher.Logits(ids), Temperature)(z);
        var (a, b) = ((Real)(1 - Share), (Real)Share);
        return (a * own + b * taught, d => pullOwn(a * d) + pullTaught(b * d));
    };
}
