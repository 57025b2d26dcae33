using LearningRate = Functional.Llm.Schedule;

namespace Functional.Llm;

/// <summary>Everything that a training depends on but its text: the same settings, text and seed give the same bits.</summary>
/// <param name="Batch">Windows in a batch, B.</param>
/// <param name="Accumulate">Batches whose gradients one update takes the mean of.</param>
/// <param name="Steps">Updates.</param>
/// <param name="Epochs">Passes over the text in shuffled order, from which the steps follow; null for windows that begin anywhere.</param>
/// <param name="Rate">The highest learning rate.</param>
/// <param name="Schedule">constant, cosine or wsd.</param>
/// <param name="Beta2">AdamW's second decay.</param>
/// <param name="Clip">The largest norm of a gradient; 0 for no limit.</param>
/// <param name="Seed">Where all randomness starts.</param>
/// <param name="Checkpointed">Whether blocks are computed again in the pullback.</param>
/// <param name="TorchStart">Whether parameters are drawn as PyTorch's layers do by default, by a generator of the seed.</param>
public sealed record PretrainingSettings(
    int Batch, int Accumulate, int Steps, int? Epochs, double Rate, string Schedule, double Beta2, double Clip, ulong Seed, bool Checkpointed, bool TorchStart = false)
{
    /// <summary>The names of schedules.</summary>
    public static ImmutableArray<string> Schedules { get; } = ["constant", "cosine", "wsd"];

    /// <summary>The key of one purpose: parameters, data, dropout, samples.</summary>
    internal Key KeyOf(int purpose) => new Key(Seed).Fold(purpose);

    /// <summary>AdamW, whose decay is for matrices only.</summary>
    internal Optimizer Optimizer => new AdamW(RateBySchedule, 0.9, Beta2, Decay: 0.1, Decays: leaf => leaf.Shape.Rank > 1) { Clip = Clip == 0 ? double.PositiveInfinity : Clip };

    LearningRate RateBySchedule
    {
        get
        {
            var warmup = Math.Min(100, Steps / 10);
            return Schedule switch
            {
                "cosine" => LearningRate.WarmupCosine(Rate, warmup, Math.Max(1, Steps), Rate / 100, Rate / 10),
                "wsd" => LearningRate.WarmupStableDecay(Rate, warmup, Steps / 5, Math.Max(1, Steps), Rate / 100, Rate / 10),
                _ => Rate,
            };
        }
    }
}
