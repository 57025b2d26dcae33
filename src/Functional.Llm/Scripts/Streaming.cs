using Spectre.Console;

namespace Functional.Llm;

/// <summary>Texts that are shown while they come into being, or side by side.</summary>
public static class Streaming
{
    /// <summary>Writes a prompt and what follows it, each piece as it comes; with <c>--json</c>, or quietly, only how far it is.</summary>
    /// <param name="options">Where to write.</param>
    /// <param name="tokenizer">What makes texts of ids; without it, the ids themselves are written.</param>
    /// <param name="prompt">The ids that are given.</param>
    /// <param name="ids">Those that follow.</param>
    /// <param name="quietly">Whether the text is not written.</param>
    /// <param name="stops">Texts of which the first ends what follows the prompt, and is not written.</param>
    /// <returns>All ids that were taken, the last of which may have completed a stop text, and the text as written.</returns>
    /// <exception cref="FunctionalLlmException">A stop text is empty.</exception>
    public static (ImmutableArray<int> Ids, string Text) Stream(this ScriptOptions options, Tokenizer? tokenizer, IReadOnlyList<int> prompt, IEnumerable<int> ids, bool quietly = false, params ImmutableArray<string> stops)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(prompt);
        quietly |= options.Json;
        var (taken, text) = (prompt.ToImmutableArray().ToBuilder(), new System.Text.StringBuilder());
        var all = prompt.Concat(quietly ? options.Progress(Noted(), id => $"token {taken.Count - prompt.Count}: {id}") : Noted());
        var pieces = tokenizer?.DecodeInPieces(all) ?? all.Select((id, place) => place == 0 ? $"{id}" : $",{id}");
        foreach (var piece in pieces.Take(prompt.Count).Concat(pieces.Skip(prompt.Count).Until(stops)))
        {
            text.Append(piece);
            if (!quietly)
                options.Write(piece);
        }

        if (!quietly)
            options.Print();
        return (taken.ToImmutable(), text.ToString());

        IEnumerable<int> Noted()
        {
            foreach (var id in ids)
            {
                taken.Add(id);
                yield return id;
            }
        }
    }

    /// <summary>Writes texts beside each other, each in a column of its own under its title.</summary>
    public static void SideBySide(this ScriptOptions options, IEnumerable<(string Title, string Text)> texts)
    {
        ArgumentNullException.ThrowIfNull(options);
        var table = new Spectre.Console.Table { Border = TableBorder.Rounded, Expand = true };
        var cells = new List<Text>();
        foreach (var (title, text) in texts)
        {
            table.AddColumn(new TableColumn(new Text(ScriptOptions.Shown(title))));
            cells.Add(new(ScriptOptions.Shown(text)));
        }

        table.AddRow(cells);
        options.Console.Write(table);
    }
}
