using Functional.Llm.Tests.Numerics;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.LayerTests;

/// <summary>Positions that are turned or added: their formulas, and what of them is left in a score.</summary>
public sealed class PositionTests
{
    static readonly double Tight = Tolerance.Of(2e-6, 1e-14);

    [Theory, InlineData(RotaryPairs.Halves, 2), InlineData(RotaryPairs.Halves, 10), InlineData(RotaryPairs.Neighbours, 2), InlineData(RotaryPairs.Neighbours, 64)]
    public void Pairs_are_turned_by_place_times_frequency(RotaryPairs pairs, int size)
    {
        const int places = 7, heads = 2, first = 3, rest = 5;
        var x = new Key(1).Normal((2, places, heads * size + rest));
        var y = Rotary(RotaryAngles.Of(size, 50, pairs: pairs), heads, first)(x).Value;
        Assert.Equal(x.Shape, y.Shape);
        Assert.Equal(x[.., .., (heads * size)..], y[.., .., (heads * size)..]);
        for (var t = 0; t < places; t++)
        {
            for (var i = 0; i < heads * size / 2; i++)
            {
                var (head, pair) = (i / (size / 2) * size, i % (size / 2));
                var angle = (t + first) * Math.Pow(10000, -2.0 * pair / size);
                var (a, b) = pairs == RotaryPairs.Halves ? (head + pair, head + pair + size / 2) : (head + 2 * pair, head + 2 * pair + 1);
                Assert.Equal(Math.Cos(angle) * x.At(1, t, a) - Math.Sin(angle) * x.At(1, t, b), y.At(1, t, a), Tight);
                Assert.Equal(Math.Sin(angle) * x.At(1, t, a) + Math.Cos(angle) * x.At(1, t, b), y.At(1, t, b), Tight);
            }
        }
    }

    [Theory, InlineData(RotaryPairs.Halves), InlineData(RotaryPairs.Neighbours)]
    public void A_score_depends_on_the_distance_of_two_places_only(RotaryPairs pairs)
    {
        const int size = 16;
        var angles = RotaryAngles.Of(size, 2000, pairs: pairs);
        var (q, k) = (new Key(1).Normal((1, size)), new Key(2).Normal((1, size)));
        double Score(int query, int key) => (Rotary(angles, 1, query)(q).Value * Rotary(angles, 1, key)(k).Value).Sum().Value;
        var scores = Enumerable.Range(0, 40).Select(distance => Score(distance, 0)).ToArray();
        foreach (var shift in new[] { 1, 17, 300, 1900 })
        {
            for (var distance = 0; distance < scores.Length; distance++)
                Assert.Equal(scores[distance], Score(shift + distance, shift), Tolerance.Of(2e-5, 1e-11));
        }

        // And it does depend on that, on either side.
        Assert.All(Enumerable.Range(1, scores.Length - 1), distance => Assert.NotEqual(scores[distance - 1], scores[distance], 1e-4));
        Assert.NotEqual(Score(5, 0), Score(0, 5), 1e-3);
    }

    [Fact]
    public void The_two_conventions_are_one_but_for_the_order_of_numbers()
    {
        const int size = 8;
        var x = new Key(3).Normal((6, size));
        var halves = Rotary(RotaryAngles.Of(size, 6), 1)(x).Value;
        var neighbours = Rotary(RotaryAngles.Of(size, 6, pairs: RotaryPairs.Neighbours), 1)(Interleaved(x)).Value;
        Assert.Equal(Interleaved(halves), neighbours);

        // 0 1 2 3 | 4 5 6 7 → 0 4 1 5 2 6 3 7
        static Tensor Interleaved(Tensor x) => x.Reshape(6, 2, size / 2).Transpose(1, 2).Reshape(6, size);
    }

    [Fact]
    public void Turning_keeps_lengths_and_the_first_place()
    {
        var x = new Key(4).Normal((3, 20, 12));
        var y = Rotary(RotaryAngles.Of(12, 20), 1)(x).Value;
        Assert.Equal(x[.., ..1], y[.., ..1]);
        Assert.True(x.Square().Sum(-1).IsClose(y.Square().Sum(-1), 1e-5, 1e-6));
        Assert.NotEqual(x[.., 1..], y[.., 1..]);
    }

    [Fact]
    public void Sinusoids_are_added_by_their_formula()
    {
        foreach (var width in new[] { 1, 2, 7, 32 })
        {
            var x = new Key(5).Normal((2, 9, width));
            var y = Sinusoidal(x).Value;
            for (var t = 0; t < 9; t++)
            {
                for (var c = 0; c < width; c++)
                {
                    var angle = t * Math.Exp(-(c - c % 2) * Math.Log(10000) / width);
                    Assert.Equal(x.At(1, t, c) + (c % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle)), y.At(1, t, c), Tight);
                }
            }
        }
    }

    [Fact]
    public void A_shift_of_sinusoids_is_a_turn_that_does_not_depend_on_the_place()
    {
        const int width = 6, shift = 3;
        var p = Sinusoidal(Tensor.Zeros((20, width))).Value;
        for (var t = 0; t + shift < 20; t++)
        {
            for (var i = 0; i < width; i += 2)
            {
                var angle = shift * Math.Pow(10000, -(double)i / width);
                Assert.Equal(Math.Cos(angle) * p.At(t, i) + Math.Sin(angle) * p.At(t, i + 1), p.At(t + shift, i), Tight);
            }
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var angles = RotaryAngles.Of(4, 5);
        foreach (var (words, wrong) in new (string, Action)[]
        {
            ("has no 2 heads of 4 numbers. Pass an input of shape [..., places, at least 8]", () => Rotary(angles, 2)(Tensor.Zeros((3, 7)))),
            ("the input [4, 8] from place 2 on has more places than the 5", () => Rotary(angles, 2, 2)(Tensor.Zeros((4, 8)))),
            ("from place -1 on", () => Rotary(angles, 2, -1)(Tensor.Zeros((4, 8)))),
            ("sinusoidal positions: the input [4] has no places", () => Sinusoidal(Tensor.Zeros(4))),
            ("a head of 5 numbers has no pairs", () => RotaryAngles.Of(5, 3)),
        })
        {
            Assert.Contains(words, Assert.ThrowsAny<FunctionalLlmException>(wrong).Message, StringComparison.Ordinal);
        }
    }
}
