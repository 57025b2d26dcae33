namespace Functional.Llm;

/// <summary>Numbers side by side, computed with at once: a formula or a kernel is written once for every width of vector.</summary>
/// <remarks>Every operation rounds once, as IEEE 754 says, so that a number has the same bits in vectors of every width.</remarks>
/// <typeparam name="L">The type itself.</typeparam>
unsafe partial interface ILanes<L>
    where L : struct, ILanes<L>
{
    /// <summary>How many numbers.</summary>
    static abstract int Count { get; }

    /// <summary>Rows of a tile of the matrix product: as many as leave registers for its operands.</summary>
    static abstract int Rows { get; }

    /// <summary>The numbers at an address, aligned or not.</summary>
    static abstract L Load(Real* source);

    /// <summary>Writes the numbers to an address, aligned or not.</summary>
    static abstract void Store(L x, Real* destination);

    /// <summary>The same number everywhere.</summary>
    static abstract implicit operator L(Real x);

    /// <summary>a + b.</summary>
    static abstract L operator +(L a, L b);

    /// <summary>a − b.</summary>
    static abstract L operator -(L a, L b);

    /// <summary>−x.</summary>
    static abstract L operator -(L x);

    /// <summary>a b.</summary>
    static abstract L operator *(L a, L b);

    /// <summary>a / b.</summary>
    static abstract L operator /(L a, L b);

    /// <summary>a b + c, rounded once where the processor can.</summary>
    static abstract L MultiplyAdd(L a, L b, L c);

    /// <summary>sum + a b into the sum, rounded likewise; written so, sums keep their registers.</summary>
    static abstract void AddProduct(ref L sum, L a, L b);

    /// <summary>√x.</summary>
    static abstract L Sqrt(L x);

    /// <summary>The nearest whole number; the even one of two.</summary>
    static abstract L Round(L x);

    /// <summary>|x|.</summary>
    static abstract L Abs(L x);

    /// <summary>The absolute value of one with the sign of the other.</summary>
    static abstract L CopySign(L value, L sign);

    /// <summary>The larger; NaN where b is, and where a is NaN, b.</summary>
    static abstract L Max(L a, L b);

    /// <summary>The smaller; NaN where b is, and where a is NaN, b.</summary>
    static abstract L Min(L a, L b);

    /// <summary><paramref name="then"/> where a &lt; b, else <paramref name="otherwise"/>, as where one is NaN.</summary>
    static abstract L WhereLess(L a, L b, L then, L otherwise);

    /// <summary>x · 2ⁿ for whole numbers n, rounded once.</summary>
    static abstract L Scale(L x, L n);

    /// <summary>x = m · 2ⁿ with √½ ≤ m &lt; √2, for positive x that are neither infinite nor below the smallest normal number.</summary>
    static abstract (L Mantissa, L Exponent) Split(L x);

    /// <summary>The sum of all numbers: halves are added to each other until one is left.</summary>
    static abstract Real Sum(L x);

    /// <summary>The largest of all numbers that are numbers; NaN perhaps, where one is.</summary>
    static abstract Real Largest(L x);
}

/// <summary>Work written once for vectors of every width.</summary>
interface ILaneWork
{
    void Run<L>()
        where L : struct, ILanes<L>;
}

/// <summary>The choice of vectors, and what is known of the bits of a number.</summary>
static class Lanes
{
    /// <summary>Bits of a number behind its exponent.</summary>
    public const int FractionBits = sizeof(Real) == sizeof(int) ? 23 : 52;

    /// <summary>The exponent that stands for 2⁰.</summary>
    public const int Bias = sizeof(Real) == sizeof(int) ? 127 : 1023;

    /// <summary>Added to a small whole number, leaves that number in the last bits.</summary>
    public const Real Integer = (Real)1.5 * ((Bits)1 << FractionBits);

    /// <summary>The bits of √½, rounded down.</summary>
    public const Bits RootOfHalf = unchecked((Bits)(sizeof(Real) == sizeof(int) ? 0x3F3504F3 : 0x3FE6A09E667F3BCC));

    /// <summary>Does the work on the widest vectors that the processor has.</summary>
    public static void Widest<W>(W work)
        where W : struct, ILaneWork
    {
        if (Lanes512.IsSupported)
            work.Run<Lanes512>();
        else if (Lanes256.IsSupported)
            work.Run<Lanes256>();
        else if (Lanes128.IsSupported)
            work.Run<Lanes128>();
        else
            work.Run<Lanes1>();
    }
}
