using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Functional.Llm.DoubleTests.Notes;

/// <summary>A note beside a script, whose every number a test must compute again.</summary>
/// <remarks>
/// Numbers are those with a decimal point and those of four digits or more. A number holds if one of the computed values, rounded to
/// the digits that the note prints, is that number. Fenced code is skipped, except blocks marked <c>text</c>, which show output.
/// </remarks>
public static partial class Note
{
    /// <summary>Fails for every number of the note that no computed value rounds to.</summary>
    public static void Check(string name, IEnumerable<double> computed)
    {
        var values = computed.Where(double.IsFinite).ToArray();
        var text = SkippedCode().Replace(Text(name), "");
        var numbers = Numbers().Matches(text.Replace('−', '-')).Select(m => m.Value).Distinct().ToArray();
        Assert.NotEmpty(numbers);
        Assert.DoesNotContain(numbers, number => !values.Any(value => Rounds(value, number)));
    }

    /// <summary>Numbers among the arguments, arrays and tensors of them, however nested.</summary>
    public static IEnumerable<double> Values(params object?[] items) => items.SelectMany(item => item switch
    {
        double number => [number],
        int number => [(double)number],
        long number => [(double)number],
        Tensor { IsZero: true } => [],
        Tensor tensor => tensor.ToArray(),
        System.Collections.IEnumerable many and not string => Values([.. many.Cast<object?>()]),
        null or string => [],
        LinearParameters p => Values(p.Weight, p.Bias),
        _ => throw new ArgumentException($"no numbers in a {item.GetType().Name}", nameof(items)),
    });

    /// <summary>A note as it stands.</summary>
    public static string Text(string name) => File.ReadAllText(Path.Combine(Scripts, name));

    /// <summary>A table that the scripts bring along, which a note may speak of.</summary>
    public static Table Table(string name) => Llm.Table.Read(Path.Combine(Scripts, "data", name)).OrFail();

    /// <summary>The lines of a text that the scripts bring along.</summary>
    public static string[] Lines(string name) => File.ReadAllLines(Path.Combine(Scripts, "data", name));

    static bool Rounds(double value, string number)
    {
        var stated = double.Parse(number.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        var mantissa = number.Split('e', 'E')[0];
        var decimals = mantissa.Contains('.', StringComparison.Ordinal) ? mantissa.Length - mantissa.IndexOf('.', StringComparison.Ordinal) - 1 : 0;
        var exponent = number.Contains('e', StringComparison.OrdinalIgnoreCase) ? int.Parse(number.Split('e', 'E')[1], CultureInfo.InvariantCulture) : 0;
        var unit = Math.Pow(10, exponent - decimals);
        // The sign of a number may stand apart from it, as in "w − 0.5".
        return Math.Abs(Math.Abs(value) - Math.Abs(stated)) <= unit * 0.500001;
    }

    static string Scripts
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Functional.Llm.sln")))
                folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests do not run inside the project.");
            return Path.Combine(folder.FullName, "scripts");
        }
    }

    [GeneratedRegex(@"(?<![\w.])\d{1,3}(,\d{3})+(\.\d+)?|(?<![\w.,])(\d+\.\d+|\d{4,}|\.\d+)(e[+-]?\d+)?(?![\w]|\.\d)", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"```(?!text).*?```|`[^`]*`|\]\([^)]*\)|\(\w+[^()]* \d{4}\)", RegexOptions.Singleline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex SkippedCode();
}
