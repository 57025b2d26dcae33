using LanguageExt;
using LanguageExt.Common;
using Spectre.Console;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>A script's streams and its exit code.</summary>
public sealed class ScriptTests
{
    static readonly (int Updates, double Loss, string Note)[] Rows = [(0, 0.693147, "start"), (10_000, 0.008879, "[end]")];

    static object? Report(EveryKind o)
    {
        o.Print("a line");
        o.Table(Rows, ("updates", r => $"{r.Updates:N0}"), ("loss", r => $"{r.Loss:F6}"), ("note", r => r.Note));
        return new { o.Rate, Loss = double.NaN };
    }

    const string Reported = """
        a line
        ╭─────────┬──────────┬───────╮
        │ updates │     loss │ note  │
        ├─────────┼──────────┼───────┤
        │       0 │ 0.693147 │ start │
        │  10,000 │ 0.008879 │ [end] │
        ╰─────────┴──────────┴───────╯

        """;

    [Fact]
    public void The_report_goes_to_standard_output() => Assert.Equal(new(0, Reported, ""), ScriptRun.Of("", Report));

    [Fact]
    public void With_json_standard_output_is_one_line_and_the_report_goes_to_standard_error() =>
        Assert.Equal(new(0, """{"rate":0.1,"loss":null}""" + "\n", Reported), ScriptRun.Of("--json", Report));

    [Fact]
    public void A_known_failure_is_one_line_and_exit_code_1()
    {
        Assert.Equal(new(1, "", "f:1:1: bad␊ news\n"), ScriptRun.Of("--json", _ => throw new FunctionalLlmException("f:1:1: bad\n news")));
        Assert.Equal(new(1, "", "disk full\n"), ScriptRun.Of("", _ => throw new IOException("disk full")));
        Assert.Equal(new(1, "", "not yours\n"), ScriptRun.Of("", _ => throw new UnauthorizedAccessException("not yours")));
        Assert.Equal(new(1, "", "bad\n"), ScriptRun.Of("", _ => Prelude.Left<Error, int>(Error.New("bad")).OrFail()));
        Assert.Equal(new(0, "7\n", ""), ScriptRun.Of("--json", _ => Prelude.Right<Error, int>(7).OrFail()));
    }

    [Fact]
    public void A_body_may_find_the_usage_wrong() =>
        Assert.Equal(new(2, "", "--raw takes no --l2\ndotnet script scripts/sat.csx -- --help shows the options\n"), ScriptRun.Of("--raw", _ => throw new UsageException("--raw takes no --l2")));

    [Fact]
    public void A_defect_shows_where_it_happened()
    {
        var run = ScriptRun.Of("", _ => throw new InvalidOperationException("oops"));
        Assert.Equal((1, ""), (run.Code, run.Out));
        Assert.StartsWith("a defect of the program, not of its input: System.InvalidOperationException: oops\n   at ", run.Error, StringComparison.Ordinal);
        Assert.Contains("ScriptTests.cs:line ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_table_is_one_line_exit_code_1_and_nothing_written()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("bad.csv", "a,b\n1,x\n");
        var run = ScriptRun.Of<EveryKind>(["--data", data, "--out", folder["out"]], o =>
        {
            var numbers = Table.Read(o.Data!).OrFail().Numbers(["b"], o.Missing).OrFail();
            o.Save("picture.svg", $"{numbers.Rows}");
            return null;
        });
        Assert.Equal((1, ""), (run.Code, run.Out));
        Assert.Matches($@"\A{data}:2:3: 'x' in column 'b'; expected a number; [^\n]+\n\z", run.Error);
        Assert.Equal(data, Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path)));
    }

    [Fact]
    public void Pictures_are_written_only_where_a_folder_is_given()
    {
        using var folder = new TemporaryFolder();
        var chart = Chart.Titled("one").WithX("x").WithY("y").Line("", new[] { 1, 2 }, new[] { 3, 4 });
        object? Draw(EveryKind o)
        {
            o.Save("one.svg", chart);
            o.Save("two.svg", Chart.Grid(2, Enumerable.Repeat(chart, 2)));
            return null;
        }

        Assert.Equal(new(0, "", ""), ScriptRun.Of("", Draw));
        var (one, two) = (Path.Combine(folder["out"], "one.svg"), Path.Combine(folder["out"], "two.svg"));
        Assert.Equal(new(0, $"wrote {one}\nwrote {two}\n", ""), ScriptRun.Of<EveryKind>(["--out", folder["out"]], Draw));
        Assert.Equal(chart.ToSvg(), File.ReadAllText(one));
        Assert.Equal(Chart.Grid(2, chart, chart).ToSvg(), File.ReadAllText(two));
    }

    [Fact]
    public void Files_are_written_only_where_a_folder_is_given()
    {
        using var folder = new TemporaryFolder();
        static object? Draw(EveryKind o)
        {
            o.Save("sub/picture.svg", "<svg>ž</svg>");
            return new { };
        }

        var path = Path.Combine(folder["out"], "sub/picture.svg");
        Assert.Equal(new(0, "", ""), ScriptRun.Of("", Draw));
        Assert.Equal(new(0, $"wrote {path}\n", ""), ScriptRun.Of<EveryKind>(["--out", folder["out"]], Draw));
        Assert.Equal("<svg>ž</svg>", File.ReadAllText(path));
        Assert.Equal(new(0, "{}\n", $"wrote {path}\n"), ScriptRun.Of<EveryKind>(["--out", folder["out"], "--json"], Draw));
        Assert.Single(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!));
        var blocked = ScriptRun.Of<EveryKind>(["--out", path], Draw);
        Assert.Equal(1, blocked.Code);
        Assert.Matches(@"\A[^\n]*picture\.svg[^\n]*\n\z", blocked.Error);
    }

    [Fact]
    public void Colours_are_off_and_lines_are_wide_where_nobody_watches()
    {
        var run = ScriptRun.Of("", o =>
        {
            o.Console.MarkupLine($"[red]{new string('x', 150)}[/]");
            o.Table([0], Enumerable.Range(0, 12).Select(i => ($"column {i}", (Func<int, string>)(_ => "1.234567"))).ToArray());
            return null;
        });
        Assert.StartsWith(new string('x', 150) + "\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("│ column 11 │\n", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", run.Out, StringComparison.Ordinal);
    }
}
