namespace Functional.Llm;

/// <summary>Skip-gram with negative sampling: vectors of words that predict the words around them (Mikolov et al. 2013).</summary>
/// <param name="Dimension">Numbers a word, C.</param>
/// <param name="Window">The farthest that a context may be from its centre; every centre draws how far it looks, from 1 to this.</param>
/// <param name="Negatives">How many drawn words each pair counts, K.</param>
/// <param name="Shared">How many words are drawn for all pairs of a block, N; each weighs K/N.</param>
/// <param name="Batch">Centres in a block, and no more than a sixteenth of the vocabulary.</param>
/// <param name="Subsample">The frequency from which on words are thinned out; 0 to keep all.</param>
/// <param name="Flattening">The power of its count with which a word is drawn as a negative.</param>
/// <param name="Rate">The rate at the start; it falls to 0 linearly.</param>
public sealed record SkipGram(int Dimension = 128, int Window = 5, double Negatives = 5, int Shared = 32,
    int Batch = 512, double Subsample = 2e-4, double Flattening = 0.75, double Rate = SkipGram.Usual)
{
    const int PreparedAtOnce = 32;
    const int MeasuredEvery = 16;
    const double Usual = 0.025;

    /// <summary>The parameters at the start: centres uniform in ±1/(2C), contexts 0.</summary>
    public SkipGramParameters Start(int vocabulary, Key key) =>
        new(key.Uniform((vocabulary, Dimension), -0.5 / Dimension, 0.5 / Dimension), Tensor.Zeros((vocabulary, Dimension)));

    /// <summary>Training on a text of ids, block after block: the start, and every sixteenth update and the last with its loss before it.</summary>
    /// <remarks>The same key gives the same bits for any number of threads.</remarks>
    /// <param name="ids">The text.</param>
    /// <param name="counts">How often each word occurs in it.</param>
    /// <param name="epochs">How often to go through the text.</param>
    /// <param name="key">Where all randomness starts.</param>
    /// <exception cref="FunctionalLlmException">There are fewer than two different words.</exception>
    public IEnumerable<SkipGramStep> Train(ImmutableArray<int> ids, ImmutableArray<int> counts, int epochs, Key key)
    {
        if (counts.Length < 2)
            throw new FunctionalLlmException($"skip-gram: the vocabulary has {counts.Length} words; expected two or more. Take a longer text, or keep rarer words.");
        var (first, rest) = key.Split();
        var start = Start(counts.Length, first);
        var (centre, context) = (start.Centre.ToArray(), start.Context.ToArray());
        var descent = new SkipGramDescent(centre, context, Dimension);
        yield return new(0, 0, double.NaN, Rate, Snapshot);
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
                var rate = Rate * (1 - (epoch + (double)b / blocks.Count) / epochs);
                var measure = step % MeasuredEvery == 0 || epoch == epochs - 1 && b == blocks.Count - 1;
                var loss = (double)descent.Step(prepared[at], (Real)rate, measure) / Math.Max(1, prepared[at].Contexts.Length);
                step++;
                if (!double.IsFinite(loss))
                    throw new FunctionalLlmException($"skip-gram: training diverges: after {step:N0} updates the loss is no longer a finite number. At the rate {rate:G3} every step overshoots. Try {Math.Min(rate / 4, Usual):G2}.");
                if (measure)
                    yield return new(step, epoch + (double)(b + 1) / blocks.Count, loss, rate, Snapshot);
            }
        }

        SkipGramParameters Snapshot() => new(Tensor.Of(start.Centre.Shape, centre), Tensor.Of(start.Context.Shape, context));
    }
}

/// <summary>A moment of training.</summary>
/// <param name="Step">How many updates there were.</param>
/// <param name="Epoch">How often the text was gone through.</param>
/// <param name="Loss">The loss of the last block before its update, in nats per pair; NaN at the start.</param>
/// <param name="Rate">The rate of the last update.</param>
/// <param name="Snapshot">Copies the parameters, as long as the stream is not asked for its next moment.</param>
public sealed record SkipGramStep(int Step, double Epoch, double Loss, double Rate, Func<SkipGramParameters> Snapshot);
