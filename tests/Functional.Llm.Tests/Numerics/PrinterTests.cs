using Xunit;

namespace Functional.Llm.Tests;

/// <summary>The printout against that of NumPy 1.24, <c>str(numpy.array(…))</c>, pinned in both precisions.</summary>
public sealed class PrinterTests
{
    /// <summary>What NumPy prints in single precision, and in double precision where that differs.</summary>
    sealed record Printout(string Name, Func<Tensor> Tensor, string Single, string? Double = null);

    static readonly ImmutableArray<Printout> Printouts =
    [
        new("a common width of the fractions", () => Tensor.From([1, 2.5, 3.25]),
            "[1.   2.5  3.25]"),
        new("whole numbers", () => Tensor.From([1, 2, 3]),
            "[1. 2. 3.]"),
        new("a sign takes a place", () => Tensor.From([-1, 2.5, 30]),
            "[-1.   2.5 30. ]"),
        new("both zeros", () => Tensor.From([0, -0.0]),
            "[ 0. -0.]"),
        new("thirds", () => Tensor.From([0.3333333333333333, -0.6666666666666666, 1]),
            "[ 0.33333334 -0.6666667   1.        ]",
            "[ 0.33333333 -0.66666667  1.        ]"),
        new("eight digits after the point", () => Tensor.From([3.14159265358979, 2.718281828459045]),
            "[3.1415927 2.7182817]",
            "[3.14159265 2.71828183]"),
        new("halves go to even digits", () => Tensor.From([0.001953125, 0.005859375]),
            "[0.00195312 0.00585938]"),
        new("from 1e8 on exponents", () => Tensor.From([100000000, 1.5]),
            "[1.0e+08 1.5e+00]"),
        new("below 1e8 none", () => Tensor.From([16777216, 1234567]),
            "[16777216.  1234567.]"),
        new("below 1e-4 exponents", () => Tensor.From([5e-05]),
            "[5.e-05]"),
        new("just above 1e-4 none", () => Tensor.From([0.00011, 0.1]),
            "[0.00011 0.1    ]"),
        new("a ratio above 1000", () => Tensor.From([1001, 1]),
            "[1.001e+03 1.000e+00]"),
        new("a ratio of 1000", () => Tensor.From([1000, 1]),
            "[1000.    1.]"),
        new("digits behind the shortest are exact", () => Tensor.From([0.1, 123456.789]),
            "[1.0000000e-01 1.2345679e+05]",
            "[1.00000000e-01 1.23456789e+05]"),
        new("three digits of exponent", () => Tensor.From([1e-30, -2.5e+30]),
            "[ 1.0e-30 -2.5e+30]"),
        new("not a number and infinities", () => Tensor.From([double.NaN, double.PositiveInfinity, double.NegativeInfinity]),
            "[ nan  inf -inf]"),
        new("not a number among numbers", () => Tensor.From([1, double.NaN, -2.25]),
            "[ 1.     nan -2.25]"),
        new("infinity among exponents", () => Tensor.From([10000000000, double.NegativeInfinity, 0.001]),
            "[1.e+10   -inf 1.e-03]"),
        new("infinity widens short numbers", () => Tensor.From([1, double.PositiveInfinity]),
            "[ 1. inf]"),
        new("nothing but infinity", () => Tensor.From([double.PositiveInfinity]),
            "[inf]"),
        new("one element", () => Tensor.From([7]),
            "[7.]"),
        new("an empty vector", () => Tensor.Zeros(0),
            "[]"),
        new("an empty matrix", () => Tensor.Zeros((0, 3)),
            "[]"),
        new("the documentation's zeros", () => Tensor.Zeros((3, 4)),
            """
            [[0. 0. 0. 0.]
             [0. 0. 0. 0.]
             [0. 0. 0. 0.]]
            """),
        new("the documentation's ones", () => Tensor.Ones((2, 3, 4)),
            """
            [[[1. 1. 1. 1.]
              [1. 1. 1. 1.]
              [1. 1. 1. 1.]]

             [[1. 1. 1. 1.]
              [1. 1. 1. 1.]
              [1. 1. 1. 1.]]]
            """),
        new("the documentation's linspace", () => Tensor.Linspace(0, 2, 9),
            "[0.   0.25 0.5  0.75 1.   1.25 1.5  1.75 2.  ]"),
        new("the documentation's steps", () => Tensor.Range(7) * 0.3,
            """
            [0.         0.3        0.6        0.90000004 1.2        1.5
             1.8000001 ]
            """,
            "[0.  0.3 0.6 0.9 1.2 1.5 1.8]"),
        new("the documentation's exponentials", () => Tensor.Range(3).Exp(),
            "[1.        2.7182817 7.389056 ]",
            "[1.         2.71828183 7.3890561 ]"),
        new("the documentation's square roots", () => Tensor.Range(3).Sqrt(),
            "[0.        1.        1.4142135]",
            "[0.         1.         1.41421356]"),
        new("the documentation's matrix", () => Tensor.Of(new Real[,] { { 1, 2 }, { 3, 4 } }),
            """
            [[1. 2.]
             [3. 4.]]
            """),
        new("a transposed view", () => Tensor.Range(6).Reshape(2, 3).T / 4,
            """
            [[0.   0.75]
             [0.25 1.  ]
             [0.5  1.25]]
            """),
        new("rows align across a matrix", () => Tensor.From((2, 3), [1, -200, 0.5, 1.25, 3, 4]),
            """
            [[   1.   -200.      0.5 ]
             [   1.25    3.      4.  ]]
            """),
        new("a wrapped vector", () => Tensor.Range(30),
            """
            [ 0.  1.  2.  3.  4.  5.  6.  7.  8.  9. 10. 11. 12. 13. 14. 15. 16. 17.
             18. 19. 20. 21. 22. 23. 24. 25. 26. 27. 28. 29.]
            """),
        new("a wrapped vector of long numbers", () => (Tensor.Range(12) + 1) / 7,
            """
            [0.14285715 0.2857143  0.42857143 0.5714286  0.71428573 0.85714287
             1.         1.1428572  1.2857143  1.4285715  1.5714285  1.7142857 ]
            """,
            """
            [0.14285714 0.28571429 0.42857143 0.57142857 0.71428571 0.85714286
             1.         1.14285714 1.28571429 1.42857143 1.57142857 1.71428571]
            """),
        new("a wrapped row", () => Tensor.Range(40).Reshape(2, 20) - 10,
            """
            [[-10.  -9.  -8.  -7.  -6.  -5.  -4.  -3.  -2.  -1.   0.   1.   2.   3.
                4.   5.   6.   7.   8.   9.]
             [ 10.  11.  12.  13.  14.  15.  16.  17.  18.  19.  20.  21.  22.  23.
               24.  25.  26.  27.  28.  29.]]
            """),
        new("matrices are parted by a blank line", () => Tensor.Range(8).Reshape(2, 2, 2),
            """
            [[[0. 1.]
              [2. 3.]]

             [[4. 5.]
              [6. 7.]]]
            """),
        new("ranks above by more", () => Tensor.Range(8).Reshape(2, 1, 2, 2),
            """
            [[[[0. 1.]
               [2. 3.]]]


             [[[4. 5.]
               [6. 7.]]]]
            """),
        new("above 1000 elements the middle is left out", () => Tensor.Range(1001),
            "[   0.    1.    2. ...  998.  999. 1000.]"),
        new("the documentation's large matrix", () => Tensor.Range(10000).Reshape(100, 100),
            """
            [[0.000e+00 1.000e+00 2.000e+00 ... 9.700e+01 9.800e+01 9.900e+01]
             [1.000e+02 1.010e+02 1.020e+02 ... 1.970e+02 1.980e+02 1.990e+02]
             [2.000e+02 2.010e+02 2.020e+02 ... 2.970e+02 2.980e+02 2.990e+02]
             ...
             [9.700e+03 9.701e+03 9.702e+03 ... 9.797e+03 9.798e+03 9.799e+03]
             [9.800e+03 9.801e+03 9.802e+03 ... 9.897e+03 9.898e+03 9.899e+03]
             [9.900e+03 9.901e+03 9.902e+03 ... 9.997e+03 9.998e+03 9.999e+03]]
            """),
        new("short axes are shown whole", () => Tensor.Range(1200).Reshape(4, 300),
            """
            [[0.000e+00 1.000e+00 2.000e+00 ... 2.970e+02 2.980e+02 2.990e+02]
             [3.000e+02 3.010e+02 3.020e+02 ... 5.970e+02 5.980e+02 5.990e+02]
             [6.000e+02 6.010e+02 6.020e+02 ... 8.970e+02 8.980e+02 8.990e+02]
             [9.000e+02 9.010e+02 9.020e+02 ... 1.197e+03 1.198e+03 1.199e+03]]
            """),
        new("a large stack of matrices", () => Tensor.Range(1050).Reshape(7, 1, 150) + 1000,
            """
            [[[1000. 1001. 1002. ... 1147. 1148. 1149.]]

             [[1150. 1151. 1152. ... 1297. 1298. 1299.]]

             [[1300. 1301. 1302. ... 1447. 1448. 1449.]]

             ...

             [[1600. 1601. 1602. ... 1747. 1748. 1749.]]

             [[1750. 1751. 1752. ... 1897. 1898. 1899.]]

             [[1900. 1901. 1902. ... 2047. 2048. 2049.]]]
            """),
    ];

