namespace Functional.Llm;

/// <summary>Training whose loss or gradient is not finite, or whose loss is far above where it began: at which step, in which layer, and what to try.</summary>
public sealed class DivergenceException : FunctionalLlmException
{
    readonly string problem = "";

    internal DivergenceException(string what, string problem, int step, string path = "", string operation = "")
        : base($"{what}: {problem}") => (this.problem, Step, Path, Operation) = (problem, step, path, operation);

    /// <summary>A failure without a message.</summary>
    public DivergenceException()
    {
    }

    /// <summary>A failure that <paramref name="message"/> explains.</summary>
    public DivergenceException(string message) : base(message) => problem = message;

    /// <summary>A failure that <paramref name="message"/> explains, caused by <paramref name="innerException"/>.</summary>
    public DivergenceException(string message, Exception? innerException) : base(message, innerException) => problem = message;

    /// <summary>The step at which it was seen, counted from 1.</summary>
    public int Step { get; }

    /// <summary>The way to the layer or the parameter that was the first not to be finite, as in <c>Blocks[3].Mlp.Up</c>; empty where it has none.</summary>
    public string Path { get; } = "";

    /// <summary>The name of the layer, as in <c>Linear</c>; empty where it was no layer.</summary>
    public string Operation { get; } = "";

    /// <summary>The same, said of something else: "the network".</summary>
    internal DivergenceException Of(string what) => new(what, problem, Step, Path, Operation);
}
