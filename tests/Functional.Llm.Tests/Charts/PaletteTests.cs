using System.Globalization;
using Xunit;

namespace Functional.Llm.Tests;

public class PaletteTests
{
    // Dichromats' views of linear RGB (Machado, Oliveira and Fernandes 2009, severity 1).
    static readonly Dictionary<string, double[,]> Eyes = new(StringComparer.Ordinal)
    {
        ["all cones"] = new double[,] { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
        ["no red cones"] = new[,] { { 0.152286, 1.052583, -0.204868 }, { 0.114503, 0.786281, 0.099216 }, { -0.003882, -0.048116, 1.051998 } },
        ["no green cones"] = new[,] { { 0.367322, 0.860646, -0.227968 }, { 0.280085, 0.672501, 0.047413 }, { -0.011820, 0.042940, 0.968881 } },
        ["no blue cones"] = new[,] { { 1.255528, -0.076749, -0.178779 }, { -0.078411, 0.930809, 0.147602 }, { 0.004733, 0.691367, 0.303900 } },
    };

    static double[] Linear(string colour) => [.. new[] { 1, 3, 5 }
        .Select(i => int.Parse(colour.AsSpan(i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
        .Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4))];

    static double Luminance(string colour) => Linear(colour) is [var r, var g, var b] ? (0.2126 * r) + (0.7152 * g) + (0.0722 * b) : 0;

    static double Contrast(string a, string b)
    {
        var (low, high) = (Math.Min(Luminance(a), Luminance(b)), Math.Max(Luminance(a), Luminance(b)));
        return (high + 0.05) / (low + 0.05);
    }

    // Oklab (Ottosson 2020): distances in it follow what eyes tell apart.
    static double[] Lab(double[] rgb)
    {
        var l = Math.Cbrt((0.4122214708 * rgb[0]) + (0.5363325363 * rgb[1]) + (0.0514459929 * rgb[2]));
        var m = Math.Cbrt((0.2119034982 * rgb[0]) + (0.6806995451 * rgb[1]) + (0.1073969566 * rgb[2]));
        var s = Math.Cbrt((0.0883024619 * rgb[0]) + (0.2817188376 * rgb[1]) + (0.6299787005 * rgb[2]));
        return
        [
            (0.2104542553 * l) + (0.7936177850 * m) - (0.0040720468 * s),
            (1.9779984951 * l) - (2.4285922050 * m) + (0.4505937099 * s),
            (0.0259040371 * l) + (0.7827717662 * m) - (0.8086757660 * s),
        ];
    }

    static double[] Seen(string colour, double[,] eye)
    {
        var rgb = Linear(colour);
        return Lab([.. Enumerable.Range(0, 3).Select(i => Math.Clamp((eye[i, 0] * rgb[0]) + (eye[i, 1] * rgb[1]) + (eye[i, 2] * rgb[2]), 0, 1))]);
    }

    static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());

    [Fact]
    public void Every_series_stands_out_from_the_paper()
    {
        Assert.All(Palette.Series, colour => Assert.True(Contrast(colour, Palette.Paper) >= 3, $"{colour}: {Contrast(colour, Palette.Paper)}"));
        Assert.True(Contrast(Palette.Ink, Palette.Paper) >= 7);
    }

    // 0.08 is the least distance in the palette of Okabe and Ito itself.
    [Fact]
    public void No_two_series_look_alike_to_colour_blind_eyes()
    {
        var pairs =
            from eye in Eyes
            from a in Palette.Series
            from b in Palette.Series.TakeWhile(colour => colour != a)
            select (eye.Key, a, b, Distance: Distance(Seen(a, eye.Value), Seen(b, eye.Value)));
        Assert.All(pairs, pair => Assert.True(pair.Distance > 0.08, $"{pair}"));
    }

    [Fact]
    public void Twenty_series_differ_in_colour_or_dash_and_in_colour_or_marker()
    {
        Assert.Equal(20, Enumerable.Range(0, 20).Select(i => (Palette.ColourOf(i), Palette.DashOf(i))).Distinct().Count());
        Assert.Equal(20, Enumerable.Range(0, 20).Select(i => (Palette.ColourOf(i), Palette.MarkerOf(i))).Distinct().Count());
    }

    [Fact]
    public void The_heat_scale_grows_evenly_in_lightness_for_all_eyes()
    {
        foreach (var eye in Eyes.Values)
        {
            var lightness = Enumerable.Range(0, Palette.Levels).Select(level => Seen(Palette.Heat(level), eye)[0]).ToArray();
            Assert.All(lightness.Zip(lightness.Skip(1), (a, b) => b - a), step => Assert.InRange(step, 1e-4, 0.025));
        }

        Assert.Equal(("#440154", "#FDE725"), (Palette.Heat(0), Palette.Heat(Palette.Levels - 1)));
    }
}
