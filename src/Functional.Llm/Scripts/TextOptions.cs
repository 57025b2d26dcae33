using System.Collections.Immutable;

namespace Functional.Llm;

/// <summary>The options of a script that reads a text.</summary>
public abstract record TextOptions : ScriptOptions
{
    /// <summary>The name of a known text; null for none.</summary>
    [Help("a known text, such as tinyshakespeare or names; downloaded where it is not found", "NAME")]
    public string? Dataset { get; init; }

    /// <summary>The folder in which data sets are looked for first; null for none.</summary>
    [Help($"look for data sets here first, then where {DataFolders.Variable} says, then in the user's cache", "FOLDER")]
    public string? DataFolder { get; init; }

    /// <summary>The file of a text; null for none.</summary>
    [Help("a text in UTF-8; where none is given, a script takes this project's own sources and notes", "FILE")]
    public string? File { get; init; }

    /// <summary>The text itself; null for none.</summary>
    [Help("the text itself")]
    public string? Text { get; init; }

    /// <summary>The text that <c>--dataset</c>, <c>--file</c> or <c>--text</c> gives, or else the sources, notes and scripts of a project.</summary>
    /// <param name="project">The project's folder, such as <c>Script.Beside("..")</c>; null for a program, which has none.</param>
    /// <exception cref="UsageException">None is given where there is no project, two are given, or the data set is not a known text.</exception>
    /// <exception cref="FunctionalLlmException">There is no such file, it is no text in UTF-8, or a data set is missing and cannot be downloaded.</exception>
    public string Read(string? project) => Files() is { } files ? string.Concat(files.Select(Whole)) : Text
        ?? Corpus.Read(project ?? throw new UsageException("no text is given; expected --dataset NAME, --file FILE or --text TEXT"));

    /// <summary>The same text, read as it is taken, so that a file may be larger than memory.</summary>
    /// <param name="project">The project's folder, such as <c>Script.Beside("..")</c>; null for a program, which has none.</param>
    /// <exception cref="UsageException">None is given where there is no project, two are given, or the data set is not a known text.</exception>
    /// <exception cref="FunctionalLlmException">There is no such file, it is no text in UTF-8, or a data set is missing and cannot be downloaded.</exception>
    public TextReader Open(string? project) => Files() is [var only] ? TextFile.Open(only).OrFail() : new StringReader(Read(project));

    /// <summary>The option that gives a text; null where none does.</summary>
    /// <exception cref="UsageException">Two are given.</exception>
    private protected string? GivenText()
    {
        (string Option, string? Value)[] sources = [("--dataset", Dataset), ("--file", File), ("--text", Text)];
        string[] given = [.. sources.Where(source => source.Value is not null).Select(source => source.Option)];
        return given.Length > 1 ? throw new UsageException($"{string.Join(" and ", given)} are given together; expected one text, from one of them") : given.FirstOrDefault();
    }

    ImmutableArray<string>? Files() => GivenText() switch
    {
        "--dataset" => this.Locate(Known(Dataset!), DataFolder),
        "--file" => [File!],
        _ => null,
    };

    static Dataset Known(string name) => Datasets.FindText(name)
        .IfLeft(error => throw new UsageException($"--dataset: {error.Message}"));

    static string Whole(string path) => TextFile.Read(path).OrFail();
}
