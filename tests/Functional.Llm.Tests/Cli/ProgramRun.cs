using System.Text.Json;
using Functional.Llm.Cli;
using Xunit;

namespace Functional.Llm.Tests.Cli;

/// <summary>What a run of functional-llm left behind.</summary>
sealed record ProgramRun(int Code, string Out, string Error)
{
    /// <summary>Runs a command in this process, with streams of its own.</summary>
    public static ProgramRun Of(params string[] words) => Of(watched: false, words);

    /// <summary>The same, where somebody watches, perhaps.</summary>
    public static ProgramRun Of(bool watched, params string[] words)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = Commands.Program.Run(words, new Terminal(output, error, watched, watched));
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>The object that --json prints as the only line of standard output.</summary>
    public static JsonElement Json(params string[] words)
    {
        var run = Of([.. words, "--json"]);
        Assert.True(run.Code == 0, $"{string.Join(' ', words)} ended with {run.Code}: {run.Error}");
        Assert.Equal(1, run.Out.Count(c => c == '\n'));
        using var document = JsonDocument.Parse(run.Out);
        return document.RootElement.Clone();
    }
}
