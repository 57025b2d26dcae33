using System.Text.Json;

namespace Functional.Llm.Benchmarks;

/// <summary>A measurement beside the limit that binds it.</summary>
/// <param name="Name">As in the peer's script.</param>
/// <param name="Value">The median.</param>
/// <param name="Unit">Of the value.</param>
/// <param name="OfLimit">The fraction of the limit, both measured in turn.</param>
sealed record Row(string Name, double Value, string Unit, double OfLimit);

/// <summary>What a suite found, for people as it comes and for programs at the end.</summary>
sealed class Report(bool json, int threads, string only)
{
    static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    readonly List<Row> rows = [];

    /// <summary>Whether a row is asked for.</summary>
    public bool Wants(string name) => name.Contains(only, StringComparison.Ordinal);

    /// <summary>Shows a row and keeps it.</summary>
    public Row Add(Row row)
    {
        rows.Add(row);
        (json ? Console.Error : Console.Out).WriteLine($"{row.Name,-28} {row.Value,10:F1} {row.Unit,-10} {row.OfLimit,7:P1} of the limit");
        return row;
    }

    /// <summary>The geometric mean of the fractions of rows whose names begin alike.</summary>
    public void Mean(string prefix)
    {
        var fractions = rows.Where(row => row.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(row => row.OfLimit).ToArray();
        if (fractions.Length == 0)
            return;
        var mean = Math.Exp(fractions.Average(Math.Log));
        (json ? Console.Error : Console.Out).WriteLine($"{prefix + "geometric mean",-28} {"",10} {"",-10} {mean,7:P1} of the limit");
    }

    /// <summary>One line of JSON, where that was asked for.</summary>
    public void End(double peak, double read, double copy)
    {
        var line = new { peak_gflops = peak, read_gb_per_s = read, copy_gb_per_s = copy, threads, rows };
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(line, Names));
    }
}
