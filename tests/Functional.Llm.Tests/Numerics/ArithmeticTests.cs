using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Arithmetic with broadcasting against a loop over indices: the same bits, rounded once.</summary>
public sealed class ArithmeticTests
{
    public static TheoryData<string> Operators => ["+", "-", "*", "/", "max", "min"];

    // A double holds every float, and rounding it to a float gives what float arithmetic gives for these operators.
    static double Naive(string operation, double x, double y) => operation switch
    {
        "+" => x + y,
        "-" => x - y,
        "*" => x * y,
        "/" => x / y,
        "max" => Math.Max(x, y),
        _ => Math.Min(x, y),
    };

    static Tensor Ours(string operation, Tensor x, Tensor y) => operation switch
    {
        "+" => x + y,
        "-" => x - y,
        "*" => x * y,
        "/" => x / y,
        "max" => Tensor.Maximum(x, y),
        _ => Tensor.Minimum(x, y),
    };

    [Theory, MemberData(nameof(Operators))]
    public void Operators_broadcast(string operation) => Case.ForAll(1000, c =>
    {
        var x = c.View(c.Shape());
        var y = c.View(c.Partner(x.Shape));
        if (c.Draw.Coin())
            (x, y) = (y, x);
        c.Note($"x {operation} y");
        Agree.Exactly(NaiveTensor.Zip(x.Naive, y.Naive, (a, b) => Naive(operation, a, b)), Ours(operation, x.Tensor, y.Tensor));
    });

    [Theory, MemberData(nameof(Operators))]
    public void Operators_take_a_tensor_twice(string operation) => Case.ForAll(300, c =>
    {
        var x = c.View(c.Shape());
        c.Note($"x {operation} x");
        Agree.Exactly(x.Naive.Map(a => Naive(operation, a, a)), Ours(operation, x.Tensor, x.Tensor));
    });

    [Theory, InlineData("+"), InlineData("-"), InlineData("*"), InlineData("/")]
    public void Operators_take_numbers_on_either_side(string operation) => Case.ForAll(500, c =>
    {
        var (x, a) = (c.View(c.Shape()), c.Number());
        c.Note($"x {operation} {a}, {a} {operation} x");
        var (right, left) = operation switch
        {
            "+" => (x.Tensor + a, a + x.Tensor),
            "-" => (x.Tensor - a, a - x.Tensor),
            "*" => (x.Tensor * a, a * x.Tensor),
            _ => (x.Tensor / a, a / x.Tensor),
        };
        Agree.Exactly(x.Naive.Map(e => Naive(operation, e, a)), right);
        Agree.Exactly(x.Naive.Map(e => Naive(operation, a, e)), left);
    });

    [Theory, MemberData(nameof(Operators))]
    public void Infinities_not_a_number_and_zeros_of_either_sign_follow_ieee_754(string operation) => Case.ForAll(300, c =>
    {
        double Special() => c.Draw.OneOf(double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0, 1, -1, 2.5);
        var x = c.View(c.Shape(0, 3), Special);
        var y = c.View(c.Partner(x.Shape), Special);
        c.Note($"x {operation} y");
        Agree.Exactly(NaiveTensor.Zip(x.Naive, y.Naive, (a, b) => Naive(operation, a, b)), Ours(operation, x.Tensor, y.Tensor));
    });

    [Fact]
    public void A_number_is_rounded_to_the_tensors_precision_first() =>
        Assert.Equal([(Real)1 * (Real)0.1], (Tensor.Ones(1) * 0.1).ToArray());
}
