using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>The contract of every script: its options, its streams, its exit code.</summary>
public static class Script
{
    const string Reflective = "A script's options and result are read by reflection over types that the script declares.";

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
    public static int Run<T>(IEnumerable<string> arguments, string description, string example, Func<T, object?> body)
        where T : ScriptOptions, new() => Run(arguments, description, example, body, Terminal.OfProcess);

    /// <summary>Runs a script on a terminal of one's choice.</summary>
    [RequiresUnreferencedCode(Reflective)]
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a script throws becomes an exit code here.")]
    internal static int Run<T>(IEnumerable<string> arguments, string description, string example, Func<T, object?> body, Terminal terminal)
        where T : ScriptOptions, new()
    {
        var commandLine = new CommandLine(description, example, ScriptOption.All(new T(), example));
        try
        {
            ImmutableArray<string> words = [.. arguments];
            if (CommandLine.AskForHelp(words))
            {
                terminal.Out.WriteLine(commandLine.Help());
                return 0;
            }
            var options = new T { Terminal = terminal };
            foreach (var (option, value) in commandLine.Parse(words))
                option.Property.SetValue(options, value);
            var result = Parallelism.With(options.Threads ?? Parallelism.Threads, () => body(options));
            if (options.Json)
                terminal.Out.WriteLine(JsonLine.Of(result));
            return 0;
        }
        catch (Exception e)
        {
            var (code, message) = Explain(e, commandLine);
            terminal.Error.WriteLine(message);
            return code;
        }
    }

    static (int Code, string Message) Explain(Exception e, CommandLine commandLine) => e switch
    {
        UsageException => (2, $"{Spelling.OneLine(e.Message)}\n{commandLine.Command} -- --help shows the options"),
        FunctionalLlmException or IOException or UnauthorizedAccessException => (1, Spelling.OneLine(e.Message)),
        _ => (1, $"a defect of the program, not of its input: {e}"),
    };
}
