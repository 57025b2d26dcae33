namespace Functional.Llm;
/// <summary>x</summary>
public static class Placeholder { /// <summary>x</summary>
    public const Real One = 1; }
