using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.DoubleTests.Notes;

public class TransformerNoteTests
{
    [Fact]
    public void Every_number_of_the_note_is_computed_again()
    {
        var (gpt, (V, T, C)) = (Gpt2.Small, (50257L, 1024L, 768L));
        var (L, H) = (gpt.Depth, gpt.Heads);
        Assert.Equal(12 * C * C + 13 * C, Tree.Count(gpt.Shapes().Blocks[0]));
        Assert.Equal(gpt.Count, L * (12 * C * C + 13 * C) + (V + T) * C + 2 * C);
        var operations = T * (L * (24 * C * C + 4 * T * C) + 2 * V * C);
        Assert.Equal(291_648_307_200, operations);
        Note.Check("transformer.md", Note.Values(
            ThreePlaces(), gpt.Count, operations, T, 6 * C, sizeof(float) * H * T * T, sizeof(float) * H * T * T * L, sizeof(float) * H * T,
            Math.Sqrt(19 * 48), Math.Log(65),
            // TransformerScriptTests runs the script for these: its parameters, its table, and the largest scores without norms.
            121_025, 1_266, 3.34, new[] { 11.9, 2.41, 2.41 }, new[] { 14.3, 3.35, 3.35 }, new[] { 3.0, 3.83, 3.83 }, new[] { 22.1, 0.11, 7.95 }, new[] { 2.5, 2.59, 2.59 }));
    }

    static IEnumerable<double> ThreePlaces()
    {
        Tensor q = Tensor.From((3, 2), [1, 0, 0, 1, 1, 1]), k = Tensor.From((3, 2), [1, 0, 1, 1, 0, 2]), v = Tensor.From((3, 2), [1, 0, 0, 1, 3, 1]);
        var weigh = ScaledSimilarity >> CausalMask >> Softmax;
        var (weights, (y, pull)) = (weigh((q, k)).Value, Attend(weigh)(((q, k), v)));
        var ((dq, dk), dv) = pull(Tensor.From((3, 2), [0, 0, 0, 0, 1, 0]));

        // By the note's equations.
        var row = weights[2];
        var fromValues = v[.., 0];
        var mean = (fromValues * row).Sum();
        var ds = row * (fromValues - mean);
        Assert.True(ds.Reshape(1, 3).MatMul(k).Reshape(2).IsClose(dq[2] * Math.Sqrt(2), 1e-12, 1e-12));
        Assert.True((ds.Reshape(3, 1) * q[2..] / Math.Sqrt(2)).IsClose(dk, 1e-12, 1e-12));
        Assert.Equal(0, ds.Sum().Value, 1e-12);
        Assert.True(dv[.., 0].IsClose(row, 1e-12, 1e-12));
        Assert.Equal([1, 0, 3], fromValues.ToArray());
        return Note.Values(ScaledSimilarity((q, k)).Value, weights, y, mean, ds, dq[2], dk);
    }
}
