using System.Diagnostics;
using System.Globalization;
using Functional.Llm.Tests.Cli;
using Xunit;

namespace Functional.Llm.Tests.Runs;

/// <summary>A training in a process of its own, which is killed or interrupted and goes on, leaves the bytes of one that never stopped.</summary>
public sealed class StoppedTrainingTests : IDisposable
{
    const int Kills = 5;
    const int Steps = 60;

    static readonly string[] Training =
    [
        "--file", Path.Combine(ScriptFolder.Repository, "LICENSE"), "--tokenizer", "char", "--context", "8", "--width", "16", "--heads", "2", "--depth", "1",
        "--batch", "4", "--accumulate", "4", "--epochs", "9", "--dropout", "0.1", "--seed", "7", "--steps", $"{Steps}",
    ];

    readonly ScriptFolder folders = new();

    public void Dispose() => folders.Dispose();

    /// <summary>A process that trains into a folder, from the beginning or from the last checkpoint on.</summary>
    Process Start(string folder, params string[] options) => folders.Start("env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "functional-llm.dll"), "pretrain",
        "--threads", "1", .. Newest(folder) is null ? (string[])[.. Training, "--out", folder] : ["--resume", folder], .. options]);

    static StoredCheckpoint? Newest(string folder)
    {
        var (checkpoint, torn) = CheckpointFolder.Newest(Path.Combine(folder, "checkpoints"));
        Assert.Empty(torn);
        return checkpoint;
    }

    /// <summary>Waits until it looks at its validation text after a step, and then a little.</summary>
    static void Await(Process process, long step, double milliseconds)
    {
        while (process.StandardOutput.ReadLine() is { } line && !(line.StartsWith("step ", StringComparison.Ordinal) && int.Parse(line.AsSpan(5, 6), CultureInfo.InvariantCulture) > step))
        {
        }

        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalMilliseconds < milliseconds;)
            Thread.SpinWait(100);
    }

    /// <summary>The files of the model and of the best one, as they are without a stop.</summary>
    string[] Whole()
    {
        ProgramRun.Json(["pretrain", .. Training, "--out", folders["whole"]]);
        return Sums(folders["whole"]);
    }

    static string[] Sums(string folder) => [.. new[] { "config.json", "model.safetensors", "tokenizer.json", "best.json", Path.Combine("best", "model.safetensors") }
        .Select(name => $"{name} {FileSum.Of(Path.Combine(folder, name)).Sha256}")];

    [LinuxFact]
    public void Killed_again_and_again_it_ends_in_the_same_files()
    {
        var (folder, random) = (folders["killed"], new Random(1));
        var last = 0L;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var process = Start(folder, "--save-every", "0");
            Await(process, last, random.NextDouble() * 15);
            process.Kill();
            process.WaitForExit();
            Assert.Equal(137, process.ExitCode);
            var step = Newest(folder)!.Step;
            Assert.InRange(step, Math.Max(1, last), Steps - 1);
            last = step;
        }

        Assert.Equal((0, ""), Ended(Start(folder)));
        Assert.Equal(Whole(), Sums(folder));
    }

    [LinuxFact]
    public void Interrupted_it_saves_says_how_to_go_on_and_ends_in_the_same_files()
    {
        var folder = folders["interrupted"];
        var process = Start(folder, "--patience", "1000");
        Await(process, 0, 5);
        Interrupt(process);
        var stopped = ScriptFolder.Finish(process);
        Assert.Equal((0, ""), (stopped.ExitCode, stopped.Error));
        Assert.Contains($"Interrupted. It goes on with: functional-llm pretrain --resume {folder} --patience 1000\n", stopped.Output, StringComparison.Ordinal);
        Assert.InRange(Newest(folder)!.Step, 1, Steps - 1);
        Assert.Equal((0, ""), Ended(Start(folder)));
        Assert.Equal(Whole(), Sums(folder));
    }

    static void Interrupt(Process process)
    {
        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        kill.WaitForExit();
    }

    static (int, string) Ended(Process process)
    {
        var end = ScriptFolder.Finish(process);
        return (end.ExitCode, end.Error);
    }
}
