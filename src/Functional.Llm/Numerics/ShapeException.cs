namespace Functional.Llm;

/// <summary>Shapes that do not fit an operation: which one, which shapes, where in the model, and the mend.</summary>
/// <remarks>For example: <c>matmul: inner dimensions differ: left [8, 384] × right [256, 64] in Blocks[3].Mlp.Up. Pass …</c></remarks>
public sealed class ShapeException : FunctionalLlmException
{
    readonly string problem = "";
    readonly string mend = "";

    /// <summary><paramref name="operation"/> met <paramref name="problem"/>; <paramref name="mend"/> says what to do.</summary>
    public ShapeException(string operation, string problem, string mend) : this(operation, problem, mend, "", null)
    {
    }

    ShapeException(string operation, string problem, string mend, string path, Exception? cause)
        : base(operation.Length == 0 ? $"{problem} (in {path})" : $"{operation}: {problem}{(path.Length == 0 ? "" : " in " + path)}. {mend}", cause)
    {
        Operation = operation;
        Path = path;
        this.problem = problem;
        this.mend = mend;
    }

    /// <summary>A failure without a message.</summary>
    public ShapeException()
    {
    }

    /// <summary>A failure that <paramref name="message"/> explains.</summary>
    public ShapeException(string message) : base(message) => problem = message;

    /// <summary>A failure that <paramref name="message"/> explains, caused by <paramref name="innerException"/>.</summary>
    public ShapeException(string message, Exception? innerException) : base(message, innerException) => problem = message;

    /// <summary>The operation that refused, as in <c>matmul</c>.</summary>
    public string Operation { get; } = "";

    /// <summary>The way to the layer from the model's root, as in <c>Blocks[3].Mlp.Up</c>; empty outside a model.</summary>
    public string Path { get; } = "";

    /// <summary>The same failure seen from one level up: <paramref name="step"/> stands before the path.</summary>
    internal ShapeException Within(string step) =>
        new(Operation, problem, mend, Joined(step, Path), this);

    /// <summary>A path after another, either of which may be empty: <c>Blocks</c> and <c>[3]</c> and <c>Mlp</c> make <c>Blocks[3].Mlp</c>.</summary>
    internal static string Joined(string path, string rest) =>
        path.Length == 0 ? rest : rest.Length == 0 || rest[0] == '[' ? path + rest : $"{path}.{rest}";
}
