using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>What a product of a few rows with many compressed ones reads and writes: C = bias + X Yᵀ.</summary>
readonly unsafe struct CompressedOperands(
    Real* x, byte* codes, ushort* scales, nint bytes, int groups, Real* c, nint rowC, nint columnC, Real* bias, nint rowBias, nint columnBias, int rows)
{
    /// <summary>X, laid out as the kernel reads it.</summary>
    public readonly Real* X = x;

    /// <summary>The codes of Y, in rows <see cref="Bytes"/> apart.</summary>
    public readonly byte* Codes = codes;

    /// <summary>The scales of Y, in rows <see cref="Groups"/> apart.</summary>
    public readonly ushort* Scales = scales;

    public readonly nint Bytes = bytes;
    public readonly int Groups = groups;

    /// <summary>The rows of X.</summary>
    public readonly int Rows = rows;

    /// <summary>Writes the results of row i, for two rows of Y, of which the second may be the first again; nothing for rows that X lacks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(int i, int j, int next, Real sum0, Real sum1)
    {
        if (i >= Rows)
            return;
        var to = c + i * rowC;
        if (bias != null)
        {
            sum0 += bias[i * rowBias + j * columnBias];
            sum1 += bias[i * rowBias + next * columnBias];
        }

        to[j * columnC] = sum0;
        to[next * columnC] = sum1;
    }
}
