using System.Globalization;
using Spectre.Console;

namespace Functional.Llm;

/// <summary>The options that every script has; a script's own record derives from it and adds its own.</summary>
/// <remarks>Each public property that can be set is an option: <c>HiddenUnits</c> is <c>--hidden-units</c>, and its value in a new record
/// is the default. Types: string, bool (a flag without a value), double, int, long, ulong, enums, <c>ImmutableArray</c> of string or int
/// (separated by commas), and their nullable forms. <see cref="HelpAttribute"/> explains an option; <see cref="PositiveAttribute"/>,
/// <see cref="AtLeastAttribute"/> and <see cref="BetweenAttribute"/> limit it.</remarks>
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
    [Help("write the pictures into this folder", "FOLDER")]
    public string? Out { get; init; }

    /// <summary>Whether standard output is one line of JSON, for a program, and everything else goes to standard error.</summary>
    [Help("print the result as one line of JSON")]
    public bool Json { get; init; }

    /// <summary>Where this run of the script writes.</summary>
    internal Terminal Terminal { get; init; } = Terminal.OfProcess;

    /// <summary>Standard output as a rich console; with <c>--json</c> standard error.</summary>
    public IAnsiConsole Console => field ??= Terminal.Rich(Json);

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

    /// <summary>Writes a table to where <see cref="Print"/> writes: a line a row, a column of numbers set right.</summary>
    /// <param name="rows">What the rows are about.</param>
    /// <param name="columns">The name of each column, and its cell in a row.</param>
    public void Table<Row>(IEnumerable<Row> rows, params (string Name, Func<Row, string> Cell)[] columns)
    {
        var cells = rows.Select(row => columns.Select(column => column.Cell(row)).ToArray()).ToArray();
        var table = new Spectre.Console.Table { Border = TableBorder.Rounded };
        for (var i = 0; i < columns.Length; i++)
        {
            var alignment = cells.All(row => IsNumberOrNothing(row[i])) ? Justify.Right : Justify.Left;
            table.AddColumn(new TableColumn(new Text(columns[i].Name)) { Alignment = alignment, NoWrap = true });
        }
        foreach (var row in cells)
            table.AddRow(row.Select(cell => new Text(Spelling.OneLine(cell))));
        Console.Write(table);
    }

    /// <summary>A text whose control characters other than line feeds are visible.</summary>
    internal static string Shown(string text) => string.Join('\n', text.Split('\n').Select(Spelling.OneLine));

    static bool IsNumberOrNothing(string cell) =>
        cell.Length == 0 || double.TryParse(cell.TrimEnd('%'), NumberStyles.Number | NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    /// <summary>Writes a file into the folder that <c>--out</c> names, and says so; without <c>--out</c> it does nothing.</summary>
    /// <param name="name">The name of the file.</param>
    /// <param name="text">Its content, written as UTF-8.</param>
    public void Save(string name, string text)
    {
        if (Out is null)
            return;
        var path = Path.Combine(Out, name);
        AtomicFile.WriteText(path, text);
        Print($"wrote {path}");
    }

    /// <summary>The same elements, shown one after another on one line of standard error while a person watches.</summary>
    /// <param name="source">What is being computed, step after step.</param>
    /// <param name="line">What to show of an element, at most ten times a second.</param>
    public IEnumerable<X> Progress<X>(IEnumerable<X> source, Func<X, string> line) =>
        Terminal.ErrorIsWatched ? ProgressLine.Show(source, line, Terminal.Error, TimeProvider.System) : source;
}
