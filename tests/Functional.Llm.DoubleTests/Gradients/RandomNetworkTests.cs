using Functional.Llm.Tests.Gradients;
using Xunit;
using Xunit.Abstractions;

namespace Functional.Llm.DoubleTests.Gradients;

public class RandomNetworkTests(ITestOutputHelper output)
{
    [Fact]
    public void Gradients_of_200_random_networks_agree_with_four_point_differences()
    {
        var (told, crossed, worst) = (0, 0, 0.0);
        for (ulong seed = 0; told < 200; seed++)
        {
            var check = GradientCheck.Of(RandomNetworks.Problem(new Draw(seed)));
            if (check.Crossed)
            {
                Assert.True(++crossed <= 200, "More than half of the networks cross a kink.");
                continue;
            }

            told++;
            worst = Math.Max(worst, check.Worst);
            Assert.True(check.Holds, $"seed {seed}: error {check.Worst:g3}, at zeros {check.WorstZero:g3}: {check.Report}");
        }

        output.WriteLine($"random networks: worst {worst:g3}, {crossed} drawn again");
    }
}
