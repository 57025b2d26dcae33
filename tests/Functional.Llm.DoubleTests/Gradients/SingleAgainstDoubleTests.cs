extern alias single;

using Functional.Llm.Tests.Gradients;
using Xunit;
using Xunit.Abstractions;

namespace Functional.Llm.DoubleTests.Gradients;

/// <summary>The gradients of the float build against those of the double build, on the same examples.</summary>
public class SingleAgainstDoubleTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. GradientCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_float_gradient_agrees_with_the_double_one(string name)
    {
        var (worst, compared) = (0.0, 0);
        for (ulong seed = 0; seed < 100; seed++)
        {
            var (exact, sides) = GradientCases.Gradient(name, seed);
            var (rounded, otherSides) = single::Functional.Llm.Tests.Gradients.GradientCases.Gradient(name, seed);
            if (!sides.SequenceEqual(otherSides))
                continue;
            compared++;
            Assert.Equal(exact.Select(g => g.Length), rounded.Select(g => g.Length));
            var largest = exact.SelectMany(g => g).Select(Math.Abs).DefaultIfEmpty(0).Max();
            for (var i = 0; i < exact.Length; i++)
            {
                var scale = exact[i].Concat(rounded[i]).Select(Math.Abs).Append(1e-3 * largest).Max();
                var difference = exact[i].Zip(rounded[i], (a, b) => double.IsFinite(b) ? Math.Abs(a - b) : double.PositiveInfinity).DefaultIfEmpty(0).Max();
                // Where the gradient is exactly 0, what float leaves is a rounding error of cotangents of size 1.
                var error = exact[i].All(e => e == 0) ? difference : difference / scale;
                worst = Math.Max(worst, error);
                Assert.True(error <= 1e-4, $"{name}, seed {seed}, leaf {i}: double [{string.Join(", ", exact[i].Take(6))}], float [{string.Join(", ", rounded[i].Take(6))}]");
            }
        }

        Assert.True(compared > 50);
        output.WriteLine($"{name}: worst {worst:g3} in {compared} cases");
    }
}
