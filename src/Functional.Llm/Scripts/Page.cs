using System.Globalization;
using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>A page of expressions, each beside its value: what is printed is the very code that ran.</summary>
/// <param name="options">Where to print.</param>
public sealed class Page(ScriptOptions options)
{
    const int CodeWidth = 66, ValueWidth = 80;

    readonly ImmutableArray<PageLine>.Builder lines = ImmutableArray.CreateBuilder<PageLine>();
    string section = "";

    /// <summary>What was printed so far, as a result for <c>--json</c>.</summary>
    public ImmutableArray<PageLine> Lines => lines.ToImmutable();

    /// <summary>Begins a section.</summary>
    public void Section(string title) => options.Print($"{(lines.Count > 0 ? "\n" : "")}{section = title}");

    /// <summary>Prints an expression and its value, side by side where they fit, and returns the value.</summary>
    public T Show<T>(T value, [CallerArgumentExpression(nameof(value))] string code = "")
    {
        Print(code, Written(value));
        return value;
    }

    /// <summary>Prints an expression that the library refuses, and what it says.</summary>
    /// <exception cref="InvalidOperationException">The expression has a value.</exception>
    public void ShowRefused<T>(Func<T> expression, [CallerArgumentExpression(nameof(expression))] string code = "")
    {
        ArgumentNullException.ThrowIfNull(expression);
        try
        {
            throw new InvalidOperationException($"{code} is not refused: it is {Written(expression())}.");
        }
        catch (FunctionalLlmException e)
        {
            Print(code.Replace("() => ", "", StringComparison.Ordinal), e.Message);
        }
    }

    void Print(string code, string value)
    {
        lines.Add(new(section, code, value));
        options.Print(value.Contains('\n', StringComparison.Ordinal) || code.Length > CodeWidth || value.Length > ValueWidth
            ? $"  {code}\n{string.Join('\n', value.Split('\n').Select(line => line.Length == 0 ? "" : $"      {line}"))}"
            : $"  {code.PadRight(CodeWidth)}  {value}");
    }

    static string Written(object? value) => value switch
    {
        ITuple tuple => $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Written(tuple[i])))})",
        ImmutableArray<int> numbers => $"[{string.Join(", ", numbers)}]",
        bool truth => truth ? "true" : "false",
        double number => number.ToString("0.####", CultureInfo.InvariantCulture),
        _ => $"{value}",
    };
}

/// <summary>A line of a page.</summary>
/// <param name="Section">The section that it stands in.</param>
/// <param name="Expression">The code that ran.</param>
/// <param name="Value">What came of it, as printed.</param>
public sealed record PageLine(string Section, string Expression, string Value);
