using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Functional.Llm.Benchmarks;

/// <summary>What another library's script measured: lines of a name and a last number with its unit, or of a shape and a number for each form.</summary>
sealed partial class Peer(string? command)
{
    readonly Dictionary<string, double> best = new(StringComparer.Ordinal);

    /// <summary>The peer's better measurement of a row so far: the shorter time or the higher rate.</summary>
    public double? Find(string name) => best.TryGetValue(name, out var value) ? value : null;

    /// <summary>Runs the peer's script, if there is one: before and after ours, since the machine's speed drifts.</summary>
    /// <exception cref="FunctionalLlmException">The script failed.</exception>
    public void Measure()
    {
        if (command is null)
            return;
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        while (process.StandardOutput.ReadLine() is { } line)
            Read(line);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new FunctionalLlmException($"--peer: '{command}' ended with exit code {process.ExitCode}. Run it alone to see why.");
    }

    /// <summary>Keeps the better of what a line says and what was said before.</summary>
    internal void Read(string line)
    {
        if (Products().Match(line) is { Success: true } products)
        {
            var shape = $"{products.Groups["m"].Value}x{products.Groups["n"].Value}x{products.Groups["k"].Value}";
            foreach (Capture form in products.Groups["form"].Captures)
            {
                var words = form.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                Keep($"{words[0]} {shape}", Number(words[1]), isRate: true);
            }
        }
        else if (Steps().Match(line) is { Success: true } steps)
        {
            Keep(steps.Groups["name"].Value, Number(steps.Groups["value"].Value), isRate: true);
        }
        else if (Decoding().Match(line) is { Success: true } decoding)
        {
            Keep("gpt2 prompt", Number(decoding.Groups["prompt"].Value), isRate: true);
            Keep("gpt2", Number(decoding.Groups["decoding"].Value), isRate: true);
        }
        else if (Layers().Match(line) is { Success: true } layer)
        {
            Keep(layer.Groups["name"].Value, Number(layer.Groups["value"].Value), isRate: layer.Groups["unit"].Value != "ms");
        }
    }

    void Keep(string name, double value, bool isRate) =>
        best[name] = best.TryGetValue(name, out var before) ? isRate ? Math.Max(before, value) : Math.Min(before, value) : value;

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\s*(?<m>\d+) x +(?<n>\d+) x +(?<k>\d+)(?:\s+(?<form>A\w+ +\d+))+\s+GFLOP/s", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Products();

    [GeneratedRegex(@"^(?<name>\S.*?)\s{2,}.*?(?<value>[\d.]+) (?<unit>ms|samples/s)\s*$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Layers();

    [GeneratedRegex(@"^PyTorch .*prompt of 512 at (?<prompt>[\d.]+) tokens/s, decoding at (?<decoding>[\d.]+) tokens/s", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Decoding();

    [GeneratedRegex(@"^(?<name>\w+): PyTorch .*?(?<value>[\d.]+) tokens/s", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Steps();
}
