using Xunit;

namespace Functional.Llm.DoubleTests.Notes;

public class EmbeddingsNoteTests
{
    // What a run on the novels gave: words, vocabulary, questions, covered, per cent right in all and by section, times chance, seconds, seconds of one core.
    static readonly double[] Measured = [3_635_795, 16_150, 19_544, 5805, 20.0, 107 / 2.72, 361 / 10.56, 297 / 11.22, 1163 / 5805.0 * 16_150, 53.4, 54.8];

    [Fact]
    public void Every_number_of_the_note_is_computed_again()
    {
        var start = new SkipGramParameters(Tensor.Of(new Real[,] { { 1, 2 }, { 0, 0 }, { 0, 0 } }), Tensor.Of(new Real[,] { { 0, 0 }, { 0.5, 1 }, { -1, 1 } }));
        var loss = Layers.NegativeSampling(new SkipGramBlock([0], [0, 1], [1], [2], 1, 3));
        var (value, gradient) = loss.ValueAndGradient(start);
        double Sigma(double z) => 1 / (1 + Math.Exp(-z));
        Note.Check("embeddings.md", Note.Values(
            start.Context, 2.5, value, gradient.Centre, gradient.Context, -Math.Log(Sigma(2.5)), -Math.Log(Sigma(-1)), Sigma(2.5) - 1, Sigma(1),
            new SkipGram().Flattening, 9000, 0.1, 0.5, Measured));
    }
}
