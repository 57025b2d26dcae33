using FsCheck.Xunit;
using Xunit;

namespace Functional.Llm.Tests.Numerics;

/// <summary>PyTorch's generator where no reference files are: a few pinned numbers, and what holds for every seed.</summary>
public sealed class TorchGeneratorTests
{
    static readonly TorchGenerator Seed42 = TorchGenerator.Seeded(42);

    [Fact]
    public void Torch_manual_seed_42_gives_its_well_known_numbers()
    {
        Assert.Equal(1608637542u, Seed42.Random32().Value);
        Assert.Equal(1608637542UL << 32 | 3421126067, Seed42.Random64().Value);
        Assert.Equal(6909045637428952499, Seed42.Int63().Value);
        AssertDraws([0.882269263, 0.915003955, 0.38286376, 0.959305644], Seed42.Uniform(4));
        Assert.Equal(0.05815448596142969, Seed42.UniformDouble(1).Value[0]);
        AssertDraws([0.336690366, 0.128809407, 0.234462366, 0.23033303, -1.12285638], Seed42.Normal(5));
        double[] sixteen =
        [
            1.92691529, 1.48728406, 0.900717199, -2.1055212, 0.678418458, -1.23454487, -0.0430674776, -1.60466695,
            -0.752135277, 1.64872301, -0.392478645, -1.40360713, -0.727881253, -0.559430182, -0.768838882, 0.76244539,
        ];
        AssertDraws(sixteen, Seed42.Normal(16));
        AssertDraws([0.441406488, 0.479205251, -0.135257274, 0.53036046, -0.126499504, 0.116503894], Seed42.LinearWeight(3, 2));
        Assert.Equal([-0.281085879, 0.339067817], Seed42.Linear(3, 2).Value.Bias.Doubles().Select(x => Math.Round(x, 9)));
    }

    [Fact]
    public void Torch_manual_seed_0_gives_its_well_known_numbers()
    {
        var generator = TorchGenerator.Seeded(0);
        Assert.Equal([0.4963, 0.7682, 0.0885], generator.Uniform(3).Value.Doubles().Select(x => Math.Round(x, 4)));
        Assert.Equal([1.5410, -0.2934, -2.1788, 0.5684, -1.0845, -1.3986], generator.Normal(6).Value.Doubles().Select(x => Math.Round(x, 4)));
        Assert.Equal([4, 1, 7, 5, 3, 9, 0, 8, 6, 2], generator.Permutation(10).Value.ToArray());
    }

    [Fact]
    public void The_generator_is_the_mersenne_twister()
    {
        // The ten thousandth number of the seed 5489, which the C++ standard demands of std::mt19937.
        var generator = TorchGenerator.Seeded(5489);
        for (var i = 1; i < 10_000; i++)
            generator = generator.Random32().Next;
        Assert.Equal(4123659995u, generator.Random32().Value);
    }

    [Fact]
    public void The_low_32_bits_of_the_seed_count() =>
        Assert.Equal(TorchGenerator.Seeded(7).Random64().Value, TorchGenerator.Seeded(7 + (1UL << 32)).Random64().Value);

    [Property]
    public void A_draw_leaves_its_generator_as_it_was(uint seed, byte skip)
    {
        var generator = TorchGenerator.Seeded(seed).Uniform(5 * skip).Next;
        var numbers = generator.UniformDouble(500);
        generator.Permutation(900);
        generator.Normal(7);
        Assert.Equal(numbers.Value.AsEnumerable(), generator.UniformDouble(500).Value);
        Assert.Equal(numbers.Next.Random64().Value, generator.UniformDouble(500).Next.Random64().Value);
    }

    [Property]
    public void Numbers_are_the_same_drawn_at_once_or_one_by_one(uint seed, byte first, byte second)
    {
        var generator = TorchGenerator.Seeded(seed);
        var (x, next) = generator.Uniform(first);
        var (y, last) = next.Uniform(second);
        var (both, end) = generator.Uniform(first + second);
        Assert.Equal(both, Tensor.Concatenate(0, x, y));
        Assert.Equal(end.Random32().Value, last.Random32().Value);
    }

