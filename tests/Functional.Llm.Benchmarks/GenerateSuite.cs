namespace Functional.Llm.Benchmarks;

/// <summary>Generation of one text by models of random numbers: prompts, and token by token, in each form of the numbers.</summary>
/// <remarks>A token reads every weight once, so that reading memory is its limit; a prompt is a product of many rows, and the multiplications are.</remarks>
static class GenerateSuite
{
    const int Prompt = 512;

    /// <summary>Tokens that are decoded at a time, and how far a text has come before they are, as in the peer's script.</summary>
    const int Tokens = 16, Before = 8;

    public static void Run(Report report, int threads)
    {
        Run("gpt2", new Pretrained<Gpt2Parameters>(Gpt2.Small, Gpt2.Small.Start(new Key(0))));
        Llama small = Llama(288, 6, 6, 768, 256), large = Llama(768, 12, 12, 2048, 1024);
        Run("llama-15m", new Pretrained<LlamaParameters>(small, small.Start(new Key(0))));
        Run("llama-110m", new Pretrained<LlamaParameters>(large, large.Start(new Key(0))));

        void Run(string name, Pretrained model)
        {
            if (report.Wants($"{name} prompt") && model.Context > Prompt)
                Prompts($"{name} prompt", model);
            foreach (var form in new Compression?[] { null, Compression.BF16, Compression.F16, Compression.Int8, Compression.Int4 })
            {
                var row = $"{name}{(form is null ? "" : $" {form}")}";
                if (report.Wants(row))
                    Decode(row, form is { } compression ? model.Compressed(compression) : model);
            }
        }

        static Llama Llama(int width, int heads, int depth, int hidden, int context) => new(32000, context, width, heads, heads, depth, hidden, Tied: true, Pairs: RotaryPairs.Neighbours);

        void Prompts(string row, Pretrained model)
        {
            int[] ids = [.. Enumerable.Range(0, Prompt).Select(i => i * 7919 % model.Vocabulary)];
            var (seconds, peak) = Clock.Beside(() => model.Extend(model.Cache(), ids), () => Limits.Peak(threads), warmUp: 3);
            report.Add(new(row, Prompt / seconds, "tokens/s", 2.0 * Multiplied(model) * Prompt / seconds / 1e9 / peak));
            report.Note($"{row}: time to the first token", 1e3 * seconds, "ms");
        }

        void Decode(string row, Pretrained model)
        {
            var (start, next) = (model.Extend(model.Cache(), [.. Enumerable.Range(1, Before)]).Cache, 0);
            var (seconds, read) = Clock.Beside(() =>
            {
                var cache = start;
                for (var i = 0; i < Tokens; i++)
                {
                    (var logits, cache) = model.Extend(cache, [next]);
                    next = Sampler.Temperature(0).Draw(logits, new Key(0));
                }
            }, () => Limits.Read(threads), warmUp: 3);
            report.Add(new(row, Tokens / seconds, "tokens/s", Read(model) * Tokens / seconds / 1e9 / read));
            report.Note($"{row}: memory of the model", model.Bytes() / 1e6, "MB");
            report.Note($"{row}: resident memory so far", Limits.PeakBeside / 1e6, "MB");
        }
    }

    /// <summary>The bytes of weights that a token reads: all but a table of which one row is looked up.</summary>
    static double Read(Pretrained model) => model.Leaves().Where(leaf => !leaf.Path.EndsWith("Position", StringComparison.Ordinal)).Sum(leaf => (double)leaf.Value.Bytes);

    /// <summary>The weights that every token of a prompt is multiplied by: those of blocks; the head is for the last token alone.</summary>
    static double Multiplied(Pretrained model) => model.Leaves().Where(leaf => leaf.Path.StartsWith("Blocks", StringComparison.Ordinal)).Sum(leaf => (double)leaf.Value.Size);
}
