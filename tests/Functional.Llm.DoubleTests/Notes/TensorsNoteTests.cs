using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.DoubleTests.Notes;

public class TensorsNoteTests
{
    static readonly Tensor A = Tensor.Of(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } });
    static readonly Tensor B = Tensor.Of(new double[,] { { 1, 0 }, { 2, 1 }, { 0, 3 } });

    /// <summary>ln distance, ln year, ln speed and ln mass of eight planets.</summary>
    static readonly Tensor Planets = Tensor.From((8, 4), [
        0.387, 0.241, 47.4, 0.0553, 0.723, 0.615, 35.0, 0.815, 1, 1, 29.8, 1, 1.524, 1.881, 24.1, 0.107,
        5.203, 11.86, 13.1, 317.8, 9.537, 29.46, 9.7, 95.2, 19.19, 84.02, 6.8, 14.5, 30.07, 164.8, 5.4, 17.1]).Log();

    [Fact]
    public void Every_number_of_the_note_is_computed_again()
    {
        var c = A.MatMul(B);
        // C = A B as a layer on the rows of A, whose input is A and whose weight is Bᵀ: the library's own pullback gives both gradients.
        var (_, pull) = (Linear >> MeanSquaredError(Tensor.Zeros((2, 2))))(new LinearParameters(Weight: B.T), A);
        var (dp, da) = pull(0.5);
        var dc = c / 4;
        Assert.True(da.IsClose(dc.MatMul(B.T)) && dp.Weight.T.IsClose(A.T.MatMul(dc)));

        var z = Standardizer.Of(Planets).Apply(Planets);
        var correlations = z.T.MatMul(z) / z.Shape[0];
        const double width = 768, heads = 12, length = 1024;
        var (products, rest) = (12 * width * width + 2 * length * width, 44 * width + 4 * heads * length);
        var layers = new double[] { 1, 4, 16, 64, 256, 1024 }.Select(rows => (
            Operations: rows * width * 4 * width, Numbers: rows * width + width * 4 * width + rows * 4 * width)).ToArray();
        Note.Check("tensors.md", Note.Values(
            dc, da, dp.Weight, correlations.At(0, 1), correlations.At(0, 2), correlations.At(0, 3), products, rest, 100 * products / (products + rest),
            layers.Select(l => l.Operations), layers.Select(l => l.Numbers), layers.Select(l => l.Operations / l.Numbers),
            1024, 4 * width, Math.Pow(1024, 3) / (3 * 1024 * 1024), 1.0 / 3, 4096));
    }

    [Fact]
    public void The_small_numbers_of_the_note_hold()
    {
        Assert.Equal([5, 11, 14, 23], A.MatMul(B).ToArray());
        var x = Tensor.Range(24).Reshape(2, 3, 4);
        Assert.Equal([12, 4, 1], x.Strides.AsEnumerable());
        Assert.Equal(23, x.At(1, 2, 3));
        Assert.Equal([1, 12, 4], x.Permute(2, 0, 1).Strides.AsEnumerable());
        Assert.Equal([1, 0], Tensor.Range(4).Reshape(4, 1).BroadcastTo((4, 5)).Strides.AsEnumerable());
        Assert.False(A.T.Reshape(6).SharesArrayWith(A));
        Assert.True(x.Reshape(2, 3, 2, 2).Permute(0, 2, 1, 3).SharesArrayWith(x));
    }
}