    [Fact]
    public void The_second_of_a_pair_of_normal_numbers_is_kept_for_the_next_draw()
    {
        var (five, next) = Seed42.Normal(5);
        Assert.Equal(Seed42.Normal(8).Value, Tensor.Concatenate(0, five, next.Normal(3).Value));
        // What lies between does not touch it, and a block of 16 does not take it.
        var (blocks, later) = next.Normal(16);
        Assert.Equal(Seed42.UniformDouble(6).Next.Normal(16).Value, blocks);
        Assert.Equal(Seed42.Normal(6).Value.At(5), later.Normal(Shape.Scalar).Value.Value);
    }

    [Property]
    public void Ranges_means_and_deviations_are_applied_in_single_precision(uint seed)
    {
        var generator = TorchGenerator.Seeded(seed);
        Tensor[] drawn = [generator.Uniform(40, -0.1, 0.3).Value, generator.Normal(40, 3, 0.02).Value, generator.Normal(9, 3, 0.02).Value, generator.Linear(7, 5).Value.Weight];
        Assert.All(drawn, x => Assert.Equal(x.Doubles().Select(e => (double)(float)e), x.Doubles()));
        Assert.True(drawn[0].IsClose(generator.Uniform(40).Value * (Real)0.4 - (Real)0.1, 1e-5, 1e-6));
        Assert.True(drawn[1].IsClose(generator.Normal(40).Value * (Real)0.02 + 3, 1e-6));
        Assert.True(drawn[2].IsClose(generator.Normal(9).Value * (Real)0.02 + 3, 1e-6));
        Assert.All(drawn[3].Doubles(), w => Assert.InRange(Math.Abs(w), 0, 1 / Math.Sqrt(7) + 1e-7));
    }

    [Fact]
    public void Normal_numbers_are_normal()
    {
        Statistics.AssertDistributed(Seed42.Normal(100_000).Value.Doubles(), Statistics.Normal);
        var (generator, few) = (Seed42, new List<double>());
        for (var i = 0; i < 5_000; i++)
        {
            (var x, generator) = generator.Normal(9);
            few.AddRange(x.Doubles());
        }

        Statistics.AssertDistributed(few, Statistics.Normal);
    }

    [Property]
    public void A_permutation_is_drawn_by_swaps_from_the_front(uint seed, byte count)
    {
        int[] expected = [.. Enumerable.Range(0, count)];
        var generator = TorchGenerator.Seeded(seed);
        for (var i = 0; i + 1 < count; i++)
        {
            (var z, generator) = generator.Random32();
            var j = i + (int)(z % (uint)(count - i));
            (expected[i], expected[j]) = (expected[j], expected[i]);
        }

        var (permutation, next) = TorchGenerator.Seeded(seed).Permutation(count);
        Assert.Equal(expected, permutation.AsEnumerable());
        Assert.Equal(generator.Random32().Value, next.Random32().Value);
    }

    [Fact]
    public void An_epoch_is_permuted_by_the_second_of_two_whole_numbers()
    {
        var (order, next) = TorchGenerator.Seeded(123).ShuffledEpoch(50);
        var seed = TorchGenerator.Seeded(123).Int63().Next.Int63();
        Assert.Equal(TorchGenerator.Seeded((ulong)seed.Value).Permutation(50).Value.AsEnumerable(), order);
        Assert.Equal(seed.Next.Random32().Value, next.Random32().Value);
        Assert.NotEqual(order.AsEnumerable(), next.ShuffledEpoch(50).Value);
    }

