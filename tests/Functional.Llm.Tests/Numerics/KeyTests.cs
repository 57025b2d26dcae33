using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Functional.Llm.Tests.Numerics;

/// <summary>Keys and the streams under them: pinned for ever, and independent of each other.</summary>
public sealed class KeyTests
{
    const int N = 1 << 15;
    static readonly Key Root = new(2024);

    /// <summary>Streams that must have nothing in common: of near seeds, of split and of folded keys, and of keys below those.</summary>
    static readonly Key[] Relatives =
    [
        Root, new(0), new(1), new(2), new(ulong.MaxValue), new(1UL << 32), .. Root.Split(3), Root.Fold(0), Root.Fold(1), Root.Fold(2), Root.Fold(-1),
        .. Root.Split().First.Split(2), Root.Split().Second.Fold(0), Root.Fold(0).Fold(0), Root.Fold(0).Fold(1), Root.Fold(1).Split().First,
    ];

    [Fact]
    public void The_same_key_gives_the_same_keys_for_ever()
    {
        var key = new Key(42);
        Assert.Equal((new Key(6549989819540031456), new Key(3989319115021817628)), key.Split());
        Assert.Equal(new Key(18346595086633963003), key.Split(3)[2]);
        Assert.Equal(new Key(17858501408825260156), key.Fold(0));
        Assert.Equal(new Key(7795116706851529676), key.Fold(7));
        Assert.Equal(new Key(13797159041445823534), key.Fold(ulong.MaxValue));
    }

    [Property]
    public void Splitting_and_folding_are_functions_of_the_key(ulong seed, byte n)
    {
        var key = new Key(seed);
        var keys = key.Split(n);
        Assert.Equal(keys.ToArray(), new Key(seed).Split(n).ToArray());
        Assert.Equal(n, keys.Distinct().Count());
        Assert.Equal(key.Split(), (key.Split(2)[0], key.Split(2)[1]));
        Assert.Equal(key.Fold(n), key.Fold((ulong)n));
        Assert.DoesNotContain(key.Fold(n), keys);
        Assert.NotEqual(key.Fold(n), key.Fold(n + 1));
    }

    [Fact]
    public void No_keys_come_of_a_count_of_zero_and_none_of_a_negative_one()
    {
        Assert.Empty(Root.Split(0));
        Assert.Equal("split: the count is -1. Pass 0 or more.", Assert.Throws<FunctionalLlmException>(() => Root.Split(-1)).Message);
    }

    [Fact]
    public void Streams_of_related_keys_are_uncorrelated()
    {
        var streams = Relatives.Select(key => key.Uniform(N).Doubles()).ToArray();
        Assert.Equal(Relatives.Length, Relatives.Distinct().Count());
        for (var i = 0; i < streams.Length; i++)
        {
            for (var j = 0; j < i; j++)
                Statistics.AssertUncorrelated(streams[i], streams[j]);
        }
    }

    [Fact]
    public void Pairs_from_the_streams_of_related_keys_fill_the_square_evenly()
    {
        var streams = Relatives.Select(key => key.Uniform(N).Doubles()).ToArray();
        foreach (var (x, y) in streams.Zip(streams.Skip(1)))
            Statistics.AssertUniform(Statistics.Counts(1024, x.Zip(y, (a, b) => 32 * (int)(32 * a) + (int)(32 * b))));
    }

    [Fact]
    public void Kinds_of_draws_from_one_key_are_uncorrelated()
    {
        double[][] draws =
        [
            Root.Uniform(N).Doubles(), Root.Normal(N).Doubles(), Root.Bernoulli(N, 0.5).Doubles(), [.. Root.Permutation(N).Select(i => (double)i)],
            [.. Root.Split(N).Select(key => (double)key.State)],
        ];
        for (var i = 0; i < draws.Length; i++)
        {
            for (var j = 0; j < i; j++)
                Statistics.AssertUncorrelated(draws[i], draws[j]);
        }
    }

    [Fact]
    public void The_first_numbers_of_successive_keys_are_uniform_and_independent()
    {
        AssertIndependent([.. Enumerable.Range(0, N).Select(i => new Key((ulong)i))]);
        AssertIndependent([.. Enumerable.Range(0, N).Select(Root.Fold)]);
        AssertIndependent(Root.Split(N));
    }

    [Fact]
    public void Every_byte_of_a_derived_key_is_uniform()
    {
        for (var shift = 0; shift < 64; shift += 8)
        {
            Statistics.AssertUniform(Statistics.Counts(256, Root.Split(N).Select(key => (int)(key.State >> shift & 255))));
            Statistics.AssertUniform(Statistics.Counts(256, Enumerable.Range(0, N).Select(i => (int)(Root.Fold(i).State >> shift & 255))));
        }
    }

    static void AssertIndependent(IReadOnlyCollection<Key> keys)
    {
        int[] bins = [.. keys.Select(key => (int)(16 * key.Uniform(1).At(0)))];
        Statistics.AssertUniform(Statistics.Counts(16, bins));
        Statistics.AssertUniform(Statistics.Counts(256, bins.Chunk(2).Select(pair => 16 * pair[0] + pair[1])));
    }
}
