using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Functional.Llm.Tests;

/// <summary>A temporary folder of scripts with a compilation cache of its own.</summary>
public sealed class ScriptFolder : IDisposable
{
    /// <summary>How a script ended, and what it wrote.</summary>
    public sealed record Result(int ExitCode, string Output, string Error);

    /// <summary>The repository's own folder.</summary>
    public static string Repository { get; } = Path.GetFullPath("../../../..", Here());

    /// <summary>The script host as the solution built it, in the configuration of these tests.</summary>
    public static string Host { get; } = Path.Combine(
        Repository, "src/Functional.Llm.Script", Path.GetRelativePath(Path.Combine(Repository, "tests/Functional.Llm.Tests"), AppContext.BaseDirectory),
        "Functional.Llm.Script.dll");

    readonly string folder = Directory.CreateTempSubdirectory("functional-llm-").FullName;

    /// <summary>The folder in which compiled scripts are kept.</summary>
    public string Cache => Path.Combine(folder, ".cache", "functional-llm-script");

    /// <summary>The full path of a file in this folder.</summary>
    public string this[string name] => Path.Combine(folder, name);

    /// <summary>Writes a file, and returns its full path.</summary>
    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return this[name];
    }

    /// <summary>Runs a script text by the host, and waits for it.</summary>
    public Result Run(string text, params string[] args) => Host_([Write("main.csx", text), .. args]);

    /// <summary>Runs the host with these arguments, and waits for it.</summary>
    public Result Host_(params string[] args) => Finish(Start("dotnet", [Host, .. args]));

    /// <summary>Runs `dotnet script` with these arguments in the repository, and waits for it.</summary>
    public Result Command(params string[] args) => Finish(Start("dotnet", ["script", .. args]));

    /// <summary>Starts a process in the repository, with this folder's cache and its streams redirected.</summary>
    public Process Start(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args)
        {
            WorkingDirectory = Repository,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_CACHE_HOME"] = this[".cache"];
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
            if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} did not end.");
            }

            return new(process.ExitCode, output.Result.TrimEnd(), error.Result.TrimEnd());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    static string Here([CallerFilePath] string path = "") => path;
}
