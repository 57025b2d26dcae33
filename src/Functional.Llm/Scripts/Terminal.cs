using Spectre.Console;

namespace Functional.Llm;

/// <summary>Where a script writes: its two streams, and whether a person watches each.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool OutIsWatched, bool ErrorIsWatched)
{
    /// <summary>Lines in a file or a pipe may be this long; a terminal has its own width, where it says so.</summary>
    const int UnwatchedWidth = 160;

    /// <summary>The streams of this process.</summary>
    public static Terminal OfProcess => new(
        Console.Out, Console.Error, OutIsWatched: !Console.IsOutputRedirected, ErrorIsWatched: !Console.IsErrorRedirected)
    { IsClosed = StandardOutput.IsClosed };

    /// <summary>Asks whether nobody reads standard output any more.</summary>
    public Func<bool> IsClosed { get; init; } = () => false;

    /// <summary>The stream for people: standard output, or standard error where standard output is for a program.</summary>
    public TextWriter ForPeople(bool json) => json ? Error : Out;

    /// <summary>The same stream for tables and colours: plain text where nobody watches or NO_COLOR asks for it.</summary>
    public IAnsiConsole Rich(bool json)
    {
        var watched = json ? ErrorIsWatched : OutIsWatched;
        var plain = !watched || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(ForPeople(json)),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (!watched || console.Profile.Width < 1)
            console.Profile.Width = UnwatchedWidth;
        return console;
    }
}
