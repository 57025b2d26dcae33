using System.Diagnostics;

namespace Functional.Llm.Tests;

/// <summary>A temporary folder of scripts with a compilation cache of its own.</summary>
public sealed class ScriptFolder : IDisposable
{
    /// <summary>How a process ended, and what it wrote.</summary>
    public sealed record Result(int ExitCode, string Output, string Error);

    /// <summary>The repository's own folder.</summary>
    public static string Repository { get; } =
        Ancestors(AppContext.BaseDirectory).First(folder => File.Exists(Path.Combine(folder, "Functional.Llm.sln")));

    /// <summary>The script host as it was built, in the configuration of these tests.</summary>
    public static string Host { get; } = Path.Combine(
        Repository,
        "src/Functional.Llm.Script",
        Path.GetRelativePath(Path.Combine(Repository, "tests/Functional.Llm.Tests"), AppContext.BaseDirectory),
        "Functional.Llm.Script.dll");

    readonly string folder = Directory.CreateTempSubdirectory("functional-llm-").FullName;

    /// <summary>What the started processes see in their environment besides this folder's cache.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Where programs are started: in the repository, unless somebody says otherwise.</summary>
    public string WorkingDirectory { get; set; } = Repository;

    /// <summary>The files of compiled scripts.</summary>
    public IReadOnlyList<string> Cached => Directory.Exists(CacheFolder) ? Directory.GetFiles(CacheFolder) : [];

    string CacheFolder => Path.Combine(folder, "cache", "functional-llm-script");

    /// <summary>The full path of a file in this folder.</summary>
    public string this[string name] => Path.Combine(folder, name);

    /// <summary>Writes a file, and returns its full path.</summary>
    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return this[name];
    }

    /// <summary>Writes main.csx, and runs it with these arguments.</summary>
    public Result Run(string text, params string[] args) => RunFile(Write("main.csx", text), args);

    /// <summary>Runs a script by the host itself.</summary>
    public Result RunFile(string script, params string[] args) => Finish(Start("dotnet", [Host, script, .. args]));

    /// <summary>Runs `dotnet script` with these arguments.</summary>
    public Result Command(params string[] args) => Finish(Start("dotnet", ["script", .. args]));

    /// <summary>Starts a program in the working directory, with this folder's cache and redirected streams.</summary>
    public Process Start(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args)
        {
            WorkingDirectory = WorkingDirectory,
            Environment = { ["XDG_CACHE_HOME"] = this["cache"] },
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Gives a process its standard input, and waits for its end.</summary>
    public static Result Finish(Process process, string input = "")
    {
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} did not end.");
            }

            return new(process.ExitCode, output.Result.TrimEnd(), error.Result.TrimEnd());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    static IEnumerable<string> Ancestors(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
            yield return at.FullName;
    }
}
