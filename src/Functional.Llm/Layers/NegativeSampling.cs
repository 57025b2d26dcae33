namespace Functional.Llm;

/// <summary>Two vectors a word: one predicts its neighbours, the other is predicted.</summary>
/// <param name="Centre">The vectors of words that predict (V, C): the embeddings.</param>
/// <param name="Context">The vectors of words that are predicted (V, C).</param>
public sealed record SkipGramParameters(Tensor Centre, Tensor Context);
