using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>The project's own scripts, run as processes; compiled once for all tests.</summary>
public sealed class SystemScripts : IDisposable
{
    readonly ScriptFolder folder = new();

    public static ImmutableArray<string> Names { get; } = [.. Directory.GetFiles(Path.Combine(ScriptFolder.Repository, "scripts"), "*.csx")
        .Select(file => Path.GetFileNameWithoutExtension(file)!).Where(name => name != "prelude").Order()];

    /// <summary>The folder in which the scripts are run.</summary>
    public string WorkingDirectory
    {
        get => folder.WorkingDirectory;
        set => folder.WorkingDirectory = value;
    }

    public ScriptFolder.Result Run(string name, params string[] args) =>
        folder.RunFile(Path.Combine(ScriptFolder.Repository, "scripts", $"{name}.csx"), ["--", .. args]);

    /// <summary>The object that --json prints as the only line of standard output.</summary>
    public JsonElement Json(string name, params string[] args)
    {
        var result = Run(name, [.. args, "--json"]);
        Assert.True(result.ExitCode == 0, $"{name} {string.Join(' ', args)} ended with {result.ExitCode}: {result.Error}");
        Assert.DoesNotContain('\n', result.Output);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    /// <summary>A file in a folder that goes with the tests.</summary>
    public string Write(string name, string text) => folder.Write(name, text);

    public string this[string name] => folder[name];

    public void Dispose() => folder.Dispose();
}
