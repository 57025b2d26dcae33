namespace Functional.Llm.Tests.Gradients;

/// <summary>Random examples for gradient checks: the same in both builds, since every number fits in a float.</summary>
public sealed class Draw(ulong seed)
{
    ulong state = seed;

    public ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A whole number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Int(int low, int high) => low + (int)(Next() % (ulong)(high - low + 1));

    public bool Coin() => Int(0, 1) == 1;

    public T OneOf<T>(params ReadOnlySpan<T> items) => items[Int(0, items.Length - 1)];

    public double Uniform(double low, double high) => (float)(low + (high - low) * (Next() >> 40) / (1 << 24));

    public double Normal() => (float)(Math.Sqrt(-2 * Math.Log(1 - Uniform(0, 1))) * Math.Cos(2 * Math.PI * Uniform(0, 1)));

    /// <summary>A shape of the given rank; sizes of 1 are frequent, so that broadcasting is met.</summary>
    public Shape Shape(int lowRank, int highRank) => Functional.Llm.Shape.Create([.. Enumerable.Range(0, Int(lowRank, highRank)).Select(_ => OneOf(1, 2, 3, 4, 5))]);

    /// <summary>A tensor of normal numbers; sometimes a transposed or sliced view, which pullbacks must take as well.</summary>
    public Tensor Tensor(Shape shape, double scale = 1)
    {
        var view = Int(0, 3);
        if (view == 0 && shape.Rank >= 2)
            return Packed([.. shape.Take(shape.Rank - 2), shape[-1], shape[-2]], scale).T;
        if (view == 1 && shape.Rank >= 1)
            return Packed([shape[0] * 2, .. shape.Skip(1)], scale)[(.., -2)];
        return Packed(shape, scale);
    }

    /// <summary>The shape with some of its axes set to 1: it broadcasts to the whole.</summary>
    public Shape Part(Shape shape) => Functional.Llm.Shape.Create([.. shape.Skip(Int(0, shape.Rank)).Select(size => Coin() ? 1 : size)]);

    public Tokens Tokens(Shape shape, int classes) => Functional.Llm.Tokens.Of(shape, [.. Enumerable.Range(0, shape.Size).Select(_ => Int(0, classes - 1))]);

    public LinearParameters Linear(int inputs, int outputs) =>
        new(Tensor((outputs, inputs), 1 / Math.Sqrt(inputs)), Coin() ? Tensor(outputs) : default);

    Tensor Packed(Shape shape, double scale) => Functional.Llm.Tensor.From(shape, Enumerable.Range(0, shape.Size).Select(_ => (double)(float)(Normal() * scale)));
}
