namespace Functional.Llm;

/// <summary>The options that every script has; a script's own record derives from it and adds its own.</summary>
/// <remarks>Each public property that can be set is an option: <c>HiddenUnits</c> is <c>--hidden-units</c>, and its value in a new record
/// is the default. Types: string, bool (a flag without a value), double, int, long, ulong, enums, <c>ImmutableArray</c> of string or int
/// (separated by commas, or, with <see cref="RepeatedAttribute"/>, given one at a time), and their nullable forms. <see cref="HelpAttribute"/> explains an option; <see cref="PositiveAttribute"/>,
/// <see cref="AtLeastAttribute"/> and <see cref="BetweenAttribute"/> limit it, and <see cref="WithoutAttribute"/> leaves out what a script would ignore.</remarks>
public abstract record ScriptOptions
{
    /// <summary>Where all randomness starts: the same seed gives the same numbers.</summary>
    [Help("where all randomness starts; the same seed gives the same numbers")]
    public ulong Seed { get; init; }

    /// <summary>How many threads to use; null for as many as the machine has.</summary>
    [Help("threads to use; all of the machine's when left out")]
    [Between(1, Parallelism.Most)]
    public int? Threads { get; init; }

    /// <summary>The folder for pictures and other files; null to write none.</summary>
    [Help("write files into this folder: pictures, and what else comes of it", "FOLDER")]
    public string? Out { get; init; }

    /// <summary>Whether standard output is one line of JSON, for a program, and everything else goes to standard error.</summary>
    [Help("print the result as one line of JSON")]
    public bool Json { get; init; }

    /// <summary>Where this run of the script writes.</summary>
    internal Terminal Terminal { get; init; } = Terminal.OfProcess;

    /// <summary>The options that were given, such as <c>--seed</c>: those with their default's value, too.</summary>
    internal ImmutableArray<string> Given { get; set; } = [];

    /// <summary>The program of which this run is a command; null for a script.</summary>
    internal string? Program { get; init; }

    /// <summary>How one asks for another piece of work, as this one was asked for: with <c>dotnet script</c>, or of the program.</summary>
    /// <param name="name">Its name, such as "generate".</param>
    /// <param name="words">Its options and their values, which are quoted where a shell would read them otherwise.</param>
    public string Invitation(string name, params IEnumerable<string> words) =>
        $"{(Program is null ? $"dotnet script scripts/{name}.csx --" : $"{Program} {name}")} {string.Join(' ', words.Select(Spelling.Word))}";

    /// <summary>Writes a line, or several, to standard output; with <c>--json</c> to standard error.</summary>
    /// <remarks>Other control characters than line feeds become visible: texts come from files, and a terminal would obey them.</remarks>
    public void Print(string line = "") => Terminal.ForPeople(Json).WriteLine(Shown(line));

    /// <summary>Writes a piece of a text to where <see cref="Print"/> writes, and nothing behind it.</summary>
    public void Write(string piece) => Terminal.ForPeople(Json).Write(Shown(piece));

    /// <summary>Writes a line to standard error while a person watches: what differs from run to run, such as a speed.</summary>
    public void Tell(string line)
    {
        if (Terminal.ErrorIsWatched)
            Terminal.Error.WriteLine(Spelling.OneLine(line));
    }

    /// <summary>A text whose control characters other than line feeds are visible.</summary>
    internal static string Shown(string text) => string.Join('\n', text.Split('\n').Select(Spelling.OneLine));

    /// <summary>Writes a file into the folder that <c>--out</c> names, and says so; without <c>--out</c> it does nothing.</summary>
    /// <param name="name">The name of the file.</param>
    /// <param name="text">Its content, written as UTF-8.</param>
    public void Save(string name, string text) => Save(name, () => text);

    /// <summary>Writes a picture into the folder that <c>--out</c> names, and says so; without <c>--out</c> it is not drawn.</summary>
    /// <param name="name">The name of the file, such as <c>loss.svg</c>.</param>
    /// <param name="picture">The picture.</param>
    public void Save(string name, Chart picture) => Save(name, picture.ToSvg);

    /// <summary>Writes a picture of several charts into the folder that <c>--out</c> names, and says so; without <c>--out</c> it is not drawn.</summary>
    /// <param name="name">The name of the file, such as <c>loss.svg</c>.</param>
    /// <param name="picture">The picture.</param>
    public void Save(string name, Figure picture) => Save(name, picture.ToSvg);

    void Save(string name, Func<string> text)
    {
        if (Out is null)
            return;
        var path = Path.Combine(Out, name);
        AtomicFile.WriteText(path, text());
        Print($"wrote {path}");
    }

    /// <summary>The same elements, shown one after another on one line of standard error while a person watches.</summary>
    /// <param name="source">What is being computed, step after step.</param>
    /// <param name="line">What to show of an element, at most ten times a second.</param>
    public IEnumerable<X> Progress<X>(IEnumerable<X> source, Func<X, string> line) =>
        Terminal.ErrorIsWatched ? ProgressLine.Show(source, line, Terminal.Error, TimeProvider.System) : source;

    /// <summary>Clears the line that <see cref="Progress"/> shows: who prints while it is there does this before.</summary>
    public void ClearProgress()
    {
        if (Terminal.ErrorIsWatched)
            Terminal.Error.Write(ProgressLine.Clear);
    }
}
