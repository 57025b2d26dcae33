namespace Functional.Llm;

/// <summary>Inputs with what a model should make of them.</summary>
public sealed record Batch<X, Y>(X Inputs, Y Targets);
