using Functional.Llm.Tests.Gradients;
using Xunit;
using Xunit.Abstractions;

namespace Functional.Llm.DoubleTests.Gradients;

/// <summary>Every public layer against finite differences, in double precision.</summary>
public class GradientTests(ITestOutputHelper output)
{
    const int Cases = 100;

    public static TheoryData<string> Names => [.. GradientCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_gradient_agrees_with_four_point_differences(string name)
    {
        var (worst, worstZero) = (0.0, 0.0);
        foreach (var (seed, check) in Told(name, (problem, _) => GradientCheck.Of(problem), check => check.Crossed))
        {
            (worst, worstZero) = (Math.Max(worst, check.Worst), Math.Max(worstZero, check.WorstZero));
            Assert.True(check.Holds, $"{name}, seed {seed}: error {check.Worst:g3}, at zeros {check.WorstZero:g3}: {check.Report}");
        }

        output.WriteLine($"{name}: worst {worst:g3}, at exact zeros {worstZero:g3}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_pullback_is_the_adjoint_of_the_derivative_along_random_directions(string name)
    {
        foreach (var (seed, (forward, backward, _)) in Told(name, (problem, seed) => GradientCheck.Adjoint(problem, new Draw(seed + 1_000_000)), check => check.Crossed))
            Assert.True(Math.Abs(forward - backward) <= 1e-8 * Math.Max(1, Math.Abs(forward)), $"{name}, seed {seed}: ⟨ȳ, Jv⟩ = {forward}, ⟨Jᵀȳ, v⟩ = {backward}");
    }

    /// <summary>Checks that say something: a case that crosses a kink is drawn again, and no more than half may be.</summary>
    static IEnumerable<(ulong Seed, T Check)> Told<T>(string name, Func<IProblem, ulong, T> check, Func<T, bool> crosses)
    {
        var make = GradientCases.All.Single(c => c.Name == name).Problem;
        var (told, crossed) = (0, 0);
        for (ulong seed = 0; told < Cases; seed++)
        {
            var result = check(make(new Draw(seed)), seed);
            if (crosses(result))
            {
                Assert.True(++crossed <= Cases, $"{name}: more than half of the cases cross a kink.");
                continue;
            }

            told++;
            yield return (seed, result);
        }
    }
}
