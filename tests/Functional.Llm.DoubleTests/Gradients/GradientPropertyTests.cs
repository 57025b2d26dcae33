using Functional.Llm.Tests.Gradients;
using FsCheck.Xunit;
using Xunit;

namespace Functional.Llm.DoubleTests.Gradients;

/// <summary>The same checks on examples that FsCheck draws; the replay is fixed, so that every run draws the same.</summary>
[Properties(Replay = "(2026,1121)")]
public class GradientPropertyTests
{
    [Property(MaxTest = 500)]
    public void The_gradient_of_any_layer_matches_finite_differences(ulong seed, byte place)
    {
        var layer = GradientCases.All[place % GradientCases.All.Length];
        Agrees(layer.Problem(new Draw(seed)), layer.Name);
    }

    [Property(MaxTest = 100)]
    public void The_gradient_of_any_composition_matches_finite_differences(ulong seed) =>
        Agrees(RandomNetworks.Problem(new Draw(seed)), "network");

    static void Agrees(IProblem problem, string name)
    {
        var check = GradientCheck.Of(problem);
        Assert.True(check.Crossed || check.Holds, $"{name}: error {check.Worst:g3}, at zeros {check.WorstZero:g3}: {check.Report}");
    }
}
