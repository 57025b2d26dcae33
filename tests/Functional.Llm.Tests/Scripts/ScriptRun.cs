using System.Collections.Immutable;

namespace Functional.Llm.Tests;

/// <summary>What a run of a script left behind.</summary>
sealed record ScriptRun(int Code, string Out, string Error)
{
    /// <summary>Runs a script in this process, with streams of its own.</summary>
    public static ScriptRun Of<T>(string[] arguments, Func<T, object?> body, bool watched = false) where T : ScriptOptions, new()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = Script.Run(arguments, "Predicts admission.", "dotnet script scripts/sat.csx -- --score 1250", body, new Terminal(output, error, watched, watched));
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a script of every kind of option, arguments separated by spaces; its result is its options.</summary>
    public static ScriptRun Of(string arguments, Func<EveryKind, object?>? body = null) =>
        Of(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), body ?? (o => null));
}

enum Shade
{
    Dark,
    VeryLight,
}

/// <summary>Options of every kind.</summary>
sealed record EveryKind : ScriptOptions
{
    [Help("a table", "FILE")]
    public string? Data { get; init; }

    [Help("learning rate"), Positive]
    public double Rate { get; init; } = 0.1;

    [Help("updates"), AtLeast(0)]
    public int Steps { get; init; } = 10_000;

    [Help("penalty"), AtLeast(0)]
    public double L2 { get; init; }

    [Help("predict this score and stop"), Between(400, 1600)]
    public double? Score { get; init; }

    [Help("train on unscaled scores")]
    public bool Raw { get; init; }

    [Help("columns to learn from")]
    public ImmutableArray<string> Features { get; init; } = [];

    [Help("units of the hidden layers")]
    public ImmutableArray<int> HiddenUnits { get; init; } = [8, 4];

    [Help("rows that lack a value")]
    public MissingPolicy Missing { get; init; }

    [Help("the picture's shade")]
    public Shade? Shade { get; init; }

    [Help("an offset into a file")]
    public long Offset { get; init; } = -1;

    public int Doubled => 2 * Steps;
}
