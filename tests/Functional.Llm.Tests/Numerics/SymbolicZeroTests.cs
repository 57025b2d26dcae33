using Xunit;

namespace Functional.Llm.Tests;

/// <summary>The default tensor: a zero of any shape, which sums skip and products keep.</summary>
public sealed class SymbolicZeroTests
{
    static Tensor Zero => default;
    static readonly Tensor X = Tensor.From((2, 3), [1, -2, 3, double.NaN, double.PositiveInfinity, -0.0]);

    [Fact]
    public void Adding_a_symbolic_zero_returns_the_other_itself()
    {
        Assert.True((X + Zero).SharesArrayWith(X) && (Zero + X).SharesArrayWith(X) && (X - Zero).SharesArrayWith(X));
        Assert.True((Zero - X).SameBits(-X));
        Assert.True((Zero + Zero).IsZero && (Zero - Zero).IsZero && (-Zero).IsZero);
    }

    [Fact]
    public void Products_with_a_symbolic_zero_are_symbolic_zeros()
    {
        Assert.All([X * Zero, Zero * X, Zero / X, 2 * Zero, Zero * 2, Zero / 2, X.MatMul(Zero), Zero.MatMul(X), Zero * Zero, Zero.MatMul(Zero)],
            product => Assert.True(product.IsZero));
    }

    [Fact]
    public void Sums_and_means_of_a_symbolic_zero_are_symbolic_zeros() =>
        Assert.True(Zero.Sum().IsZero && Zero.Sum(0, 1).IsZero && Zero.Sum(-1, keep: true).IsZero && Zero.Mean().IsZero && Zero.Mean(0, keep: true).IsZero
            && Zero.SumTo((2, 3)).IsZero);

    [Fact]
    public void A_symbolic_zero_equals_itself_alone()
    {
        Assert.True(Zero == default && Zero.SameBits(default) && Zero.IsClose(default));
        Assert.False(Zero == Tensor.Zeros(1) || Tensor.Zeros(1) == Zero || Zero.SameBits(Tensor.Zeros(1)) || Zero.IsClose(Tensor.Zeros(1)) || Zero.SharesArrayWith(Zero));
        Assert.Equal(0, Zero.GetHashCode());
    }

    [Fact]
    public void Where_a_value_is_needed_a_symbolic_zero_is_refused() =>
        Assert.All<Action>([() => _ = X / Zero, () => _ = Zero + 1, () => _ = 1 - Zero, () => _ = 1 / Zero, () => _ = Zero.Max(), () => _ = Zero.Exp(), () => _ = Zero.Reshape(1),
            () => _ = Tensor.Maximum(X, Zero), () => _ = Zero.ToArray(), () => _ = Zero.Value, () => _ = Zero[0], () => _ = Tensor.Concatenate(0, X, Zero)],
            action => Assert.StartsWith("shape: a symbolic zero (the default tensor) was used where a value is needed.", Assert.Throws<ShapeException>(action).Message, StringComparison.Ordinal));
}
