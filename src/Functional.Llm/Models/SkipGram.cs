namespace Functional.Llm;

/// <summary>Skip-gram with negative sampling: vectors of words that predict the words around them (Mikolov et al. 2013).</summary>
/// <param name="Dimension">Numbers a word, C.</param>
/// <param name="Window">The farthest that a context may be from its centre; every centre draws how far it looks, from 1 to this.</param>
/// <param name="Negatives">How many drawn words each pair counts, K.</param>
/// <param name="Shared">How many words are drawn for all pairs of a block, N; each weighs K/N.</param>
/// <param name="Batch">Centres in a block.</param>
/// <param name="Subsample">The frequency from which on words are thinned out; 0 to keep all.</param>
/// <param name="Flattening">The power of its count with which a word is drawn as a negative.</param>
/// <param name="Rate">The rate at the start; it falls to 0 linearly.</param>
public sealed record SkipGram(int Dimension = 128, int Window = 5, double Negatives = 5, int Shared = 64, int Batch = 1024,
    double Subsample = 1e-4, double Flattening = 0.75, double Rate = 0.1)
{
    const int PreparedAtOnce = 32;
    const int MeasuredEvery = 16;

    /// <summary>The parameters at the start: centres uniform in ±1/(2C), contexts 0.</summary>
    public SkipGramParameters Start(int vocabulary, Key key) =>
        new(key.Uniform((vocabulary, Dimension), -0.5 / Dimension, 0.5 / Dimension), Tensor.Zeros((vocabulary, Dimension)));

    /// <summary>Training on a text of ids, block after block; the same key gives the same bits for any number of threads.</summary>
    public IEnumerable<SkipGramStep> Train(ImmutableArray<int> ids, ImmutableArray<int> counts, int epochs, Key key)
    {
        var (first, rest) = key.Split();
        var start = Start(counts.Length, first);
        var (centre, context) = (start.Centre.ToArray(), start.Context.ToArray());
        var descent = new SkipGramDescent(centre, context, Dimension);
        var step = 0;
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var blocks = SkipGramBlocks.Of(this, ids, counts, rest.Fold(epoch));
            var prepared = new SkipGramBlock[PreparedAtOnce];
            for (var b = 0; b < blocks.Count; b++)
            {
                var (from, at) = (b, b % PreparedAtOnce);
                if (at == 0)
                    Workers.For(Math.Min(PreparedAtOnce, blocks.Count - b), i => prepared[i] = blocks[from + i]);
                var (done, measure) = ((epoch + (double)b / blocks.Count) / epochs, step % MeasuredEvery == 0);
                var rate = Rate * (1 - done);
                var loss = descent.Step(prepared[at], (Real)rate, measure);
                step++;
                if (measure || epoch == epochs - 1 && b == blocks.Count - 1)
                    yield return new(step, epoch + (double)(b + 1) / blocks.Count, measure ? (double)loss / Math.Max(1, prepared[at].Contexts.Length) : double.NaN, rate, Snapshot);
            }
        }

        SkipGramParameters Snapshot() => new(Tensor.Of(start.Centre.Shape, centre), Tensor.Of(start.Context.Shape, context));
    }
}

/// <summary>A moment of training. <paramref name="Loss"/> is in nats per pair.</summary>
public sealed record SkipGramStep(int Step, double Epoch, double Loss, double Rate, Func<SkipGramParameters> Snapshot);
