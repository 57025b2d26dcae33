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
        Note.Check("pretrain.md", [matrices, tables, nano.Count - matrices - tables, nano.Count, 6 * nano.Count]);
    }

    [Fact]
    public void Generate()
    {
        Tensor z = [2, 1, 0];
        var rules = new[] { Sampler.Temperature(1), Sampler.Temperature(0.5), Sampler.Temperature(2), Sampler.TopK(2) };
        Note.Check("generate.md", [0.5, .. rules.SelectMany(rule => Layers.Softmax(rule(z)).Value.ToArray())]);
    }

    [Fact]
    public void Evaluate()
    {
        double[] probabilities = [0.5, 0.25, 0.8, 0.1];
        var e = new Evaluation(-probabilities.Average(Math.Log), 4, 12, []);
        Note.Check("evaluate.md", [.. probabilities, e.Loss, e.Perplexity, e.BitsPerByte]);
    }
}
