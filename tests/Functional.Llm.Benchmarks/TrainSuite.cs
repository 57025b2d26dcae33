namespace Functional.Llm.Benchmarks;

/// <summary>Training steps of GPT-2, forward, backward and AdamW, of the sizes of the peer's script; and what they take of memory.</summary>
static class TrainSuite
{
    static readonly (string Name, Gpt2 Model, int Batch, int Places)[] Models =
    [
        ("nano", new(65, 64, 128, 4, 4), 12, 64), ("baby", new(65, 256, 384, 6, 6), 16, 256),
        ("gpt2", Gpt2.Small, 4, 64), ("gpt2l", Gpt2.Small, 4, 256),
    ];

    public static void Run(Report report, int threads)
    {
        foreach (var (name, model, batch, places) in Models.Where(m => report.Wants(m.Name)))
        {
            var (rule, ids, targets, learner) = (new AdamW(1e-4), Ids(1), Ids(2), Begin(model));
            var (seconds, peak) = Clock.Beside(() => learner.Descend(rule, model.Loss(ids, targets)), () => Limits.Peak(threads), warmUp: 6);
            report.Add(new(name, batch * places / seconds, "tokens/s", 6.0 * model.Count * batch * places / seconds / 1e9 / peak));
            report.Note($"{name}: resident memory so far", Limits.PeakBeside / 1e6, "MB");

            Tokens Ids(int seed) => Tokens.Of((batch, places), [.. new Key((ulong)seed).Uniform(batch * places).ToArray().Select(u => (int)(u * model.Vocabulary))]);
        }
    }

    /// <summary>On its own, since a method that is not optimised yet keeps what it began with: here a second copy of the parameters.</summary>
    static Learner<Gpt2Parameters> Begin(Gpt2 model) => Learner<Gpt2Parameters>.CopyOf(Training.Start(model.Start(new Key(0))));
}
