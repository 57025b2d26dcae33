using System.Runtime.InteropServices;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Numbers of 16 bits, all of them, against their definition: sign, exponent and fraction, rounded to the nearest.</summary>
public sealed class DtypeTests
{
    /// <summary>A kind of 16 bits by its fields.</summary>
    sealed record Layout(Dtype Dtype, int Exponent, int Fraction)
    {
        public int Infinity => (1 << Exponent) - 1 << Fraction;

        /// <summary>The number of a code without a sign; beyond the largest, the one that would come next.</summary>
        public double Of(int code)
        {
            var (exponent, fraction) = (code >> Fraction, code & (1 << Fraction) - 1);
            var bias = (1 << Exponent - 1) - 1;
            return Math.ScaleB(exponent == 0 ? fraction : fraction + (1 << Fraction), Math.Max(exponent, 1) - bias - Fraction);
        }

        public Real[] Decode(params ReadOnlySpan<ushort> codes)
        {
            var numbers = new Real[codes.Length];
            Dtype.ToReal!(MemoryMarshal.AsBytes(codes), numbers);
            return numbers;
        }

        public ushort[] Encode(params ReadOnlySpan<Real> numbers)
        {
            var codes = new ushort[numbers.Length];
            Dtype.FromReal!(numbers, MemoryMarshal.AsBytes(codes.AsSpan()));
            return codes;
        }
    }

    const ushort Sign = 0x8000;

    static readonly ushort[] Codes = [.. Enumerable.Range(0, 1 << 16).Select(code => (ushort)code)];

    static Layout LayoutOf(string name) => name == "F16" ? new(Dtype.F16, 5, 10) : new(Dtype.BF16, 8, 7);

    [Theory, InlineData("F16"), InlineData("BF16")]
    public void Every_code_is_the_number_that_its_fields_say(string name)
    {
        var layout = LayoutOf(name);
        var numbers = layout.Decode(Codes);
        foreach (var code in Codes)
        {
            var (sign, magnitude) = (code >= Sign ? -1 : 1, code & Sign - 1);
            if (magnitude > layout.Infinity)
                Assert.True(Real.IsNaN(numbers[code]), $"{code:X4} is {numbers[code]}");
            else if (magnitude == layout.Infinity)
                Assert.Equal(sign * Real.PositiveInfinity, numbers[code]);
            else
                Assert.Equal(sign * layout.Of(magnitude), numbers[code]);
            Assert.Equal(code >= Sign, Real.IsNegative(numbers[code]));
        }
    }

    [Theory, InlineData("F16"), InlineData("BF16")]
    public void Every_code_comes_back(string name)
    {
        var layout = LayoutOf(name);
        foreach (var (code, back) in Codes.Zip(layout.Encode(layout.Decode(Codes))))
        {
            if ((code & Sign - 1) > layout.Infinity)
                Assert.True((back & Sign - 1) > layout.Infinity && (back & Sign) == (code & Sign), $"{code:X4} came back as {back:X4}");
            else
                Assert.Equal(code, back);
        }
    }

    [Theory, InlineData("F16"), InlineData("BF16")]
    public void Between_two_neighbours_the_nearer_is_taken_and_of_the_middle_the_even_one(string name)
    {
        var layout = LayoutOf(name);
        for (var code = 0; code < layout.Infinity; code++)
        {
            var middle = (Real)((layout.Of(code) + layout.Of(code + 1)) / 2);
            Assert.Equal((layout.Of(code) + layout.Of(code + 1)) / 2, middle);
            var (below, above) = (Real.BitDecrement(middle), Real.BitIncrement(middle));
            var even = code % 2 == 0 ? code : code + 1;
            Assert.Equal(
                [(ushort)code, (ushort)even, (ushort)(code + 1), (ushort)(code | Sign), (ushort)(even | Sign), (ushort)(code + 1 | Sign)],
                layout.Encode(below, middle, above, -below, -middle, -above));
        }
    }

    /// <summary>The kernels of the platform work on several numbers at once, and on the last ones singly: no place may matter.</summary>
    [Theory, InlineData("F16"), InlineData("BF16")]
    public void A_number_is_converted_alike_wherever_it_stands(string name)
    {
        var layout = LayoutOf(name);
        var random = new Random(3);
        for (var i = 0; i < 1_000; i++)
        {
            var codes = Enumerable.Range(0, random.Next(1, 70)).Select(_ => (ushort)random.Next(1 << 16)).ToArray();
            var numbers = layout.Decode(codes);
            Assert.Equal(codes.Select(code => layout.Decode(code)[0]), numbers);
            Assert.Equal(numbers.Select(number => layout.Encode(number)[0]), layout.Encode(numbers));
        }
    }

    [Theory, InlineData("F16"), InlineData("BF16")]
    public void The_smallest_and_the_largest_numbers_of_the_library_become_zero_and_infinite(string name)
    {
        var layout = LayoutOf(name);
        var largest = (ushort)layout.Infinity;
        Assert.Equal([0, Sign, 0, Sign], layout.Encode(0, -(Real)0, Real.Epsilon, -Real.Epsilon));
        Assert.Equal([largest, largest], layout.Encode(Real.MaxValue, Real.PositiveInfinity));
        Assert.Equal([(ushort)(largest | Sign), (ushort)(largest | Sign)], layout.Encode(Real.MinValue, Real.NegativeInfinity));
    }
}
