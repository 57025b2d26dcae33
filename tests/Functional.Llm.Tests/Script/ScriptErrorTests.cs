using System.Text.RegularExpressions;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Mistakes are told where they were made.</summary>
public sealed class ScriptErrorTests : IDisposable
{
    readonly ScriptFolder scripts = new();

    public void Dispose() => scripts.Dispose();

    [Fact]
    public void Compile_errors_and_warnings_carry_the_place_in_their_own_file()
    {
        var loaded = scripts.Write("loaded.csx", "int unused() { int never; return 1; }\n\n  int y = false;\n");
        var result = scripts.Run("#load \"loaded.csx\"\nWriteLine(\"never\");\nvar z = Missing;\n");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Equal(
            [
                $"{loaded}(1,20): warning CS0168: The variable 'never' is declared but never used",
                $"{loaded}(3,11): error CS0029: Cannot implicitly convert type 'bool' to 'int'",
                $"{scripts["main.csx"]}(3,9): error CS0103: The name 'Missing' does not exist in the current context",
            ],
            result.Error.Split(Environment.NewLine).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_script_with_warnings_runs_and_shows_them_on_standard_error()
    {
        var result = scripts.Run("#nullable enable\nstring s = null;\nWrite(1);");
        Assert.Equal((0, "1"), (result.ExitCode, result.Output));
        Assert.StartsWith($"{scripts["main.csx"]}(2,12): warning CS8625: ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#r \"none.dll\"", "CS0006")]
    [InlineData("#load \"none.csx\"", "CS1504")]
    public void A_missing_file_is_told_where_it_was_named(string directive, string code)
    {
        var result = scripts.Run($"\n{directive}\nreturn 3;");
        Assert.Equal(1, result.ExitCode);
        Assert.Matches($@"^{Regex.Escape(scripts["main.csx"])}\(2,\d\): error {code}: .*none\.", result.Error);
    }

    [Theory]
    [InlineData("r")]
    [InlineData("load")]
    public void A_package_is_refused_with_one_error_that_says_what_to_do(string directive)
    {
        var result = scripts.Run($"#{directive} \"nuget: Newtonsoft.Json, 13.0.3\"\nusing Newtonsoft.Json;\nWrite(new JsonSerializer());");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Matches($@"^{Regex.Escape(scripts["main.csx"])}\(1,\d\): error CS\d+: A script cannot download packages\. Add ", result.Error);
        Assert.DoesNotContain('\n', result.Error);
    }

    [Fact]
    public void A_package_named_in_a_comment_is_no_error() =>
        Assert.Equal(new(0, "1", ""), scripts.Run("/*\n#r \"nuget: Newtonsoft.Json, 13.0.3\"\n*/\n// #load \"none.csx\"\nWrite(1);"));

    [Fact]
    public void An_exception_is_told_with_the_lines_of_the_script_also_when_cached()
    {
        var loaded = scripts.Write("loaded.csx", "void Fail(int n) =>\n    throw new InvalidOperationException($\"no {n}\");");
        for (var run = 0; run < 2; run++)
        {
            var result = scripts.Run("#load \"loaded.csx\"\nWriteLine(\"before\");\nawait Task.Yield();\n\nFail(7);\nreturn 5;");
            Assert.Equal((1, "before"), (result.ExitCode, result.Output));
            var lines = result.Error.Split(Environment.NewLine);
            Assert.Equal("System.InvalidOperationException: no 7", lines[0]);
            Assert.EndsWith($"{loaded}:2", lines[1], StringComparison.Ordinal);
            Assert.EndsWith($"{scripts["main.csx"]}:5", lines[2], StringComparison.Ordinal);
            Assert.Equal(3, lines.Length);
        }
    }

    [Theory]
    [InlineData("new System.Threading.Thread(() => throw new(\"oh\")).Start();\nawait Task.Delay(60_000);", "Exception: oh", 1)]
    [InlineData("Task.Run(() => throw new FormatException(\"oh\")).Wait();", "AggregateException: One or more errors occurred. (oh)", 1)]
    [InlineData("await Task.Delay(1, new System.Threading.CancellationToken(true));", "Threading.Tasks.TaskCanceledException: ", 1)]
    [InlineData("\nreturn int.Parse(\"x\");", "FormatException: The input string 'x' was not in a correct format.", 2)]
    public void An_exception_of_any_thread_or_task_ends_the_script_with_code_1(string text, string message, int line)
    {
        var result = scripts.Run(text);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("System." + message, result.Error, StringComparison.Ordinal);
        Assert.Contains($"{scripts["main.csx"]}:{line}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_usage_is_told_with_code_2()
    {
        const string Usage = "Usage: dotnet script FILE.csx [--] [ARGUMENTS]; more with dotnet script --help";
        void Check(string what, params string[] args) => Assert.Equal(
            new(2, "", $"dotnet script: {what}{Environment.NewLine}{Usage}"),
            ScriptFolder.Finish(scripts.Start("dotnet", [ScriptFolder.Host, .. args])));
        Check("no script file was given");
        Check($"no such file: {scripts["none.csx"]}", scripts["none.csx"]);
        Check($"no such file: {Path.GetTempPath()}", Path.GetTempPath());
        Check("unknown option --nope; options for the script stand after its file", "--nope", "main.csx");
    }
}
