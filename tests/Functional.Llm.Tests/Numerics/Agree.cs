using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Compares a tensor with its naive counterpart, element by element, through every reader.</summary>
static class Agree
{
    /// <summary>The same shape and, rounded to Real, the same bits; NaN agrees with NaN.</summary>
    public static void Exactly(NaiveTensor expected, Tensor actual) => Elements(expected, actual, (e, a) => Same((Real)e, a));

    /// <summary>The same shape, and no element further away than a bound that may depend on the expected value.</summary>
    public static void Within(NaiveTensor expected, Tensor actual, Func<double, double> bound) =>
        Elements(expected, actual, (e, a) => double.IsFinite(e) && Real.IsFinite(a) ? Math.Abs(e - a) <= bound(e) : Same((Real)e, a));

    /// <summary>As above, with a bound of its own for every element.</summary>
    public static void Within(NaiveTensor expected, Tensor actual, NaiveTensor bounds)
    {
        Assert.Equal(expected.Shape, actual.Shape.Sizes);
        var elements = actual.ToArray();
        for (var i = 0; i < elements.Length; i++)
        {
            if (!(Math.Abs(expected.Data[i] - elements[i]) <= bounds.Data[i]))
                Assert.Fail($"element {i}: expected {expected.Data[i]:R}, got {elements[i]:R}, more than {bounds.Data[i]:R} away");
        }
    }

    /// <summary>The same bits, or both NaN.</summary>
    public static bool Same(Real expected, Real actual) =>
        Real.IsNaN(expected) ? Real.IsNaN(actual) : expected.Equals(actual) && Real.IsNegative(expected) == Real.IsNegative(actual);

    static void Elements(NaiveTensor expected, Tensor actual, Func<double, Real, bool> agree)
    {
        Assert.Equal(expected.Shape, actual.Shape.Sizes);
        Assert.Equal(expected.Data.Length, actual.Size);
        var array = actual.ToArray();
        var span = actual.AsSpan();
        Assert.Equal(expected.Data.Length, span.Length);
        Assert.Equal(expected.Data.Length, array.Length);
        var place = 0;
        foreach (var index in NaiveTensor.Indices(expected.Shape))
        {
            var (e, a) = (expected.Data[place], actual.At(index));
            if (!agree(e, a))
                Assert.Fail($"at [{string.Join(", ", index)}]: expected {e:R}, got {a:R}");
            if (!Same(a, array[place]) || !Same(a, span[place]))
                Assert.Fail($"at [{string.Join(", ", index)}]: At gives {a:R}, ToArray {array[place]:R}, AsSpan {span[place]:R}");
            place++;
        }
    }
}
