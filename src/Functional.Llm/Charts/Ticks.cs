using System.Globalization;

namespace Functional.Llm;

/// <summary>A mark on an axis; a minor one has no label.</summary>
internal readonly record struct Tick(double Value, string Label)
{
    public bool IsMajor => Label.Length > 0;
}

/// <summary>Ticks at round numbers: k · 1, 2 or 5 times a power of ten on a linear axis, powers of ten on a logarithmic one.</summary>
internal static class Ticks
{
    /// <summary>The leading digits of round numbers.</summary>
    public static readonly ImmutableArray<int> Leads = [1, 2, 5];

    static readonly ImmutableArray<int> Strides = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500];

    const double Slack = 1e-9;

    /// <summary>About so many ticks inside the scale, in ascending order.</summary>
    public static ImmutableArray<Tick> On(Scale scale, int count) =>
        scale.IsLogarithmic ? Logarithmic(scale.Low, scale.High, count) : Linear(scale.Low, scale.High, count);

    /// <summary>A number in few characters, as a label beside others of its size would have it.</summary>
    public static string Fixed(double value, int decimals) =>
        (Math.Round(value, Math.Min(decimals, 15)) + 0.0).ToString($"F{decimals}", CultureInfo.InvariantCulture).Replace('-', '−');

    static ImmutableArray<Tick> Linear(double low, double high, int count)
    {
        var least = (high / count) - (low / count);
        var exponent = (int)Math.Floor(Math.Log10(least));
        var lead = least / Math.Pow(10, exponent);
        (var unit, exponent) = lead <= 1 + Slack ? (1, exponent) : lead <= 2 ? (2, exponent) : lead <= 5 ? (5, exponent) : (1, exponent + 1);
        var step = unit * Math.Pow(10, exponent);
        var (first, last) = ((long)Math.Ceiling((low / step) - Slack), (long)Math.Floor((high / step) + Slack));
        var multiples = Enumerable.Range(0, (int)(last - first + 1)).Select(i => unit * (first + i)).ToImmutableArray();
        var labels = Labels(multiples, exponent);
        return [.. multiples.Zip(labels, (n, label) => new Tick(Math.Clamp(n * Math.Pow(10, exponent), low, high), label))];
    }

    /// <summary>The numbers n · 10^exponent, all with the same decimals, and all plain or all as a multiple of one power of ten.</summary>
    static IEnumerable<string> Labels(ImmutableArray<long> multiples, int exponent)
    {
        var largest = multiples.Select(Math.Abs).DefaultIfEmpty(1).Max();
        var power = exponent + (largest == 0 ? 0 : (int)Math.Floor(Math.Log10(largest) + 1e-12));
        var digits = power - exponent;
        var mantissa = multiples.Select(n => n == 0 ? "0" : $"{Fixed(n / Math.Pow(10, digits), digits)}×10{Superscript(power)}");
        if (multiples.IsEmpty || power is >= 15 or < -10)
            return mantissa;
        var format = $"{(power >= 4 ? "N" : "F")}{Math.Max(0, -exponent)}";
        var plain = multiples.Select(n => Scaled(n).ToString(format, CultureInfo.InvariantCulture).Replace('-', '−'));
        var isWide = power is >= 7 or < -4 && plain.Max(s => s.Length) > mantissa.Max(s => s.Length);
        return isWide ? mantissa : plain;

        double Scaled(long n) => exponent < 0 ? n / Math.Pow(10, -exponent) : n * Math.Pow(10, exponent);
    }

    static ImmutableArray<Tick> Logarithmic(double low, double high, int count)
    {
        var (first, last) = ((int)Math.Ceiling(Math.Log10(low) - Slack), (int)Math.Floor(Math.Log10(high) + Slack));
        var powers = Enumerable.Range(first, last - first + 1).ToImmutableArray();
        var stride = Strides.First(s => (powers.Length + s - 1) / s <= count);
        var fine = stride > 1 ? [] : Inside(Multiples(Leads));
        if (powers.Length < 2 && fine.Length < 3)
            return Linear(low, high, count);
        var major = stride == 1 && fine.Length <= count ? fine : Inside(powers.Where(k => k % stride == 0).Select(k => (1, k)));
        var minor = stride > 10 ? [] : stride > 1 ? Inside(powers.Select(k => (1, k))) : Inside(Multiples(Enumerable.Range(1, 9)));
        var isPlain = major.All(t => t.Power is >= -3 and <= 4);
        return [.. minor.Union(major).OrderBy(t => t.Value).Select(t => new Tick(t.Value, major.Contains(t) ? Label(t) : ""))];

        IEnumerable<(int Lead, int Power)> Multiples(IEnumerable<int> leads) =>
            leads.SelectMany(lead => powers.Prepend(first - 1).Select(k => (lead, k)));

        ImmutableArray<(double Value, int Lead, int Power)> Inside(IEnumerable<(int Lead, int Power)> all) =>
            [.. all.Select(t => (Value: double.Parse($"{t.Lead}e{t.Power}", CultureInfo.InvariantCulture), t.Lead, t.Power))
                .Where(t => t.Value >= low && t.Value <= high)];

        string Label((double Value, int Lead, int Power) t) =>
            isPlain ? t.Value.ToString("#,0.###", CultureInfo.InvariantCulture)
            : $"{(t.Lead == 1 ? "" : $"{t.Lead}×")}10{Superscript(t.Power)}";
    }

    static string Superscript(int power) =>
        string.Concat(power.ToString(CultureInfo.InvariantCulture).Select(c => c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']));
}
