namespace Functional.Llm;

/// <summary>An axis laid out along one side of the plot: as many ticks as have room for their labels.</summary>
internal sealed record Ruler(ImmutableArray<Tick> Graduation, bool IsTurned, bool HasGrid)
{
    public const double TickLength = 6, Gap = 5;

    // Room between two labels, across the text and along it.
    const double Apart = 3, Between = 12;

    /// <summary>No axis, beside a plot too small for one.</summary>
    public static readonly Ruler None = new([], false, false);

    /// <summary>Half of the widest label, by which it may stand out beyond the end of a bottom axis.</summary>
    public double Overhang => IsTurned ? 0 : Widest / 2;

    double Widest => Graduation.IsEmpty ? 0 : Graduation.Max(t => Lettering.Width(t.Label));

    /// <summary>The room that ticks and labels need across the axis.</summary>
    public double Depth(bool isBottom) => Graduation.IsEmpty ? 0 : TickLength + Gap + (isBottom && !IsTurned ? Lettering.Size : Widest);

    /// <summary>The finest ticks whose labels do not touch; names too long to stand side by side at the bottom are turned.</summary>
    public static Ruler Fit(Axis axis, Scale scale, int places, double length, bool isBottom, double longestName)
    {
        if (axis.PlacesFor(places) == 0)
        {
            var choices = Enumerable.Range(2, 7).Reverse().Select(count => Ticks.On(scale, count)).ToImmutableArray();
            var fitting = choices.FirstOrDefault(ticks => Fits(ticks, isAlong: isBottom), [.. choices[^1].Where(t => t.IsMajor).Take(1)]);
            return new(fitting, IsTurned: false, HasGrid: true);
        }

        var isTurned = isBottom && axis.HasNames && !Fits(Named(1), isAlong: true);
        var strides = Enumerable.Range(0, 9).SelectMany(k => Ticks.Leads.Select(lead => lead * (int)Math.Pow(10, k)));
        return new(strides.Select(Named).First(ticks => Fits(ticks, isAlong: isBottom && !isTurned)), isTurned, HasGrid: false);

        ImmutableArray<Tick> Named(int stride) =>
            [.. axis.PlaceTicks(places, stride).Select(t => t with { Label = Lettering.Shorten(t.Label, longestName) })];

        bool Fits(ImmutableArray<Tick> ticks, bool isAlong)
        {
            var labels = ticks.Where(t => t.IsMajor)
                .Select(t => (Middle: scale.At(t.Value) * length, Size: isAlong ? Lettering.Width(t.Label) + Between : Lettering.Size + Apart))
                .OrderBy(l => l.Middle).ToImmutableArray();
            return labels.Zip(labels.Skip(1), (a, b) => b.Middle - a.Middle >= (a.Size + b.Size) / 2).All(isApart => isApart);
        }
    }
}
