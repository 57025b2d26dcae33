using FsCheck.Xunit;
using Xunit;

namespace Functional.Llm.Tests.Numerics;

public sealed class SingleFunctionTests
{
    [Property(MaxTest = 2000)]
    public void The_logarithm_is_close_in_every_binade(uint fraction, byte shift)
    {
        var x = (float)((fraction | 1) * Math.Pow(2, -shift % 60));
        AssertClose(Math.Log(x), SingleFunctions.Log(x));
    }

    [Fact]
    public void The_logarithm_is_close_about_one_and_exact_in_it()
    {
        Assert.Equal(0, SingleFunctions.Log(1));
        for (var i = 1; i < 4096; i++)
        {
            AssertClose(Math.Log(1 - i / 16777216.0), SingleFunctions.Log((float)(1 - i / 16777216.0)));
            AssertClose(Math.Log(i / 2048.0), SingleFunctions.Log((float)(i / 2048.0)));
        }
    }

    [Fact]
    public void Cosine_and_sine_are_close_in_every_quarter()
    {
        for (var i = -40_000; i <= 40_000; i++)
        {
            var x = (float)(i / 1000.0);
            var (cos, sin) = SingleFunctions.CosSin(x);
            Assert.Equal(Math.Cos(x), cos, 3e-7);
            Assert.Equal(Math.Sin(x), sin, 3e-7);
        }

        Assert.Equal((1, 0), SingleFunctions.CosSin(0));
    }

    static void AssertClose(double expected, float actual) => Assert.InRange(actual, expected - 4 * Ulp(expected), expected + 4 * Ulp(expected));

    static double Ulp(double x) => Math.ScaleB(1, Math.ILogB(Math.Max(Math.Abs(x), 1e-30)) - 23);
}
