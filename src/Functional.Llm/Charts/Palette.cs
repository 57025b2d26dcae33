namespace Functional.Llm;

/// <summary>The colours of all pictures. Pictures bring their own white paper: they look the same on a light and on a dark page.</summary>
/// <remarks>
/// The paper is opaque rather than <c>prefers-color-scheme</c>: inside an image that query sees the system's preference, not the theme of
/// the page around it, and would draw light ink on a light page, or dark on dark, wherever the two differ.
/// </remarks>
internal static class Palette
{
    public const string Paper = "#FFFFFF";

    public const string Ink = "#222222";

    public const string Faint = "#DDDDDD";

    /// <summary>Blue, vermilion and bluish green of Okabe and Ito (2008), with dark purple and grey for their pale colours.</summary>
    /// <remarks>Each has a contrast of at least 3 against the paper; they stay apart for red-, green- and blue-blind eyes.</remarks>
    public static readonly ImmutableArray<string> Series = ["#0072B2", "#D55E00", "#009E73", "#882E72", "#333333"];

    /// <summary>Dash patterns, one for each round through <see cref="Series"/>.</summary>
    public static readonly ImmutableArray<string> Dashes = ["none", "9 6", "2 6", "12 5 2 5"];

    /// <summary>Outlines of the markers about their centre: circle, square, triangle, diamond.</summary>
    public static readonly ImmutableArray<string> Markers =
        ["m-5 0a5 5 0 1 0 10 0 5 5 0 1 0-10 0z", "m-4.5-4.5h9v9h-9z", "m0-6.3l6 10.4h-12z", "m0-6.3l6.3 6.3-6.3 6.3-6.3-6.3z"];

    /// <summary>The number of colours of the heat map's scale.</summary>
    public const int Levels = 64;

    // Every tenth of viridis (Smith and van der Walt 2015), which grows evenly in lightness.
    static readonly ImmutableArray<uint> Viridis =
        [0x440154, 0x482475, 0x414487, 0x355F8D, 0x2A788E, 0x21918C, 0x22A884, 0x44BF70, 0x7AD151, 0xBDDF26, 0xFDE725];

    public static string ColourOf(int series) => Series[series % Series.Length];

    public static string DashOf(int series) => Dashes[series / Series.Length % Dashes.Length];

    public static string MarkerOf(int series) => Markers[series % Markers.Length];

    /// <summary>The colour of one of the <see cref="Levels"/> of the heat map's scale, from dark (low) to light (high).</summary>
    public static string Heat(int level)
    {
        var place = level * (Viridis.Length - 1) / (double)(Levels - 1);
        var below = Math.Min((int)place, Viridis.Length - 2);
        var (low, high, share) = (Viridis[below], Viridis[below + 1], place - below);
        return $"#{Channel(16):X2}{Channel(8):X2}{Channel(0):X2}";

        int Channel(int shift) => (int)Math.Round((((low >> shift) & 255) * (1 - share)) + (((high >> shift) & 255) * share));
    }
}
