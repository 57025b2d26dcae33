using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;

namespace Functional.Llm;

/// <summary>The command line of a script, or of one of a program's commands: what it does, an example, and the options.</summary>
/// <param name="Description">What it does, in a sentence.</param>
/// <param name="Example">A whole command; the options are what begins with <c>--</c>.</param>
/// <param name="Before">What stands before the options: <c>--</c> and a space for a script.</param>
/// <param name="Options">The options.</param>
internal sealed record CommandLine(string Description, string Example, string Before, ImmutableArray<ScriptOption> Options)
{
    static readonly ImmutableArray<string> HelpNames = ["--help", "-h", "-?"];
    static readonly ParserConfiguration Plainly = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    /// <summary>The command without options, as the example shows it.</summary>
    public string Command => Example.Split(" --")[0];

    /// <summary>What is said where the usage is wrong.</summary>
    public string Advice => $"{Command} {Before}--help shows the options";

    /// <summary>Whether the arguments ask for help, whatever else they say.</summary>
    public static bool AskForHelp(IEnumerable<string> arguments) => arguments.Any(HelpNames.Contains);

    /// <summary>The options that the arguments give, with their values.</summary>
    /// <exception cref="UsageException">An argument is unknown, malformed, out of range, given twice, or lacks its value.</exception>
    public ImmutableArray<(ScriptOption Option, object Value)> Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
            return [];   // without loading the parser, which takes longer than the rest of a short script
        var command = new Command("script");
        foreach (var option in Options)
            command.Add(new Option<string[]>(option.Name) { Arity = option.IsFlag ? ArgumentArity.Zero : option.IsRepeated ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne });
        var parsed = command.Parse([command.Name, .. arguments], Plainly);
        ImmutableArray<(ScriptOption, object)> values = [..
            from option in Options
            let given = parsed.GetResult(option.Name) as OptionResult
            where given is not null
            select (option, Value(option, given))];
        var directives = parsed.Tokens.Where(token => token.Type == TokenType.Directive).Select(token => token.Value);
        if (directives.Concat(parsed.UnmatchedTokens).FirstOrDefault() is { } unknown)
            throw Unknown(unknown);
        return values;
    }

    /// <summary>What <c>--help</c> prints.</summary>
    public string Help()
    {
        (string Left, string Right)[] rows =
            [.. Options.Select(option => ($"{option.Name} {option.Value}", option.Help + Details(option))), ("--help", "show this")];
        var width = rows.Max(row => row.Left.Length);
        return $"""
            {Description}

            Usage: {Command} [{Before}options]
            Example: {Example}

            Options:
            {string.Join('\n', rows.Select(row => $"  {row.Left.PadRight(width)}  {row.Right}".TrimEnd()))}
            """;
    }

    static string Details(ScriptOption option)
    {
        string[] details = [option.IsLimited ? option.Expected : "", option.IsRepeated ? "may be given several times" : "", option.WrittenDefault is { } value ? $"default {Spelling.OneLine(value)}" : ""];
        return string.Join("; ", details.Where(detail => detail.Length > 0)) is { Length: > 0 } all ? $" ({all})" : "";
    }

    object Value(ScriptOption option, OptionResult given) => given.Tokens switch
    {
        _ when given.IdentifierTokenCount is > 1 and var n && !option.IsRepeated => throw new UsageException($"{option.Name} is given {n} times; expected once"),
        [] when option.IsFlag => true,
        [var first, ..] all when all.Count == given.IdentifierTokenCount && !all.Any(token => Options.Any(other => other.Name == token.Value)) =>
            option.IsRepeated ? all.Select(token => (string)option.Parse(token.Value)).ToImmutableArray() : option.Parse(first.Value),
        _ => throw new UsageException($"{option.Name} lacks its value; expected {option.Expectation}"),
    };

    UsageException Unknown(string argument)
    {
        var name = argument.Split('=', ':')[0];
        string[] known = [.. Options.Select(option => option.Name[2..]), "help"];
        if (!name.StartsWith('-'))
            return new($"unexpected argument {Spelling.Quoted(argument)}; expected options, such as --{known[0]} {Options[0].Value}".TrimEnd());
        var advice = Spelling.Nearest(name.TrimStart('-'), known) is { } nearest
            ? $"did you mean '--{nearest}'?"
            : $"expected one of --{string.Join(", --", known)}";
        return new($"unknown option {Spelling.Quoted(name)}; {advice}");
    }
}