    [Fact]
    public void Indices_are_drawn_with_their_probabilities_and_those_of_zero_never()
    {
        double[] p = [0, 0.1, 0, 0.5, 0.15, 0.25, 0];
        var rows = Tensor.From(p).BroadcastTo((100, 240, p.Length));
        var (drawn, next) = Seed42.MultinomialRows(rows);
        Assert.Equal((100, 240), drawn.Shape);
        Statistics.AssertFits(Statistics.Counts(p.Length, drawn.Ids), p);
        Assert.Equal(drawn.Ids[0], Seed42.Multinomial(Tensor.From(p)).Value);
        Assert.Equal(Seed42.UniformDouble(24_000 * p.Length).Next.Random32().Value, next.Random32().Value);
    }

    [Fact]
    public void A_mask_keeps_and_scales_as_often_as_asked()
    {
        var (mask, next) = Seed42.Dropout((300, 100), 0.1);
        Assert.All(mask.Doubles(), x => Assert.True(x == 0 || x == (float)(1 / 0.9)));
        var kept = mask.Doubles().Count(x => x > 0);
        Statistics.AssertFits([kept, 30_000 - kept], [0.9, 0.1]);
        Assert.Equal(Seed42.UniformDouble(30_000).Next.Random32().Value, next.Random32().Value);
        Assert.Equal((Tensor.Ones(9), Tensor.Zeros(9)), (Seed42.Dropout(9, 0).Value, Seed42.Dropout(9, 1).Value));
        Assert.Equal(Seed42.Random32().Value, Seed42.Dropout(9, 0).Next.Random32().Value);
    }

    [Fact]
    public void Nothing_is_drawn_for_no_elements()
    {
        Assert.Equal(0, Seed42.Normal((3, 0)).Value.Size);
        Assert.Empty(Seed42.UniformDouble(0).Value);
        Assert.Empty(Seed42.Permutation(0).Value);
        Assert.Equal([0], Seed42.Permutation(1).Value.ToArray());
        Assert.Equal(Seed42.Random32().Value, Seed42.Permutation(1).Next.Random32().Value);
    }

    [Fact]
    public void Mistakes_are_explained()
    {
        AssertRefused("uniform: 1 to 0 is no range. Pass two finite numbers, the lower one first.", () => Seed42.Uniform(3, 1, 0));
        AssertRefused("uniform: the count is -1. Pass 0 or more.", () => Seed42.UniformDouble(-1));
        AssertRefused("normal: there is no normal distribution of mean 0 and deviation -1. Pass finite numbers, the deviation 0 or more.", () => Seed42.Normal(3, 0, -1));
        AssertRefused("linear: a layer of 0 inputs has no bound 1/√inputs. Pass 1 or more.", () => Seed42.Linear(0, 2));
        AssertRefused("permutation: the count is -1. Pass 0 or more.", () => Seed42.Permutation(-1));
        AssertRefused("permutation: the count is -2. Pass 0 or more.", () => Seed42.ShuffledEpoch(-2));
        AssertRefused("multinomial: probability 1 of row 0 is -1. Pass finite numbers of 0 or more, such as a softmax gives.", () => Seed42.Multinomial([1, -1]));
        var rows = Tensor.Of(new Real[,] { { 1, 0 }, { 0, 0 } });
        AssertRefused("multinomial: the 2 probabilities of row 1 sum to 0. At least one must be positive, and the sum finite.", () => Seed42.MultinomialRows(rows));
        AssertRefused("multinomial: shape [2, 2] is not a vector. Pass a vector, or draw an index a row with MultinomialRows.", () => Seed42.Multinomial(Tensor.Ones((2, 2))));
        AssertRefused("dropout: -0.1 is no probability. Pass a number from 0 to 1.", () => Seed42.Dropout(3, -0.1));
    }

    /// <summary>Nine digits name one single precision number.</summary>
    static void AssertDraws(double[] expected, (Tensor Value, TorchGenerator Next) draw) =>
        Assert.Equal(expected.Select(x => (double)(float)x), draw.Value.Doubles());

    static void AssertRefused(string message, Func<object> draw) => Assert.Equal(message, Assert.ThrowsAny<FunctionalLlmException>(draw).Message);
}
