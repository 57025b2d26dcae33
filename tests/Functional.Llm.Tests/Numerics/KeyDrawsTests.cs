using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Functional.Llm.Tests.Numerics;

/// <summary>Tensors drawn from a key: pinned, and of the distributions that they are named after.</summary>
public sealed class KeyDrawsTests
{
    const int N = 1 << 18;
    const int Fraction = 1 << 24;

    [Fact]
    public void Uniform_numbers_are_the_same_for_ever_and_in_both_precisions()
    {
        Assert.Equal(Tensor.From([8267682, 10141388, 9551641, 12386693, 13539472, 4291029]), new Key(42).Uniform(6) * Fraction);
        Assert.Equal(Tensor.From([0.9711689949035645, 1.4178953170776367, 1.2772886753082275]), new Key(42).Uniform(3, -1, 3));
    }

    [Fact]
    public void Normal_numbers_are_the_same_for_ever()
    {
        double[] expected = [-1.310527551139872, 0.733984569801377, 0.7901178006791394, 1.4260181611276364, 0.5374409659724676];
        Assert.True(Tensor.From(expected).IsClose(new Key(42).Normal(5), 1e-7));
        Assert.Equal(expected[0], new Key(42).Normal(), 1e-15);
    }

    [Fact]
    public void Masks_are_the_same_for_ever() =>
        Assert.Equal(Tensor.From([1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1]), new Key(42).Bernoulli(20, 0.5));

    [Property]
    public void An_element_depends_on_its_place_alone(ulong seed, byte size)
    {
        var key = new Key(seed);
        Func<Shape, Tensor>[] draws = [s => key.Uniform(s), s => key.Uniform(s, -2, 5), s => key.Normal(s), s => key.Normal(s, 0.02, 1), s => key.Bernoulli(s, 0.3)];
        foreach (var draw in draws)
        {
            Assert.Equal(draw(700)[..size], draw(size));
            Assert.Equal(draw(35).Reshape(5, 7), draw((5, 7)));
            Assert.Equal(draw(1).At(0), draw(Shape.Scalar).Value);
            Assert.Equal(0, draw((3, 0)).Size);
        }
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(0x8000000000000000UL)]
    public void Uniform_numbers_are_multiples_of_2_to_the_minus_24_and_evenly_spread(ulong seed)
    {
        int[] k = [.. new Key(seed).Uniform(N).Doubles().Select(u => (int)(u * Fraction))];
        Assert.Equal(k.Select(i => (double)i / Fraction), new Key(seed).Uniform(N).Doubles());
        Statistics.AssertUniform(Statistics.Counts(4096, k.Select(i => i >> 12)));
        Statistics.AssertUniform(Statistics.Counts(4096, k.Select(i => i & 4095)));
        Statistics.AssertUniform(Statistics.Counts(4096, k.Chunk(2).Select(pair => pair[0] >> 18 << 6 | pair[1] >> 18)));
        Statistics.AssertUniform(Statistics.Counts(4096, k.Chunk(16).Select(row => row[0] >> 18 << 6 | row[8] >> 18)));
        Statistics.AssertUniform(Statistics.Counts(4096, k.Chunk(4).Select(four => four.Aggregate(0, (code, i) => code << 3 | i >> 21))));
    }

    [Fact]
    public void A_uniform_range_is_kept()
    {
        var x = new Key(3).Uniform(N, -3, 7).Doubles();
        Assert.InRange(x.Min(), -3, -3 + 1e-4);
        Assert.InRange(x.Max(), 7 - 1e-4, 7);
        Assert.Equal(Tensor.Full(9, 5), new Key(3).Uniform(9, 5, 5));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(12345UL)]
    public void Normal_numbers_have_the_moments_and_the_distribution_of_the_bell(ulong seed)
    {
        var x = new Key(seed).Normal(N).Doubles();
        Assert.InRange(x.Average() * Math.Sqrt(N), -4, 4);
        Assert.InRange((x.Average(a => a * a) - 1) * Math.Sqrt(N / 2.0), -4, 4);
        Assert.InRange(x.Average(a => a * a * a) * Math.Sqrt(N / 15.0), -4, 4);
        Assert.InRange((x.Average(a => a * a * a * a) - 3) * Math.Sqrt(N / 96.0), -4, 4);
        Statistics.AssertDistributed(x, Statistics.Normal);
    }

    [Fact]
    public void The_two_normal_numbers_of_a_pair_are_independent()
    {
        var pairs = new Key(8).Normal(N).Doubles().Chunk(2).ToArray();
        Statistics.AssertUncorrelated([.. pairs.Select(p => p[0])], [.. pairs.Select(p => p[1])]);
        Statistics.AssertUncorrelated([.. pairs.Select(p => p[0] * p[0])], [.. pairs.Select(p => p[1] * p[1])]);
        Statistics.AssertUniform(Statistics.Counts(256, pairs.Select(p => 16 * (int)(16 * Statistics.Normal(p[0])) + (int)(16 * Statistics.Normal(p[1])))));
    }

    [Fact]
    public void Normal_numbers_are_scaled_and_moved()
    {
        var z = new Key(5).Normal(64).Doubles();
        Assert.True(new Key(5).Normal(64, 0.02, 3).IsClose(Tensor.From(z.Select(x => 3 + 0.02 * x)), 1e-6));
        Assert.Equal(Tensor.Full(64, 3), new Key(5).Normal(64, 0, 3));
    }

    [Fact]
    public void Ones_come_as_often_as_their_probability_says()
    {
        foreach (var p in (double[])[0.5, 0.1, 0.9, 1e-3])
        {
            var ones = (int)new Key(6).Bernoulli(N, p).Doubles().Sum();
            Statistics.AssertFits([ones, N - ones], [p, 1 - p]);
        }

        Assert.Equal(Tensor.Zeros(N), new Key(6).Bernoulli(N, 0));
        Assert.Equal(Tensor.Ones(N), new Key(6).Bernoulli(N, 1));
    }

    [Fact]
    public void Mistakes_are_explained()
    {
        var key = new Key(0);
        AssertRefused("uniform: 2 to 1 is no range. Pass two finite numbers, the lower one first.", () => key.Uniform(3, 2, 1));
        AssertRefused("uniform: 0 to NaN is no range. Pass two finite numbers, the lower one first.", () => key.Uniform(3, 0, double.NaN));
        AssertRefused("normal: there is no normal distribution of mean 0 and deviation -1. Pass finite numbers, the deviation 0 or more.", () => key.Normal(3, -1));
        AssertRefused("normal: there is no normal distribution of mean NaN and deviation 1. Pass finite numbers, the deviation 0 or more.", () => key.Normal(3, 1, double.NaN));
        AssertRefused("bernoulli: 1.5 is no probability. Pass a number from 0 to 1.", () => key.Bernoulli(3, 1.5));
        AssertRefused("bernoulli: NaN is no probability. Pass a number from 0 to 1.", () => key.Bernoulli(3, double.NaN));
    }

    static void AssertRefused(string message, Func<Tensor> draw) => Assert.Equal(message, Assert.Throws<FunctionalLlmException>(() => draw()).Message);
}
