using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>A process that saves checkpoints without a pause is killed at random moments: what it had saved is there, and whole.</summary>
public sealed class CheckpointKillTests : IDisposable
{
    const int Kills = 100;

    /// <summary>As many processes run at once, each in a folder of its own.</summary>
    const int Lanes = 4;

    const int Numbers = 20_000;

    readonly ScriptFolder scripts = new();

    public void Dispose() => scripts.Dispose();

    string Saver() => scripts.Write("saver.csx", $$"""
        #load "{{ScriptFolder.Repository}}/scripts/prelude.csx"
        using Functional.Llm;
        var step = CheckpointFolder.Newest(Args[0]).Checkpoint?.Step ?? 0;
        while (true)
        {
            step++;
            CheckpointFolder.Save(Args[0], step, 2, path =>
            {
                SafetensorsFile.Write(Path.Combine(path, "model.safetensors"), [("θ", Tensor.Full({{Numbers}}, step))]);
                File.WriteAllText(Path.Combine(path, "state.json"), $"{step}");
            });
            WriteLine(step);
        }
        """);

    /// <summary>The last step that the process said it had saved before it was killed, some time after the first.</summary>
    long KilledAfter(string saver, string runs, TimeSpan delay)
    {
        using var process = scripts.Start("dotnet", ScriptFolder.Host, saver, runs);
        var last = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException(process.StandardError.ReadToEnd());
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < delay;)
            Thread.SpinWait(100);
        process.Kill();
        process.WaitForExit();
        // The last line may be cut.
        var lines = $"{last}\n{process.StandardOutput.ReadToEnd()}".Split('\n');
        return long.Parse(lines[^2], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void After_a_hundred_kills_nothing_is_lost_and_nothing_corrupt()
    {
        var saver = Saver();
        var unfinished = 0;
        Parallel.For(0, Lanes, new ParallelOptions { MaxDegreeOfParallelism = Lanes }, lane =>
        {
            var runs = scripts[$"runs-{lane}"];
            var random = new Random(lane);
            for (var kill = 0; kill < Kills / Lanes; kill++)
            {
                var told = KilledAfter(saver, runs, TimeSpan.FromMilliseconds(random.NextDouble() * 20));
                var (checkpoint, torn) = CheckpointFolder.Newest(runs);
                Assert.Empty(torn);
                Assert.InRange(checkpoint!.Step, told, told + 1);
                Assert.Equal($"{checkpoint.Step}", File.ReadAllText(checkpoint["state.json"]));
                using var file = SafetensorsFile.Open(checkpoint["model.safetensors"]);
                Assert.Equal(Tensor.Full(Numbers, checkpoint.Step), file.Read("θ"));
                Interlocked.Add(ref unfinished, Directory.GetDirectories(runs, ".checkpoint-*").Length > 0 ? 1 : 0);
            }
        });
        Assert.True(unfinished > Kills / 4, $"Only {unfinished} of {Kills} kills came while a checkpoint was being written or removed.");
    }
}
