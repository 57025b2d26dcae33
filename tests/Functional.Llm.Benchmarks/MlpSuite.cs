using System.Diagnostics;
using static Functional.Llm.Layers;

namespace Functional.Llm.Benchmarks;

/// <summary>A whole training step: a 784–512–512–10 classifier on batches of 128, forward, backward and AdamW; and what 2,000 of them leave in memory.</summary>
static class MlpSuite
{
    const int Batch = 128;
    const string Name = "mlp 784-512-512-10, batch 128";

    public static void Run(Report report, int threads)
    {
        if (!report.Wants(Name))
            return;
        var rule = new AdamW(1e-3);
        var batch = Examples();
        var learner = Learner<Classifier>.CopyOf(Training.Start(Fresh()));
        var (seconds, peak) = Clock.Beside(() => learner.Descend(rule, Loss(batch)), () => Limits.Peak(threads));
        var multiplications = 3L * Batch * Tree.Flatten(Fresh()).Where(leaf => leaf.Rank == 2).Sum(leaf => (long)leaf.Size);
        report.Add(new(Name, Batch / seconds, "samples/s", 2.0 * multiplications / seconds / 1e9 / peak));
        Memory(report, rule, batch);
    }

    /// <summary>Live heap, resident memory and collections from step 200 to step 2,200; and whether a state of step 10 is what it was.</summary>
    static void Memory(Report report, Optimizer rule, Batch<Tensor, Tokens> batch)
    {
        const int Warm = 200, Steps = 2000;
        var (live, resident, pauses) = (0L, 0L, TimeSpan.Zero);
        TrainState<Classifier>? kept = null;
        double? norm = null;
        var watch = new Stopwatch();
        foreach (var step in Forever(batch).Trace(Training.Start(Fresh()), rule, Loss).Take(Warm + Steps))
        {
            if (step.Step == 10)
                norm = Tree.Norm((kept = step.Snapshot()).Parameters);
            if (step.Step == Warm)
            {
                (live, resident, pauses) = (Live(), Resident(), Arrays.TimeCollecting);
                watch.Start();
            }
        }

        var collecting = (Arrays.TimeCollecting - pauses) / watch.Elapsed;
        report.Note("live heap after 2,000 steps, of before", 1.0 * Live() / live, "");
        report.Note("resident memory after, of before", 1.0 * Resident() / resident, "");
        report.Note("resident memory", Resident() / 1e6, "MB");
        report.Note("share of time in collections", 100 * collecting, "%");
        report.Note("norm of step 10's state, after over before", Tree.Norm(kept!.Parameters) / norm!.Value, "");
    }

    static long Live() => GC.GetTotalMemory(forceFullCollection: true);

    static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    static Differentiable<Classifier, Real> Loss(Batch<Tensor, Tokens> b) => Model.On(b.Inputs) >> CrossEntropy(b.Targets);

    static readonly Layer<Classifier, Tensor, Tensor> Model =
        Linear.At((Classifier θ) => θ.First) >> Gelu >> Linear.At((Classifier θ) => θ.Second) >> Gelu >> Linear.At((Classifier θ) => θ.Third);

    static Classifier Fresh() => new(Init.Linear(new Key(1), 784, 512), Init.Linear(new Key(2), 512, 512), Init.Linear(new Key(3), 512, 10));

    static Batch<Tensor, Tokens> Examples() =>
        new(new Key(4).Uniform((Batch, 784), 0, 1), Tokens.Of(Batch, [.. Enumerable.Range(0, Batch).Select(i => i * 7 % 10)]));

    static IEnumerable<T> Forever<T>(T item)
    {
        while (true)
            yield return item;
    }

    sealed record Classifier(LinearParameters First, LinearParameters Second, LinearParameters Third);
}
