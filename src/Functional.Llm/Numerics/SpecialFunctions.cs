namespace Functional.Llm;

/// <summary>Functions that .NET lacks, in double precision.</summary>
public static class SpecialFunctions
{
    // Rational approximations of Sun's fdlibm (s_erf.c, 1993), lowest power first; each denominator begins with 1.
    static readonly double[] SmallP = [1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02, -5.77027029648944159157e-03, -2.37630166566501626084e-05];
    static readonly double[] SmallQ = [1, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03, 1.32494738004321644526e-04, -3.96022827877536812320e-06];
    static readonly double[] NearOneP = [-2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01, 3.18346619901161753674e-01, -1.10894694282396677476e-01, 3.54783043256182359371e-02, -2.16637559486879084300e-03];
    static readonly double[] NearOneQ = [1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02, 1.26171219808761642112e-01, 1.36370839120290507362e-02, 1.19844998467991074170e-02];
    static readonly double[] MiddleP = [-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01, -6.23753324503260060396e+01, -1.62396669462573470355e+02, -1.84605092906711035994e+02, -8.12874355063065934246e+01, -9.81432934416914548592e+00];
    static readonly double[] MiddleQ = [1, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02, 6.45387271733267880336e+02, 4.29008140027567833386e+02, 1.08635005541779435134e+02, 6.57024977031928170135e+00, -6.04244152148580987438e-02];
    static readonly double[] LargeP = [-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01, -1.60636384855821916062e+02, -6.37566443368389627722e+02, -1.02509513161107724954e+03, -4.83519191608651397019e+02];
    static readonly double[] LargeQ = [1, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03, 3.19985821950859553908e+03, 2.55305040643316442583e+03, 4.74528541206955367215e+02, -2.24409524465858183362e+01];
    const double ErfNearOne = 8.45062911510467529297e-01;

    /// <summary>The error function erf x = 2/√π ∫₀ˣ e^(−t²) dt, to 1e-15 (rational approximations of fdlibm's s_erf.c).</summary>
    public static double Erf(double x)
    {
        var a = Math.Abs(x);
        return a < 0.84375 ? x + x * Ratio(SmallP, SmallQ, x * x)
            : a >= 6 ? Math.Sign(x)
            : a < 1.25 ? Math.CopySign(ErfNearOne + Ratio(NearOneP, NearOneQ, a - 1), x)
            : double.IsNaN(x) ? x
            : Math.CopySign(1 - ErfcTail(a), x);
    }

    // erfc x = e^(−x² − 0.5625 + R/S) / x. Squaring the head of x alone keeps the exponent's rounding error away.
    static double ErfcTail(double x)
    {
        var s = 1 / (x * x);
        var ratio = x < 1 / 0.35 ? Ratio(MiddleP, MiddleQ, s) : Ratio(LargeP, LargeQ, s);
        var head = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(x) & ~0xFFFFFFFFL);
        return Math.Exp(-head * head - 0.5625) * Math.Exp((head - x) * (head + x) + ratio) / x;
    }

    static double Ratio(double[] p, double[] q, double x) => Polynomial(p, x) / Polynomial(q, x);

    static double Polynomial(double[] coefficients, double x)
    {
        var sum = 0.0;
        for (var i = coefficients.Length - 1; i >= 0; i--)
            sum = sum * x + coefficients[i];
        return sum;
    }
}
