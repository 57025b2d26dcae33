using System.Numerics;

namespace Functional.Llm;

/// <summary>A finite number in decimal digits without trailing zeros: d.ddd · 10^Exponent, with a minus sign or none.</summary>
readonly record struct DecimalDigits(string Sign, string Text, int Exponent)
{
    /// <summary>What stands before the point of 123.45.</summary>
    public string Whole => Sign + (Exponent < 0 ? "0" : Text.PadRight(Exponent + 1, '0')[..(Exponent + 1)]);

    /// <summary>What stands behind the point of 123.45.</summary>
    public string Fraction => Exponent < 0 ? new string('0', -1 - Exponent) + Text : Text.Length > Exponent + 1 ? Text[(Exponent + 1)..] : "";

    /// <summary>What stands before the point of 1.2345e+02.</summary>
    public string First => Sign + Text[0];

    /// <summary>What stands behind the point of 1.2345e+02.</summary>
    public string Rest => Text[1..];

    /// <summary>The exponent of 1.2345e+02, filled up with zeros.</summary>
    public string Power(int digits = 2) => $"e{(Exponent < 0 ? '-' : '+')}{Math.Abs(Exponent).ToString().PadLeft(digits, '0')}";

    /// <summary>The fewest digits that no other Real is nearer to.</summary>
    public static DecimalDigits Shortest(Real x)
    {
        var parts = Real.Abs(x).ToString("R").Split('E');
        var point = (parts[0] + '.').IndexOf('.', StringComparison.Ordinal);
        var text = parts[0].Replace(".", "", StringComparison.Ordinal);
        var zeros = text.Length - text.TrimStart('0').Length;
        var sign = Real.IsNegative(x) ? "-" : "";
        return x == 0 ? new(sign, "0", 0) : new(sign, text.Trim('0'), point - 1 - zeros + (parts.Length > 1 ? int.Parse(parts[1]) : 0));
    }

    /// <summary>The shortest digits, if as many as asked for stand behind the point of 123.45; else the exact value rounded to that many, halves to even.</summary>
    public static DecimalDigits Positional(Real x, int least, int most)
    {
        var shortest = Shortest(x);
        var behind = shortest.Text.Length - 1 - shortest.Exponent;
        return x == 0 || (behind >= least && behind <= most) ? shortest : Rounded(x, Math.Clamp(behind, least, most));
    }

    /// <summary>The same behind the point of 1.2345e+02.</summary>
    public static DecimalDigits Scientific(Real x, int least, int most)
    {
        var exponent = Shortest(x).Exponent;
        var digits = Positional(x, least - exponent, most - exponent);
        // The shortest digits of a subnormal number may have rounded it up to the next power of ten.
        return digits.Exponent < exponent ? Positional(x, least - digits.Exponent, most - digits.Exponent) : digits;
    }

    static DecimalDigits Rounded(Real x, int places)
    {
        var size = Math.Abs((double)x);
        var exponent = Math.ILogB(size) - 52;
        var numerator = (new BigInteger(Math.ScaleB(size, -exponent)) << Math.Max(0, exponent)) * BigInteger.Pow(10, Math.Max(0, places));
        var denominator = (BigInteger.One << Math.Max(0, -exponent)) * BigInteger.Pow(10, Math.Max(0, -places));
        var (quotient, rest) = BigInteger.DivRem(numerator, denominator);
        var half = (2 * rest).CompareTo(denominator);
        var text = (half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient).ToString();
        return new(x < 0 ? "-" : "", text.TrimEnd('0'), text.Length - 1 - places);
    }
}
