namespace Functional.Llm.Tests;

/// <summary>How close is close enough: the same tests run in single and in double precision.</summary>
static class Tolerance
{
    /// <summary>The tolerance for this build's Real.</summary>
    public static double Of(double single, double @double) => typeof(Real) == typeof(float) ? single : @double;

    /// <summary>The distance from 1 to the next Real.</summary>
    public static double Epsilon => Of(Math.ScaleB(1, -23), Math.ScaleB(1, -52));

    /// <summary>The distance from |x| to the next larger Real.</summary>
    public static double Ulp(double x)
    {
        var a = (Real)Math.Abs(x);
        return (double)Real.BitIncrement(a) - a;
    }
}
