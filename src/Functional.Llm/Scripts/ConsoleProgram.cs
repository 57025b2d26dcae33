namespace Functional.Llm;

/// <summary>A program of several commands.</summary>
/// <param name="Name">What one types to run it.</param>
/// <param name="Description">What it is for, in a sentence.</param>
/// <param name="Version">Which version it is.</param>
/// <param name="Commands">Its commands.</param>
public sealed record ConsoleProgram(string Name, string Description, string Version, ImmutableArray<Subcommand> Commands)
{
    /// <summary>Runs the command that the first argument names.</summary>
    /// <returns>0; 1 when the work failed, with one line on standard error; 2 for wrong usage, with what was expected on standard error.</returns>
    public int Run(params string[] arguments) => Run(arguments, Terminal.OfProcess);

    /// <summary>Runs a command on a terminal of one's choice.</summary>
    internal int Run(string[] arguments, Terminal terminal)
    {
        return arguments switch
        {
            [] => Wrong("no command is given"),
            [var first, ..] when CommandLine.AskForHelp([first]) => Told(Help()),
            ["help"] => Told(Help()),
            ["--version"] => Told(Version),
            [['-', ..] option, ..] => Wrong($"unknown option {Spelling.Quoted(option)}; expected a command before its options"),
            ["help", var name, ..] when Find(name) is { } command => command.Run(["--help"], terminal, Name),
            [var name, .. var options] => Find(name) is { } command ? command.Run(options, terminal, Name) : Wrong($"unknown command {Spelling.Quoted(name)}; {Advice(name)}"),
        };

        int Told(string text)
        {
            terminal.Out.WriteLine(text);
            return 0;
        }

        int Wrong(string what)
        {
            terminal.Error.WriteLine($"{what}\n{Name} --help shows the commands");
            return 2;
        }
    }

    /// <summary>What <c>--help</c> prints.</summary>
    string Help()
    {
        var width = Commands.Max(command => command.Name.Length);
        return $"""
            {Description}

            Usage: {Name} COMMAND [options]

            Commands:
            {string.Join('\n', Commands.Select(command => $"  {command.Name.PadRight(width)}  {command.Description}"))}

            Examples:
            {string.Join('\n', Commands.Select(command => $"  {Name} {command.Name} {command.Example}"))}

            {Name} COMMAND --help shows a command's options, {Name} --version the version.
            Results go to standard output, progress and errors to standard error. Exit codes: 0; 1 when the work failed; 2 for wrong usage.
            """;
    }

    Subcommand? Find(string name) => Commands.FirstOrDefault(command => command.Name == name);

    string Advice(string name)
    {
        string[] known = [.. Commands.Select(command => command.Name)];
        return Spelling.Nearest(name, known) is { } nearest ? $"did you mean '{nearest}'?" : $"expected one of {string.Join(", ", known)}";
    }
}
