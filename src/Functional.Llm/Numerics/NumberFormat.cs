namespace Functional.Llm;

/// <summary>How the numbers of one printout look, so that they align: NumPy's rules for a precision of 8.</summary>
/// <param name="Left">The width before the point, sign included.</param>
/// <param name="Right">The width behind the point: filled up with digits where there are exponents, else with blanks.</param>
/// <param name="Exponent">The digits that each exponent has at least; 0 where there are no exponents.</param>
sealed record NumberFormat(int Left, int Right, int Exponent)
{
    const int Precision = 8;

    int Width => Left + 1 + Right + (Exponent == 0 ? 0 : Exponent + 2);

    /// <summary>The format of some numbers: exponents where the largest is 1e8 or more, the smallest below 1e-4, or their ratio above 1000.</summary>
    public static NumberFormat For(IReadOnlyCollection<Real> numbers)
    {
        var finite = numbers.Where(Real.IsFinite).ToArray();
        var sizes = finite.Where(x => x != 0).Select(Real.Abs).ToArray();
        var exponents = sizes.Length > 0 && (sizes.Max() >= (Real)1e8 || sizes.Min() < (Real)1e-4 || sizes.Max() / sizes.Min() > 1000);
        var digits = finite.Select(x => exponents ? DecimalDigits.Scientific(x, 0, Precision) : DecimalDigits.Positional(x, 0, Precision)).ToArray();
        var format = digits.Length == 0 ? new(0, 0, 0)
            : exponents ? new NumberFormat(digits.Max(d => d.First.Length), digits.Max(d => d.Rest.Length), digits.Max(d => d.Power().Length - 2))
            : new NumberFormat(digits.Max(d => d.Whole.Length), digits.Max(d => d.Fraction.Length), 0);
        var missing = numbers.Where(x => !Real.IsFinite(x)).Select(x => NotFinite(x).Length - format.Width).Append(0).Max();
        return format with { Left = format.Left + Math.Max(0, missing) };
    }

    /// <summary>A number in this format.</summary>
    public string Text(Real x)
    {
        if (!Real.IsFinite(x))
            return NotFinite(x).PadLeft(Width);
        if (Exponent == 0)
        {
            var plain = DecimalDigits.Positional(x, 0, Precision);
            return $"{plain.Whole.PadLeft(Left)}.{plain.Fraction.PadRight(Right)}";
        }

        var digits = DecimalDigits.Scientific(x, Right, Precision);
        return $"{digits.First.PadLeft(Left)}.{digits.Rest.PadRight(Right, '0')}{digits.Power(Exponent)}";
    }

    /// <summary>A number by itself, with all the digits that tell it from its neighbours; with an exponent from 1e16 on and below 1e-4.</summary>
    public static string Alone(Real x)
    {
        if (!Real.IsFinite(x))
            return NotFinite(x);
        var digits = DecimalDigits.Shortest(x);
        return x == 0 || (Real.Abs(x) >= (Real)1e-4 && Real.Abs(x) < (Real)1e16)
            ? $"{digits.Whole}.{(digits.Fraction.Length == 0 ? "0" : digits.Fraction)}"
            : $"{digits.First}{(digits.Rest.Length == 0 ? "" : ".")}{digits.Rest}{digits.Power()}";
    }

    static string NotFinite(Real x) => Real.IsNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
}
