using Xunit;

namespace Functional.Llm.Tests.Examples;

/// <summary>Agreement with published numbers: 1e-10 relative in double; in float 1e-6 relative and half a unit of the last printed digit.</summary>
public static class Near
{
    public static bool IsDouble { get; } = typeof(Real) == typeof(double);

    /// <summary>A number against its full digits; <paramref name="printed"/> is how many decimals the source prints.</summary>
    public static void Equal(double expected, double actual, int printed = 6) =>
        Assert.True(Holds(expected, actual, printed), $"expected {expected:R}, got {actual:R}");

    public static void Equal(IReadOnlyList<double> expected, Tensor actual, int printed = 6)
    {
        Assert.Equal(expected.Count, actual.Size);
        var elements = actual.ToArray();
        for (var i = 0; i < elements.Length; i++)
            Assert.True(Holds(expected[i], elements[i], printed), $"element {i}: expected {expected[i]:R}, got {elements[i]:R}");
    }

    public static bool Holds(double expected, double actual, int printed = 6) => IsDouble
        ? Math.Abs(actual - expected) <= 1e-10 * Math.Abs(expected) + 1e-15
        : Math.Abs(actual - expected) <= 1e-6 * Math.Abs(expected) + 0.5 * Math.Pow(10, -printed);
}
