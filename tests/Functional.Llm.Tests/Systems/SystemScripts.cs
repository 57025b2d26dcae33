using System.Collections.Concurrent;
using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>The project's own scripts, run as processes; compiled once for all tests.</summary>
public sealed class SystemScripts : IDisposable
{
    static readonly ScriptFolder Compiled = new();

    static readonly ConcurrentDictionary<string, Lazy<ScriptFolder.Result>> Shared = new(StringComparer.Ordinal);

    readonly ScriptFolder folder = new() { Environment = { ["XDG_CACHE_HOME"] = Compiled["cache"] } };

    static SystemScripts() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Compiled.Dispose();

    public static ImmutableArray<string> Names { get; } = [.. Directory.GetFiles(Path.Combine(ScriptFolder.Repository, "scripts"), "*.csx")
        .Select(file => Path.GetFileNameWithoutExtension(file)!).Where(name => name != "prelude").Order()];

    /// <summary>The folder in which the scripts are run.</summary>
    public string WorkingDirectory
    {
        get => folder.WorkingDirectory;
        set => folder.WorkingDirectory = value;
    }

    /// <summary>One run for all tests that look at it. That of --help is a script's first: it compiles it, and tells what the compiler has to say.</summary>
    public static ScriptFolder.Result Once(string name, params string[] args) =>
        Shared.GetOrAdd(string.Join('\0', [name, .. args]), _ => new(() => Run(Compiled, name, args))).Value;

    public ScriptFolder.Result Run(string name, params string[] args)
    {
        Once(name, "--help");
        return Run(folder, name, args);
    }

    static ScriptFolder.Result Run(ScriptFolder folder, string name, string[] args) =>
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
