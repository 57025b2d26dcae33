using System.Text.RegularExpressions;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Rules of the house that a search can keep: each with its reason, an example of what it forbids, and the files that may.</summary>
public sealed class SourceRules
{
    /// <summary>Where numbers are Real: there, precision changes only where it is written.</summary>
    static readonly string[] Numeric = ["Numerics", "Calculus", "Layers", "Models", "Training", "Inference"];

    /// <summary>A file that begins so reproduces single-precision numbers to the bit, in both builds: the rules of precision do not hold there.</summary>
    const string Emulation = "// float: emulates PyTorch's float32";

    /// <summary>Something that numeric code must not say.</summary>
    /// <param name="Forbidden">A pattern in code; comments and quoted text are not searched.</param>
    /// <param name="Why">What to write instead, and why.</param>
    /// <param name="Bad">Code that the pattern finds.</param>
    /// <param name="Good">Similar code that it does not.</param>
    /// <param name="Exempt">File names with the reason why they may.</param>
    sealed record Rule(string Forbidden, string Why, string[] Bad, string[] Good, Dictionary<string, string> Exempt)
    {
        public Regex Pattern { get; } = new(Forbidden, RegexOptions.Multiline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
    }

    static readonly Dictionary<string, Rule> Rules = new(StringComparer.Ordinal)
    {
        ["no float literals"] = new(@"(?<![\w.])\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?[fF]\b",
            "Write (Real)0.5, or a whole number: a suffix fixes the precision.",
            ["x * 0.5f", "1F", "1e-5f"], ["0x1F", "(Real)0.5", "a1f"], []),
        ["no MathF"] = new(@"\bMathF\b",
            "Write Real.Exp and so on: MathF fixes the precision.",
            ["MathF.Exp(x)"], ["Real.Exp(x)"], []),
        ["no float"] = new(@"\bfloat\b|\bSingle\b",
            "Write Real: float is one of its two meanings.",
            ["float x = 0;", "Span<float>"], ["Real x = 0;", "floats"],
            new() { ["Real.cs"] = "declares the alias", ["BFloat16.cs"] = "takes halves of single-precision numbers" }),
        // double may come in as a hyper-parameter and go out as a measurement: in signatures, fields, constants and casts. In between, in locals,
        // spans and calls, it would silently be another precision than Real in one build and the same in the other.
        ["no double-precision work"] = new(@"^\s+double \w+\s*[=;]|Span<double>|(?:new|stackalloc) double\[|\w<(?:\w+, )?double>\(|\bdouble\.(?!Is)[A-Z]\w*\(",
            "Compute in Real; take double only in signatures, fields, constants and casts.",
            ["    double sum = 0;", "Span<double> wide = stackalloc double[4];", "double.Exp(x)"], ["public static double Norm(double x) => (double)x;", "    public double Rate { get; }", "double.IsNaN(rate)"],
            new()
            {
                ["Accumulation.cs"] = "weighs parts in double",
                ["Evaluation.cs"] = "adds the surprises of texts of any length",
                ["Kernels.Reduce.cs"] = "adds squares in double, since those of floats overflow",
                ["Kernels.Updates.cs"] = "adds squares in double, likewise",
                ["Tensor.Reductions.cs"] = "counts beyond the whole numbers that a float holds",
            }),
        ["no double-precision functions"] = new(@"\bMath\.(?:Exp|Log|Log2|Log10|Sqrt|Cbrt|Pow|Sin|Cos|Tan|Sinh|Cosh|Tanh|Asin|Acos|Atan|Atan2|ScaleB)\(",
            "Write Real.Sqrt and so on: Math computes in double, whatever Real is.",
            ["Math.Sqrt(x)"], ["Real.Sqrt(x)", "Math.Max(a, b)"],
            new()
            {
                ["SpecialFunctions.cs"] = "is double throughout; its callers round",
                ["DecimalDigits.cs"] = "takes a number's exact value apart",
                ["Tree.cs"] = "measures a norm in double",
                ["AdamW.cs"] = "corrects for its start once a tensor",
                ["Muon.cs"] = "stretches its step once a tensor",
                ["Schedule.cs"] = "computes a rate once a step",
                ["Gpt2.cs"] = "computes a deviation once a model",
                ["Llama.cs"] = "computes a deviation once a model",
                ["Losses.cs"] = "squares a norm that is double",
                ["Evaluation.cs"] = "measures, in double",
                ["Positions.cs"] = "computes angles, which a float would round by more than places differ",
                ["Init.cs"] = "computes a bound once a tensor",
                ["Key.Draws.cs"] = "makes normal numbers of 32-bit integers, which a float does not hold",
                ["Conditioning.cs"] = "measures, in double",
                ["Learner.cs"] = "measures a norm in double",
            }),
        ["no division of whole numbers in a formula"] = new(@"(?<!\((?:Real|double)\))(?<![\w.])\d+ / (?:\d+\b(?![.eE])|(?:\w+\.)*(?:Length|Count|Size|Rank)\b(?!\())",
            "Write (Real)1 / n: 1 / n of whole numbers is 0.",
            ["1 / x.Length", "x * 1 / 2", "2 / Size;"], ["1 / 2.0", "(Real)1 / n.Length", "rows / 2", "1 / Math.Sqrt(n)", "1.5 / 2"], []),
        ["no functions that lose bits"] = new(@"\b(?:LogP1|Log2P1|Log10P1|ExpM1)\b|TensorPrimitives\.(?:Exp|ExpM1|Pow|LogP1|Log|Sin|Cos|Tan|Tanh|Sinh|Cosh|Sigmoid|SoftMax)\b",
            "Use the functions of Elementary: LogP1(x) is Log(1 + x), the platform's vector tanh and e^x are wrong near 0, and the bits of the others, and of powers, depend on their place.",
            ["Real.LogP1(x)", "TensorPrimitives.Tanh(x, z)"], ["Elementary.LogOnePlus(x)", "TensorPrimitives.Add(x, y, z)"], []),
    };

