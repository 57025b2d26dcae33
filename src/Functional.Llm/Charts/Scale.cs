namespace Functional.Llm;

/// <summary>A map from data to the unit interval, t = (g(v) − g(Low))/(g(High) − g(Low)), where g is the identity or log₁₀.</summary>
/// <remarks>Low may be above High: the scale then runs backwards, as the rows of a matrix do.</remarks>
internal readonly record struct Scale(double Low, double High, bool IsLogarithmic = false)
{
    // Data that vary less than this, relative to their size, are drawn as constant: a tick label holds no more digits.
    const double Finest = 1e-9;

    /// <summary>The share of the way from Low to High; NaN for what has no place: not finite, or not positive on a logarithmic scale.</summary>
    public double At(double value)
    {
        // Halves, so that a range from one end of the numbers to the other does not overflow.
        var (low, high, v) = (Forward(Low) / 2, Forward(High) / 2, Forward(value) / 2);
        return double.IsFinite(v) ? (v - low) / (high - low) : double.NaN;
    }

    /// <summary>The value at a share of the way: <c>At(Inverse(t)) = t</c>.</summary>
    public double Inverse(double share)
    {
        var value = (Forward(Low) * (1 - share)) + (Forward(High) * share);
        return IsLogarithmic ? Math.Pow(10, value) : value;
    }

    public Scale Reversed() => this with { Low = High, High = Low };

    public bool Covers(double value) => At(value) is >= 0 and <= 1;

    /// <summary>The scale over all values that can be shown, with a margin at both ends; a constant gets room around it.</summary>
    /// <param name="values">Not finite values are left out; on a logarithmic scale also those that are not positive.</param>
    /// <param name="isLogarithmic">Whether the scale is logarithmic.</param>
    /// <param name="fromZero">Whether a linear scale begins (or ends) exactly at zero, as bars need it.</param>
    /// <param name="margin">The margin at both ends, as a share of the range.</param>
    public static Scale Over(IEnumerable<double> values, bool isLogarithmic, bool fromZero = false, double margin = 0.04)
    {
        var ends = new Scale(1, 10, isLogarithmic);
        var shown = values.Select(ends.Forward).Where(double.IsFinite).ToImmutableArray();
        var zero = fromZero && !isLogarithmic;
        var (low, high) = shown.IsEmpty ? (0, 1) : (shown.Min(), shown.Max());
        (low, high) = zero ? (Math.Min(low, 0), Math.Max(high, 0)) : (low, high);
        var size = Math.Max(Math.Abs(low), Math.Abs(high));
        var room = (high / 2) - (low / 2) > Math.Max(Finest * size, 1e-300) ? (high * margin) - (low * margin)
            : isLogarithmic || size < 1e-300 ? 0.5 : size / 2;
        var (below, above) = shown.IsEmpty ? (low, high) : (low - room, high + room);
        (below, above) = (zero && low >= 0 ? 0 : below, zero && high <= 0 && low < 0 ? 0 : above);
        return isLogarithmic
            ? new Scale(Math.Max(Math.Pow(10, below), double.Epsilon), Math.Min(Math.Pow(10, above), double.MaxValue), true)
            : new Scale(Math.Max(below, double.MinValue), Math.Min(above, double.MaxValue));
    }

    double Forward(double value) => IsLogarithmic ? value > 0 ? Math.Log10(value) : double.NaN : value;
}
