using System.Text.Json;

namespace Functional.Llm.Benchmarks;

/// <summary>A measurement beside the limit that binds it.</summary>
/// <param name="Name">As in the peer's script.</param>
/// <param name="Value">The median.</param>
/// <param name="Unit">Of the value.</param>
/// <param name="OfLimit">The fraction of the limit, both measured in turn.</param>
sealed record Row(string Name, double Value, string Unit, double OfLimit)
{
    /// <summary>The time of the forward part alone, where there are two.</summary>
    public double? ForwardMs { get; init; }

    /// <summary>What the peer measured, in the same unit.</summary>
    public double? Peer { get; init; }

    /// <summary>How many times the peer's speed.</summary>
    public double? Ratio => Peer is not { } peer ? null : Unit == "ms" ? peer / Value : Value / peer;
}

/// <summary>What a suite found, for people as it comes and for programs at the end.</summary>
sealed class Report(bool json, int threads, string only, Peer peer)
{
    static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };
    readonly List<Row> rows = [];
    readonly Dictionary<string, double> notes = new(StringComparer.Ordinal);

    /// <summary>Whether a row is asked for.</summary>
    public bool Wants(string name) => name.Contains(only, StringComparison.Ordinal);

    /// <summary>Shows a row and keeps it.</summary>
    public Row Add(Row row)
    {
        rows.Add(row);
        Say($"{row.Name,-32} {row.Value,10:F2} {row.Unit,-10} {row.OfLimit,7:P1} of the limit{(row.ForwardMs is { } forward ? $", {forward:F2} ms forward" : "")}");
        return row;
    }

    /// <summary>The geometric mean of the fractions of rows whose names begin alike.</summary>
    public void Mean(string prefix)
    {
        var fractions = rows.Where(row => row.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(row => row.OfLimit).ToArray();
        if (fractions.Length == 0)
            return;
        var mean = Math.Exp(fractions.Average(Math.Log));
        Say($"{prefix + "geometric mean",-32} {"",10} {"",-10} {mean,7:P1} of the limit");
    }

    /// <summary>Shows a measurement that has no limit, and keeps it.</summary>
    public void Note(string name, double value, string unit)
    {
        if (!Wants(name))
            return;
        notes[name] = value;
        Say($"{name,-32} {value,10:F2} {unit}");
    }

    /// <summary>Every row beside the peer's, and one line of JSON, where that was asked for.</summary>
    public void End(double peak, double read, double copy)
    {
        peer.Measure();
        var compared = rows.Select(row => row with { Peer = peer.Find(row.Name) }).ToArray();
        foreach (var row in compared.Where(row => row.Peer is not null))
            Say($"{row.Name,-32} {row.Value,10:F2} {row.Unit,-10} the peer {row.Peer,10:F2}: {row.Ratio:F2} times its speed");
        foreach (var form in compared.Where(row => row.Ratio is not null && row.Unit == "GFLOP/s").GroupBy(row => row.Name.Split(' ')[0]))
            Say($"{form.Key + " geometric mean",-32} {Math.Exp(form.Average(row => Math.Log(row.Ratio!.Value))):F2} times the peer's speed");
        var line = new { peak_gflops = peak, read_gb_per_s = read, copy_gb_per_s = copy, threads, rows = compared, notes };
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(line, Names));
    }

    void Say(string line) => (json ? Console.Error : Console.Out).WriteLine(line);
}
