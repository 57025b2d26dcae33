using FsCheck.Xunit;
using Functional.Llm.Tests.Gradients;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.LayerTests;

/// <summary>Layer and root-mean-square normalisation: the book's numbers, what they leave alone, and what they refuse.</summary>
public class NormTests
{
    // Raschka 2024, chapter 4: two rows after a linear layer and a ReLU.
    static readonly Tensor Rows = Tensor.From((2, 6), [0.2260, 0.3470, 0, 0.2216, 0, 0, 0.2133, 0.2394, 0, 0.5198, 0.3297, 0]);

    [Fact]
    public void The_rows_of_the_book_have_mean_zero_and_variance_one()
    {
        var y = LayerNorm(Init.LayerNorm(6), Rows).Value;
        Assert.True(y.Mean([-1], keep: false).IsClose(Tensor.Zeros(2), 0, 1e-6));
        var variance = y.Square().Mean([-1], keep: false);
        Assert.Equal((0.9995, 0.9997), (Math.Round(variance.At(0), 4), Math.Round(variance.At(1), 4)));

        // The book's by-hand version divides by n − 1, and prints [0.6159, 1.4126, −0.8719, …]: √(5/6) of ours.
        Assert.Equal(0.6159, y.At(0, 0) * Math.Sqrt(5.0 / 6), 4e-4);
        Assert.Equal(1.5173, y.At(1, 3) * Math.Sqrt(5.0 / 6), 4e-4);
    }

    [Property]
    public void Layer_norm_is_what_its_equation_says(ulong seed)
    {
        var d = new Draw(seed);
        var width = d.Int(1, 50);
        var (x, p) = (d.Tensor([.. d.Shape(0, 3), width], 3), new LayerNormParameters(d.Tensor(width), d.Coin() ? d.Tensor(width) : default));
        var centred = x - x.Mean([-1], keep: true);
        var expected = p.Gain * centred / (centred.Square().Mean([-1], keep: true) + 1e-5).Sqrt() + p.Bias;
        Assert.True(LayerNorm(p, x).Value.IsClose(expected, 1e-4, 1e-4));
        var rms = p.Gain * x / (x.Square().Mean([-1], keep: true) + 1e-3).Sqrt();
        Assert.True(RmsNorm(1e-3)(new(p.Gain), x).Value.IsClose(rms, 1e-4, 1e-5));
    }

    [Property]
    public void Layer_norm_ignores_a_shift_and_both_ignore_a_scale(ulong seed)
    {
        var d = new Draw(seed);
        var width = d.Int(2, 50);
        var x = 1000 * d.Tensor((3, width));
        var p = Init.LayerNorm(width);
        Assert.True(LayerNorm(p, x).Value.IsClose(LayerNorm(p, 4 * x + 256).Value, 1e-2, 1e-3));
        Assert.True(RmsNorm()(Init.RmsNorm(width), x).Value.IsClose(RmsNorm()(Init.RmsNorm(width), 4 * x).Value, 1e-3, 1e-4));
    }

    [Fact]
    public void Large_numbers_do_not_cancel()
    {
        // Mean 10⁴ and deviation 1: mean x² − (mean x)² would have lost the variance in single precision.
        var x = Tensor.From((1, 4), [10_000 - 1.5, 10_000 - 0.5, 10_000.5, 10_001.5]);
        Assert.Equal(-1.5 / Math.Sqrt(1.25 + 1e-5), LayerNorm(Init.LayerNorm(4), x).Value.At(0, 0), 1e-3);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        foreach (var (words, wrong) in new (string, Action)[]
        {
            ("layer norm: the gain [3] does not fit the last axis of the input [2, 4]. Pass a gain of shape [4].", () => LayerNorm(Init.LayerNorm(3), Tensor.Ones((2, 4)))),
            ("layer norm: the bias [3] does not fit", () => LayerNorm(new(Tensor.Ones(4), Tensor.Ones(3)), Tensor.Ones((2, 4)))),
            ("rms norm: the gain [3] does not fit", () => RmsNorm()(Init.RmsNorm(3), Tensor.Ones((2, 4)))),
            ("Pass an input whose last axis has at least one element.", () => LayerNorm(Init.LayerNorm(3), Tensor.Scalar(1))),
        })
        {
            Assert.Contains(words, Assert.Throws<ShapeException>(wrong).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_rows_give_no_rows()
    {
        var (y, pull) = LayerNorm(Init.LayerNorm(4), Tensor.Zeros((0, 4)));
        Assert.Equal(Shape.Create(0, 4), y.Shape);
        Assert.Equal(Tensor.Zeros(4), pull(y).Parameters.Gain);
    }

    [Fact]
    public void The_logarithm_of_a_sum_of_exponentials_takes_large_and_infinite_scores()
    {
        Assert.Equal(10_000 + Math.Log(2), LogSumExp([10_000, 10_000]).Value.Value, 1e-3);
        Assert.Equal(Real.NegativeInfinity, LogSumExp([Real.NegativeInfinity, Real.NegativeInfinity]).Value.Value);
        Assert.Equal(Real.PositiveInfinity, LogSumExp([1, Real.PositiveInfinity]).Value.Value);
        Assert.True(Real.IsNaN(LogSumExp([1, Real.NaN]).Value.Value));
        Assert.Equal(2, LogSumExp([2, Real.NegativeInfinity]).Value.Value);
        Assert.Contains("log-sum-exp", Assert.Throws<ShapeException>(() => LogSumExp(Tensor.Scalar(1))).Message, StringComparison.Ordinal);
    }
}
