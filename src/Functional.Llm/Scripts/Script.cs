using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>The contract of every script: its options, its streams, its exit code.</summary>
public static class Script
{
    const string Reflective = "A script's result is read by reflection over a type that the script declares.";

    /// <summary>The path of a file that lies beside the script that asks, wherever the script is run from.</summary>
    /// <param name="path">The path of the file, seen from the script's folder.</param>
    /// <param name="script">The script itself: the compiler fills it in.</param>
    public static string Beside(string path, [CallerFilePath] string script = "") => Path.Combine(Path.GetDirectoryName(script) ?? "", path);

    /// <summary>Runs a script: reads its options, computes, and turns what happens into an exit code.</summary>
    /// <typeparam name="T">The script's options.</typeparam>
    /// <param name="arguments">The script's arguments.</param>
    /// <param name="description">What the script does, in a sentence.</param>
    /// <param name="example">A command that shows what it can do: <c>dotnet script scripts/sat.csx -- --score 1250</c>.</param>
    /// <param name="body">From the options to the result, an object of named values, which <c>--json</c> prints as the only line of
    /// standard output: keys in snake_case, null for a number that is not finite.</param>
    /// <returns>0; 1 when the work failed, with one line on standard error, or a stack trace where the failure is a defect of the program;
    /// 2 for wrong usage, with what was expected on standard error.</returns>
    [RequiresUnreferencedCode(Reflective)]
    public static int Run<[DynamicallyAccessedMembers(ScriptOption.Properties)] T>(IEnumerable<string> arguments, string description, string example, Func<T, object?> body)
        where T : ScriptOptions, new() => Run(arguments, description, example, body, Terminal.OfProcess);

    /// <summary>Runs a script on a terminal of one's choice.</summary>
    [RequiresUnreferencedCode(Reflective)]
    internal static int Run<[DynamicallyAccessedMembers(ScriptOption.Properties)] T>(
        IEnumerable<string> arguments, string description, string example, Func<T, object?> body, Terminal terminal)
        where T : ScriptOptions, new() =>
        Run(arguments, new CommandLine(description, example, "-- ", ScriptOption.All(new T(), example)), new T { Terminal = terminal }, body, JsonLine.Of, e => $"{e}");

    /// <summary>Runs what a command line asks for.</summary>
    /// <param name="arguments">The words after the command.</param>
    /// <param name="commandLine">The options that there are.</param>
    /// <param name="options">The record in which to set those that are given, new.</param>
    /// <param name="body">From the options to the result.</param>
    /// <param name="json">The result as a line of JSON.</param>
    /// <param name="defect">What to say of an exception that is nobody's fault but the program's.</param>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a script throws becomes an exit code here.")]
    internal static int Run<T, R>(IEnumerable<string> arguments, CommandLine commandLine, T options, Func<T, R> body, Func<R, string> json, Func<Exception, string> defect)
        where T : ScriptOptions
    {
        var terminal = options.Terminal;
        try
        {
            ImmutableArray<string> words = [.. arguments];
            if (CommandLine.AskForHelp(words))
            {
                terminal.Out.WriteLine(commandLine.Help());
                return 0;
            }
            var given = commandLine.Parse(words);
            foreach (var (option, value) in given)
                option.Property.SetValue(options, value);
            options.Given = [.. given.Select(g => g.Option.Name)];
            var result = Parallelism.With(options.Threads ?? Parallelism.Threads, () => body(options));
            if (options.Json)
                terminal.Out.WriteLine(json(result));
            return 0;
        }
        catch (Exception e)
        {
            var (code, message) = Explain(e, commandLine, defect);
            terminal.Error.WriteLine(message);
            return code;
        }
    }

    static (int Code, string Message) Explain(Exception e, CommandLine commandLine, Func<Exception, string> defect) => e switch
    {
        UsageException => (2, $"{Spelling.OneLine(e.Message)}\n{commandLine.Advice}"),
        OutOfMemoryException => (1, "there is not enough memory for sizes such as these; expected smaller ones, of the model, its context or a batch"),
        FunctionalLlmException or IOException or UnauthorizedAccessException => (1, Spelling.OneLine(e.Message)),
        _ => (1, $"a defect of the program, not of its input: {defect(e)}"),
    };
}
