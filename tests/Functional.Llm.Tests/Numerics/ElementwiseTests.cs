using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Functions of one tensor against double-precision functions of one number.</summary>
public sealed class ElementwiseTests
{
    sealed record Function(string Name, Func<Tensor, Tensor> Ours, Func<double, double> Exact, double Ulps, double Low = -50, double High = 50);

    static double LogisticOf(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    static readonly ImmutableArray<Function> Functions =
    [
        new("negate", x => -x, x => -x, 0),
        new("abs", x => x.Abs(), Math.Abs, 0),
        new("square", x => x.Square(), x => x * x, 0.5),
        new("sqrt", x => x.Sqrt(), Math.Sqrt, 0.5, 0),
        new("exp", x => x.Exp(), Math.Exp, 3, -80, 80),
        new("log", x => x.Log(), Math.Log, 3, 0),
        new("log near 1", x => x.Log(), Math.Log, 3, 0.9, 1.1),
        new("sin", x => x.Sin(), Math.Sin, 2),
        new("cos", x => x.Cos(), Math.Cos, 2),
        new("tanh", x => x.Tanh(), Math.Tanh, 3, -10, 10),
        new("tanh near 0", x => x.Tanh(), Math.Tanh, 3, -1e-6, 1e-6),
        new("tanh between", x => x.Tanh(), Math.Tanh, 3, -1, 1),
        new("sigmoid", x => x.Sigmoid(), LogisticOf, 4),
        new("erf", x => x.Erf(), SpecialFunctions.Erf, 2, -5, 5),
        new("power 3", x => x.Pow(3), x => Math.Pow(x, 3), 2),
        new("power -1/2", x => x.Pow(-0.5), x => Math.Pow(x, -0.5), 2, 1e-3),
        new("map", x => x.Map(t => t / (1 + t * t)), x => x / (1 + x * x), 3),
    ];

    public static TheoryData<string> Names => [.. Functions.Select(f => f.Name)];

    static Function Of(string name) => Functions.Single(f => f.Name == name);

    [Theory, MemberData(nameof(Names))]
    public void Functions_agree_with_double_precision_to_the_last_bits(string name) => Case.ForAll(300, c =>
    {
        var f = Of(name);
        var x = c.View(c.Shape(0, 3), () => c.Draw.Uniform(f.Low, f.High));
        c.Note(name);
        Agree.Within(x.Naive.Map(f.Exact), f.Ours(x.Tensor), e => f.Ulps * Tolerance.Ulp(e));
    });

    [Theory, MemberData(nameof(Names))]
    public void Infinities_not_a_number_and_zeros_pass_as_in_double_precision(string name) => Case.ForAll(100, c =>
    {
        var f = Of(name);
        var x = c.View(c.Shape(0, 3), () => c.Draw.OneOf(double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0, 1, -1));
        c.Note(name);
        Agree.Within(x.Naive.Map(f.Exact), f.Ours(x.Tensor), e => f.Ulps * Tolerance.Ulp(e));
        var zeros = f.Ours(Tensor.From([0.0, -0.0])).ToArray();
        Assert.True(Agree.Same((Real)f.Exact(0.0), zeros[0]) && Agree.Same((Real)f.Exact(-0.0), zeros[1]), $"{name} of the two zeros: {zeros[0]}, {zeros[1]}");
    });

    [Theory, MemberData(nameof(Names))]
    public void What_a_function_gives_at_an_element_depends_on_that_element_alone(string name) => Case.ForAll(100, c =>
    {
        var f = Of(name);
        var x = Tensor.From([.. Enumerable.Range(0, c.Draw.Int(1, 100)).Select(_ => c.Draw.Int(0, 9) == 0 ? 1e9 : c.Draw.Uniform(f.Low, f.High))]);
        var (all, place) = (f.Ours(x), c.Draw.Int(0, x.Size - 1));
        c.Note($"{name} of {x.Size} elements at {place}: {x.At(place):R}");
        Assert.True(f.Ours(x[place]).SameBits(all[place]), $"alone {f.Ours(x[place]).Value:R}, among others {all.At(place):R}");
        Assert.True(f.Ours(x[place..]).SameBits(all[place..].Packed()));
    });

    [Fact]
    public void Powers_of_negative_numbers_are_those_of_the_mathematics()
    {
        Assert.Equal([4, -8, 1, (Real)(-0.5)], Tensor.From([-2.0]).Pow(2).ToArray().Concat(Tensor.From([-2.0]).Pow(3).ToArray())
            .Concat(Tensor.From([-2.0]).Pow(0).ToArray()).Concat(Tensor.From([-2.0]).Pow(-1).ToArray()));
        Assert.True(Real.IsNaN(Tensor.From([-2.0]).Pow(0.5).Value));
    }
}
