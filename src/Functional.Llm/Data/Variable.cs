using System.Collections.Immutable;

namespace Functional.Llm;

/// <summary>One column of numbers with its name, its unit, and its mean and deviation in double precision.</summary>
/// <param name="Header">What stands above the column: <c>speed (mph)</c>, or only <c>speed</c>.</param>
/// <param name="Values">The N numbers.</param>
public sealed record Variable(string Header, ImmutableArray<double> Values)
{
    readonly int unit = Header.EndsWith(')') ? Header.LastIndexOf(" (", StringComparison.Ordinal) : -1;

    /// <summary>What is measured, without the unit.</summary>
    public string Name => unit < 0 ? Header : Header[..unit];

    /// <summary>In what it is measured: <c>mph</c>; empty where the header does not say.</summary>
    public string Unit => unit < 0 ? "" : Header[(unit + 2)..^1];

    /// <summary>μ.</summary>
    public double Mean { get; } = Values.Average();

    /// <summary>σ = √(1/N Σ (x − μ)²), of the population.</summary>
    public double Deviation { get; } = Values.Average() is var mean ? Math.Sqrt(Values.Average(x => (x - mean) * (x - mean))) : 0;

    /// <summary>(x − μ) / σ; 0 where all are the same.</summary>
    public IEnumerable<double> Standardized() => Values.Select(x => (x - Mean) / (Deviation > 0 ? Deviation : 1));

    /// <summary>From a little below the least to a little above the largest of all values: an axis on which each has its place.</summary>
    public static (double Low, double High) Range(params IEnumerable<double> values)
    {
        var (low, high) = values.Aggregate((double.PositiveInfinity, double.NegativeInfinity), (r, x) => (Math.Min(r.Item1, x), Math.Max(r.Item2, x)));
        var margin = high > low ? 0.06 * (high - low) : Math.Max(1, 1e-6 * Math.Abs(high));
        return (low - margin, high + margin);
    }
}
