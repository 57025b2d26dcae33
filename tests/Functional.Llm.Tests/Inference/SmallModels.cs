namespace Functional.Llm.Tests.Inference;

/// <summary>Models that have learnt nothing, but whose probabilities are far from even.</summary>
static class SmallModels
{
    /// <summary>Matrices are larger than a model begins with, so that tokens and places do differ.</summary>
    public static Pretrained<P> Drawn<P>(LanguageModel<P> model, ulong seed, Real scale = 8) => new(model, Tree.Map(model.Start(new Key(seed)), x => x.Rank == 1 ? x : x * scale));
}
