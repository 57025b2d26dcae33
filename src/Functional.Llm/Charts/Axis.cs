namespace Functional.Llm;

/// <summary>One direction of a chart: what it measures, and how data are mapped onto it. A text converts to a linear axis.</summary>
public sealed record Axis
{
    Axis(string label) => Label = label;

    /// <summary>What the axis measures, with its unit: "SAT score (points)".</summary>
    public string Label { get; }

    internal bool IsLogarithmic { get; private init; }

    /// <summary>The names of the places 0, 1, …; absent (default) on an axis of numbers.</summary>
    internal ImmutableArray<string> Names { get; private init; }

    internal (double Low, double High)? Range { get; private init; }

    /// <summary>An axis on which equal differences have equal lengths.</summary>
    public static Axis Linear(string label) => new(label);

    /// <summary>An axis on which equal ratios have equal lengths; a value that is not positive has no place on it and is left out.</summary>
    public static Axis Log(string label) => new(label) { IsLogarithmic = true };

    /// <summary>An axis of named places 0, 1, …, for bars and heat maps.</summary>
    public static Axis Categories(string label, params IEnumerable<string> names) => new(label) { Names = [.. names] };

    /// <summary>A linear axis of this label.</summary>
    public static implicit operator Axis(string label) => Linear(label);

    /// <summary>The axis from <paramref name="low"/> to <paramref name="high"/> exactly, not over the data; what lies outside is cut off.</summary>
    /// <exception cref="FunctionalLlmException">The range is empty, not finite or not positive on a logarithmic axis, or the axis has names.</exception>
    public Axis Within(double low, double high) =>
        HasNames ? throw new FunctionalLlmException($"axis \"{Label}\": named places have no range. Leave Within out.")
        : !(double.IsFinite(low) && double.IsFinite(high) && low < high) || (IsLogarithmic && low <= 0)
            ? throw new FunctionalLlmException(
                $"axis \"{Label}\": the range from {low} to {high} is not one. Give a finite low below a finite high"
                + (IsLogarithmic ? ", both positive on a logarithmic axis." : "."))
        : this with { Range = (low, high) };

    /// <summary>The scale for these values, or for this number of bars or cells where there are any.</summary>
    internal Scale ScaleOver(IEnumerable<double> values, int places, bool fromZero) =>
        PlacesFor(places) is var n and > 0 ? new Scale(-0.5, n - 0.5)
        : Range is var (low, high) ? new Scale(low, high, IsLogarithmic)
        : Scale.Over(values, IsLogarithmic, fromZero);

    internal bool HasNames => !Names.IsDefault;

    internal int PlacesFor(int places) => Math.Max(places, HasNames ? Names.Length : 0);

    /// <summary>Every <paramref name="stride"/>th place with its name, or its number where it has none.</summary>
    internal ImmutableArray<Tick> PlaceTicks(int places, int stride) =>
        [.. Enumerable.Range(0, PlacesFor(places)).Where(i => i % stride == 0)
            .Select(i => new Tick(i, HasNames && i < Names.Length ? Names[i] : $"{i}"))];
}
