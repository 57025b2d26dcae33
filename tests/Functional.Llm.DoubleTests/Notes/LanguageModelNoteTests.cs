using Xunit;

namespace Functional.Llm.DoubleTests.Notes;

/// <summary>The numbers of scripts/pretrain.md, generate.md and evaluate.md.</summary>
public class LanguageModelNoteTests
{
    [Fact]
    public void Pretrain()
    {
        var nano = Preset.All[0].Model;
        var (C, L) = (nano.Width, nano.Depth);
        var (matrices, tables) = (L * 12 * C * C, (nano.Vocabulary + nano.Context) * C);
        Note.Check("pretrain.md", [matrices, tables, nano.Count - matrices - tables, nano.Count, 6 * nano.Count,
            256, Megabytes(256, 16 * 12), 4096, Megabytes(4096, 12 + 16), 1024,
            // Measured once, as the note says.
            2565, 4269, 2640, 4571]);

        // Of a training: what the parameters, the logits of so many places and so many widths a place take.
        static double Megabytes(long places, int widths)
        {
            var (gpt, V, C) = (Gpt2.Small, 50257L, 768L);
            return sizeof(float) * (4 * gpt.Count + places * (widths * C + 2 * V)) / 1e6;
        }
    }

    [Fact]
    public void Generate()
    {
        Tensor z = [2, 1, 0];
        var rules = new[] { Sampler.Temperature(1), Sampler.Temperature(0.5), Sampler.Temperature(2), Sampler.TopK(2) };
        var (gpt, place) = (Gpt2.Small, sizeof(float) * 2 * Gpt2.Small.Depth * Gpt2.Small.Width);
        double[][] left = [.. rules.Select(rule => rule.Probabilities(z).ToArray())];
        var doubt = left.Select(row => Math.Exp(-row.Where(x => x > 0).Sum(x => x * Math.Log(x))));
        var (first, best) = (new[] { 0.6, 0.4 }, new[] { 0.5, 0.9 });
        var ways = first.Zip(best, (a, b) => a * b);
        var (p, q, guesses, passes, c) = (new[] { 0.5, 0.3, 0.2 }, new[] { 0.2, 0.6, 0.2 }, 4, 100_000, 0.1);
        var (taken, excess) = (p.Zip(q, Math.Min).Sum(), p.Zip(q, (a, b) => Math.Max(0, a - b)).ToArray());
        var comes = q[0] + (1 - taken) * excess[0] / excess.Sum();
        Assert.Equal(p[0], comes, 1e-12);
        // Of many passes: how many guesses in a row are taken, and one token more.
        var mean = Enumerable.Range(0, passes).Average(i => 1 + Enumerable.Range(0, guesses).TakeWhile(j => new Key(1).Fold(i).Fold(j).Uniform() < taken).Count());
        var expected = (1 - Math.Pow(taken, guesses + 1)) / (1 - taken);
        Assert.Equal(expected, mean, 0.02);
        Note.Check("generate.md", [0.5, place, place * gpt.Context, gpt.Vocabulary, .. left.SelectMany(row => row), .. doubt, .. first, .. best, .. ways, .. p, .. q, taken, comes, expected, c]);
    }

    [Fact]
    public void Evaluate()
    {
        double[] probabilities = [0.5, 0.25, 0.8, 0.1];
        var e = new Evaluation(-probabilities.Average(Math.Log), 4, 12, []);
        Note.Check("evaluate.md", [.. probabilities, e.Loss, e.Perplexity, e.BitsPerByte]);
    }
}
