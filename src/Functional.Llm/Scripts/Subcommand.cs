using System.Diagnostics.CodeAnalysis;

namespace Functional.Llm;

/// <summary>One of a program's commands: as a script, but published with the program, so that nothing of it is found by reflection over types unknown then.</summary>
public sealed record Subcommand
{
    readonly Func<IEnumerable<string>, Terminal, string, int> run;

    Subcommand(string name, string description, string example, Func<IEnumerable<string>, Terminal, string, int> run) =>
        (Name, Description, Example, this.run) = (name, description, example, run);

    /// <summary>The word that asks for it.</summary>
    public string Name { get; }

    /// <summary>What it does, in a sentence.</summary>
    public string Description { get; }

    /// <summary>What may stand after its name.</summary>
    public string Example { get; }

    /// <summary>A command.</summary>
    /// <typeparam name="T">Its options.</typeparam>
    /// <param name="name">The word that asks for it.</param>
    /// <param name="description">What it does, in a sentence.</param>
    /// <param name="example">Options that show what it can do: <c>--model run --count 100</c>.</param>
    /// <param name="body">From the options to the result, values by the names that <c>--json</c> prints.</param>
    public static Subcommand Of<[DynamicallyAccessedMembers(ScriptOption.Properties)] T>(
        string name, string description, string example, Func<T, IReadOnlyDictionary<string, object?>> body)
        where T : ScriptOptions, new() => new(name, description, example, (arguments, terminal, program) =>
        {
            var whole = $"{program} {name} {example}";
            var commandLine = new CommandLine(description, whole, "", ScriptOption.All(new T(), whole));
            return Script.Run(arguments, commandLine, new T { Terminal = terminal, Program = program }, body, JsonLine.Plainly, Briefly);
        });

    /// <summary>Runs it.</summary>
    /// <returns>The exit code: see <see cref="ConsoleProgram.Run(string[])"/>.</returns>
    internal int Run(IEnumerable<string> arguments, Terminal terminal, string program) => run(arguments, terminal, program);

    /// <summary>What happened and where, on one line.</summary>
    static string Briefly(Exception e) => Spelling.OneLine($"{e.GetType()}: {e.Message} ({e.StackTrace?.Split('\n')[0].Trim()})");
}
