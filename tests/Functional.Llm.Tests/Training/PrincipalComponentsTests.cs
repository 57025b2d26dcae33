using Xunit;

namespace Functional.Llm.Tests.Training;

public class PrincipalComponentsTests
{
    [Fact]
    public void The_directions_of_an_ellipse_are_its_axes()
    {
        // Points ±5 (0.6, 0.8, 0) and ±2 (−0.8, 0.6, 0) about (1, 2, 3).
        var points = Tensor.From((4, 3), [4, 6, 3, -2, -2, 3, -0.6, 3.2, 3, 2.6, 0.8, 3]);
        var components = PrincipalComponents.Of(points, 2);
        Near([1, 2, 3], components.Mean);
        Near([0.6, 0.8, 0, 0.8, -0.6, 0], components.Directions);
        Near([12.5, 2], components.Variances);
        Assert.Equal(1, components.Explained, 1e-5);
        Near([5, 0, -5, 0, 0, -2, 0, 2], components.Project(points));
    }

    [Fact]
    public void Points_on_a_line_have_one_direction_and_more_than_there_are_is_refused()
    {
        var components = PrincipalComponents.Of(Tensor.From((3, 2), [0, 0, 1, 1, 2, 2]), 2);
        Assert.Equal(0, components.Variances.At(1), 1e-6);
        Assert.Contains("3 components", Assert.Throws<ShapeException>(() => PrincipalComponents.Of(Tensor.Zeros((3, 2)), 3)).Message, StringComparison.Ordinal);
    }

    static void Near(double[] expected, Tensor actual) => Assert.All(Enumerable.Zip(expected, actual.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
}
