namespace Functional.Llm;

/// <summary>How numbers are stored in less memory than the library's precision takes.</summary>
public enum Compression
{
    /// <summary>16 bits: the upper half of a single-precision number, 8 bits of it its fraction (Kalamkar et al. 2019).</summary>
    BF16,

    /// <summary>16 bits: IEEE's half precision, 11 bits of it its fraction, up to 65,504.</summary>
    F16,

    /// <summary>Groups of 32 numbers, each number 8 bits times the group's scale: w ≈ s q, −128 ≤ q ≤ 127, |w − s q| ≤ |s|/2.</summary>
    Int8,

    /// <summary>Groups of 32 numbers, each number 4 bits times the group's scale: w ≈ s q, −8 ≤ q ≤ 7, |w − s q| ≤ |s|/2.</summary>
    Int4,
}
