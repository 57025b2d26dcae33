using Xunit;

namespace Functional.Llm.Tests.Examples;

/// <summary>micrograd's published numbers, by composition of pullbacks alone: what is used twice gets the sum of two gradients.</summary>
public class MicrogradTests
{
    // ∂g/∂e at e = −7, f = e²: g = f/2 + 10/f gives e − 20e/f².
    const double U = -7 + 20 * 7 / (49.0 * 49);

    static readonly Differentiable<Micrograd.Values, Micrograd.Values> Whole = Micrograd.Whole();

    [Fact]
    public void The_value_and_both_gradients_are_the_published_ones()
    {
        var (end, pull) = Whole(Micrograd.Start);
        var gradient = pull(Micrograd.Seed);
        Assert.Equal(24.7041, (double)end.G.Value, 5e-5);
        Assert.Equal(138.8338, (double)gradient.A.Value, 5e-5);
        Assert.Equal(645.5773, (double)gradient.B.Value, 5e-5);
    }

    [Fact]
    public void They_agree_with_the_gradients_derived_by_hand()
    {
        var (end, pull) = Whole(Micrograd.Start);
        var gradient = pull(Micrograd.Seed);
        Near.Equal(24.5 + 10.0 / 49, end.G.Value);
        // d enters e with −1; 12 d₁ + 4 relu(b + a) + relu(b − a) is the last d, and 4 (a + b) + 3 − a the last c.
        Near.Equal(U * (3 - (12 * 2 - 1)), gradient.A.Value);
        Near.Equal(U * (4 - (12 * (-4 + 3 * 4) + 1)), gradient.B.Value);
    }

    [Fact]
    public void What_is_forgotten_by_an_assignment_has_no_gradient()
    {
        var gradient = Whole(Micrograd.Start with { C = Tensor.Scalar(5), G = Tensor.Scalar(7) }).Pullback(Micrograd.Seed);
        Assert.All([gradient.C, gradient.D, gradient.E, gradient.F, gradient.G], d => Assert.True(d.IsZero || d.Value == 0));
    }

    [Fact]
    public void Keeping_only_the_last_use_of_a_value_gives_other_numbers()
    {
        Micrograd.Pairing overwriting = (f, g) => x =>
        {
            var ((y, pullF), (z, pullG)) = (f(x), g(x));
            return ((y, z), d => Over(pullF(d.Item1), pullG(d.Item2)));
        };
        var (end, pull) = Micrograd.Whole(overwriting)(Micrograd.Start);
        var gradient = pull(Micrograd.Seed);
        Assert.Equal(24.7041, (double)end.G.Value, 5e-5);
        Assert.False(Near.Holds(138.8338, gradient.A.Value, 4));
        Assert.False(Near.Holds(645.5773, gradient.B.Value, 4));
    }

    static Micrograd.Values Over(Micrograd.Values? first, Micrograd.Values? second) => (first, second) switch
    {
        (null, _) => second!,
        (_, null) => first,
        _ => Tree.Unflatten(Full, [.. Tree.Flatten(Full, first).Zip(Tree.Flatten(Full, second), (x, y) => y.IsZero ? x : y)]),
    };

    static readonly Micrograd.Values Full = Whole(Micrograd.Start).Value;
}
