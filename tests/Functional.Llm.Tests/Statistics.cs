using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Tests of fit. Keys are fixed, so that a test passes always or never; the bounds are those that one run in 30,000 would leave by chance.</summary>
static class Statistics
{
    const double Deviations = 4;

    /// <summary>Every count is about as large as every other.</summary>
    public static void AssertUniform(IReadOnlyCollection<int> counts) =>
        AssertFits(counts, [.. Enumerable.Repeat(1.0 / counts.Count, counts.Count)]);

    /// <summary>The counts are as the probabilities say, neither further off nor closer than chance allows (Pearson's χ², by Wilson and Hilferty's cube root).</summary>
    public static void AssertFits(IReadOnlyCollection<int> counts, IReadOnlyCollection<double> probabilities)
    {
        var total = (double)counts.Sum();
        var bins = counts.Zip(probabilities, (count, p) => (Count: count, Expected: total * p)).ToArray();
        Assert.DoesNotContain(bins, bin => bin.Count > 0 && bin.Expected == 0);
        bins = [.. bins.Where(bin => bin.Expected > 0)];
        var statistic = bins.Sum(bin => Math.Pow(bin.Count - bin.Expected, 2) / bin.Expected);
        var spread = 2.0 / (9 * (bins.Length - 1));
        var deviations = (Math.Cbrt(statistic / (bins.Length - 1)) - (1 - spread)) / Math.Sqrt(spread);
        Assert.InRange(deviations, -Deviations, Deviations);
    }

    /// <summary>The correlation of two sequences, in standard deviations of what independent ones show, is small.</summary>
    public static void AssertUncorrelated(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        var (meanX, meanY) = (x.Average(), y.Average());
        var covariance = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
        var scale = Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
        Assert.InRange(covariance / scale * Math.Sqrt(x.Count), -Deviations - 1, Deviations + 1);
    }

    /// <summary>The largest distance of the sample's distribution function from another, times √n, is below the 0.1 % point (Kolmogorov, Smirnov).</summary>
    public static void AssertDistributed(IEnumerable<double> sample, Func<double, double> distribution)
    {
        var sorted = sample.Order().ToArray();
        var distance = sorted.Select((x, i) => Math.Max(distribution(x) - (double)i / sorted.Length, (i + 1.0) / sorted.Length - distribution(x))).Max();
        Assert.InRange(distance * Math.Sqrt(sorted.Length), 0, 1.95);
    }

    /// <summary>The standard normal distribution function, by its series (Marsaglia 2004).</summary>
    public static double Normal(double x)
    {
        var (sum, term) = (x, x);
        for (var k = 3; sum + term != sum; k += 2)
            sum += term *= x * x / k;
        return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
    }

    /// <summary>How often each of the numbers 0 … bins − 1 occurs.</summary>
    public static int[] Counts(int bins, IEnumerable<int> values)
    {
        var counts = new int[bins];
        foreach (var value in values)
            counts[value]++;
        return counts;
    }

    /// <summary>The elements in double precision.</summary>
    public static double[] Doubles(this Tensor x) => [.. x.ToArray().Select(e => (double)e)];
}
