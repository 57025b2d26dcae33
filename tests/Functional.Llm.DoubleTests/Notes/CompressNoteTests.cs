using Xunit;

namespace Functional.Llm.DoubleTests.Notes;

public class CompressNoteTests
{
    [Fact]
    public void Every_number_of_the_note_is_computed_again()
    {
        Tensor w = Tensor.From((1, 4), [0.7, -1.2, 0.1, 0.45]);
        var stored = w.Compressed(Compression.Int4);
        var scale = (double)BFloat16.Number(stored.Stored!.Scales(0, 1)[0]);
        var smallest = Math.Max(1.2 / 8.5, 0.7 / 7.5);
        Assert.Equal([5, -8, 1, 3], stored.Decompressed().ToArray().Select(x => (int)Math.Round(x / scale)));
        Assert.All((w - stored.Decompressed()).ToArray(), difference => Assert.InRange(Math.Abs(difference), 0, scale / 2));
        Assert.InRange((double)BFloat16.AwayFromZero(smallest), smallest, scale - 0.001);
        Assert.Equal(498, Math.Round(4 * Gpt2.Small.Count / 1e6));
        Assert.Equal(40, Math.Round(20e9 / (4 * Gpt2.Small.Count)));
        foreach (var (compression, bits) in new[] { (Compression.Int8, 8.5), (Compression.Int4, 4.5) })
            Assert.Equal(bits, 8.0 * Tensor.Ones((3, 64)).Compressed(compression).Bytes / (3 * 64));

        Tensor t = Tensor.From((1, 2), [2, 0]), z = Tensor.From((1, 2), [0, 0]);
        var (loss, pull) = Layers.Distillation(t, 2)(z);
        Note.Check("compress.md", Note.Values(65504, 8 + 16.0 / 32, 4 + 16.0 / 32, 32 / 8.5, 32 / 4.5, w, 1.2, 1.2, 8.5, 0.7, 7.5, smallest, (double)BFloat16.AwayFromZero(smallest), scale,
            stored.Decompressed(), scale / 2, Layers.Softmax(t / 2).Value, 0.5, 0.5, loss, pull(1)));
    }
}