    public static TheoryData<string> RuleNames => [.. Rules.Keys];

    [Theory, MemberData(nameof(RuleNames))]
    public void Numeric_sources_keep_the_rule(string name)
    {
        var rule = Rules[name];
        var found = CodeFile.Below("src/Functional.Llm")
            .Where(file => Numeric.Contains(file.Path.Split('/')[2]) && !rule.Exempt.ContainsKey(file.Name) && !file.Text.StartsWith(Emulation, StringComparison.Ordinal))
            .SelectMany(file => file.Find(rule.Pattern)).ToArray();
        Assert.True(found.Length == 0, $"{name}: {rule.Why}\n{string.Join('\n', found)}");
    }

    [Theory, MemberData(nameof(RuleNames))]
    public void A_rule_finds_what_it_forbids_and_nothing_else(string name)
    {
        Assert.All(Rules[name].Bad, bad => Assert.Matches(Rules[name].Pattern, bad));
        Assert.All(Rules[name].Good, good => Assert.DoesNotMatch(Rules[name].Pattern, good));
    }

    [Theory, MemberData(nameof(RuleNames))]
    public void No_file_is_exempt_that_need_not_be(string name)
    {
        var files = CodeFile.Below("src/Functional.Llm").Where(file => file.Find(Rules[name].Pattern).Any()).Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        Assert.All(Rules[name].Exempt.Keys, file => Assert.Contains(file, files));
    }

    [Fact]
    public void Sources_leave_nothing_for_later()
    {
        var later = new Regex(@"\b(?:TO" + @"DO|FIX" + @"ME|HA" + @"CK|XX" + @"X|NotImplemented" + @"Exception)\b", RegexOptions.None, TimeSpan.FromSeconds(10));
        Assert.Empty(CodeFile.Below("src", "tests", "scripts").Where(file => later.IsMatch(file.Text)).Select(file => file.Path));
    }

    /// <summary>The build sees it wherever analyzers run; what is compiled in double precision alone is seen here.</summary>
    [Fact]
    public void Namespaces_have_no_braces()
    {
        var braces = new Regex(@"^namespace [\w.]+\s*\{", RegexOptions.Multiline, TimeSpan.FromSeconds(10));
        Assert.Matches(braces, "namespace A.B\n{\n}");
        Assert.Empty(CodeFile.Below("src", "tests").Where(file => braces.IsMatch(file.Text)).Select(file => file.Path));
    }

    [Fact]
    public void A_file_has_one_idea_and_at_most_300_lines() =>
        Assert.Empty(CodeFile.Below("src", "tests", "scripts").Where(file => file.Lines > 300).Select(file => $"{file.Path}: {file.Lines} lines"));

    [Fact]
    public void Comments_and_quotes_are_no_code()
    {
        var file = new CodeFile("a.cs", "var x = \"1f // \\\"2f\"; // 3f\n/* 4f\n5f */ var c = '\"'; var y = @\"6f\"\"7f\"; var z = \"\"\"8f \"9f\" \"\"\";\nvar w = 1f;\n");
        Assert.Equal(["a.cs:4: 1f"], file.Find(Rules["no float literals"].Pattern));
    }
}