    public static TheoryData<string> Names => [.. Printouts.Select(p => p.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Tensors_print_as_in_numpy(string name)
    {
        var expected = Printouts.Single(p => p.Name == name);
        Assert.Equal(typeof(Real) == typeof(float) ? expected.Single : expected.Double ?? expected.Single, expected.Tensor().ToString());
    }

    [Theory]
    [InlineData(0, "0.0"), InlineData(-0.0, "-0.0"), InlineData(1, "1.0"), InlineData(0.1, "0.1"), InlineData(123456.75, "123456.75")]
    [InlineData(1e16, "1e+16"), InlineData(9.5e15, "9500000000000000.0"), InlineData(1e-5, "1e-05"), InlineData(2.5e-30, "2.5e-30"), InlineData(-1e30, "-1e+30")]
    [InlineData(double.NaN, "nan"), InlineData(double.PositiveInfinity, "inf"), InlineData(double.NegativeInfinity, "-inf")]
    public void Scalars_print_all_their_digits(double value, string expected) => Assert.Equal(expected, Tensor.Scalar(value).ToString());

    [Fact]
    public void A_third_prints_the_digits_of_its_precision() =>
        Assert.Equal(typeof(Real) == typeof(float) ? "0.33333334" : "0.3333333333333333", (Tensor.Scalar(1) / 3).ToString());

    [Fact]
    public void The_symbolic_zero_says_so() => Assert.Equal("0 (symbolic)", default(Tensor).ToString());

    [Fact]
    public void A_view_prints_as_its_packed_copy() => Case.ForAll(200, c =>
    {
        var x = c.View(c.Shape()).Tensor;
        Assert.Equal(Kernels.Pack(x).ToString(), x.ToString());
    });

    [Fact]
    public void A_large_view_is_printed_without_being_copied() =>
        Assert.Equal("[[1. 1. 1. ... 1. 1. 1.]\n [1. 1. 1. ... 1. 1. 1.]]", Tensor.Ones((2, 1_000_000_000)).ToString());
}
