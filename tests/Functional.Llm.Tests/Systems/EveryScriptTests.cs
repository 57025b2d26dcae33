using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>What holds for every script.</summary>
public partial class EveryScriptTests(SystemScripts scripts) : IClassFixture<SystemScripts>
{
    public static TheoryData<string> Names => [.. SystemScripts.Names];

    static readonly string License = Path.Combine(ScriptFolder.Repository, "LICENSE");

    /// <summary>A script that would take long is tested with less: fewer updates, a smaller model, a shorter text.</summary>
    static string[] Budget(string name) => name switch
    {
        "attention" => ["--steps", "3"],
        "compress" => ["--file", License, "--steps", "6", "--student-steps", "4", "--context", "16", "--width", "32", "--depth", "2"],
        "embeddings" => ["--text", EmbeddingsScriptTests.Text, "--epochs", "1", "--dimension", "32"],
        "evaluate" => ["--preset", "nano", "--ids-file", Path.Combine(ScriptFolder.Repository, "scripts", "data", "ids.json")],
        "generate" => ["--preset", "nano", "--ids", "1,2,3", "--count", "5"],
        "names" => ["--file", Path.Combine(ScriptFolder.Repository, "scripts", "data", "names.txt"), "--steps", "60"],
        "pretrain" => ["--file", License, "--steps", "6", "--context", "16", "--width", "32", "--depth", "2"],
        "tokenize" or "tokenizer" => ["--file", Path.Combine(ScriptFolder.Repository, "README.md")],
        "transformer" => ["--file", License, "--steps", "2"],
        _ => [],
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_script_prints_one_object_draws_well_formed_pictures_and_does_the_same_with_the_same_seed(string name)
    {
        var (folder, again) = (scripts[$"{name}-pictures"], scripts[$"{name}-pictures-again"]);
        var first = scripts.Run(name, [.. Budget(name), "--seed", "7", "--json", "--out", folder]);
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.DoesNotContain('\n', first.Output);
        Assert.DoesNotContain("NaN", first.Output + first.Error, StringComparison.Ordinal);
        var result = JsonDocument.Parse(first.Output).RootElement;
        Assert.Equal(JsonValueKind.Object, result.ValueKind);
        Assert.All(result.EnumerateObject(), pair => Assert.Matches("^[a-z][a-z0-9_]*$", pair.Name));
        Assert.NotEmpty(Directory.GetFiles(folder));
        Assert.All(Directory.GetFiles(folder, "*.html"), page => Assert.Equal("html", XDocument.Parse(File.ReadAllText(page)).Root!.Name.LocalName));
        Assert.All(Directory.GetFiles(folder, "*.svg"), picture => Assert.Equal("svg", XDocument.Load(picture).Root!.Name.LocalName));

        var second = scripts.Run(name, [.. Budget(name), "--seed", "7", "--json", "--out", again]);
        Assert.Equal((Pace().Replace(first.Output, ""), Pace().Replace(first.Error, "")), (Pace().Replace(second.Output, ""), Pace().Replace(second.Error.Replace(again, folder, StringComparison.Ordinal), "")));
        Assert.All(Directory.GetFiles(folder, "*.svg"), picture => Assert.Equal(File.ReadAllText(picture), File.ReadAllText(Path.Combine(again, Path.GetFileName(picture)))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Help_shows_the_options_and_an_example(string name)
    {
        var help = SystemScripts.Once(name, "--help");
        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        foreach (var word in new[] { "--seed", "--out", "--json", $"dotnet script scripts/{name}.csx" })
            Assert.Contains(word, help.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mistyped_option_is_told_with_the_nearest_known_one(string name)
    {
        var wrong = scripts.Run(name, "--sead", "1");
        Assert.Equal((2, ""), (wrong.ExitCode, wrong.Output));
        Assert.Contains("'--sead'", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("--seed", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(2, scripts.Run(name, "--seed", "many").ExitCode);
    }

    [Fact]
    public void Tables_are_found_beside_the_script_from_every_folder_also_when_it_was_compiled_before()
    {
        var here = scripts.Run("linear-regression");
        scripts.WorkingDirectory = Path.GetTempPath();
        Assert.Equal(here, scripts.Run("linear-regression"));
        Assert.Equal(0, here.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Bad_data_is_one_line_and_leaves_nothing_behind(string name)
    {
        if (!SystemScripts.Once(name, "--help").Output.Contains("--data FILE", StringComparison.Ordinal))
            return;
        var folder = scripts[$"{name}-nothing"];
        var ragged = scripts.Write("ragged.csv", "a,b\n1,2\n3\n");
        foreach (var (file, expected) in new[]
        {
            (scripts["absent.csv"], "absent.csv"),
            (scripts.Write("empty.csv", ""), "empty.csv:1:1"),
            (ragged, "ragged.csv:3:"),
            (scripts.Write("binary.csv", "a,b\n\0\0,1\n"), "binary.csv:2:"),
        })
        {
            var wrong = scripts.Run(name, "--data", file, "--out", folder);
            Assert.Equal((1, ""), (wrong.ExitCode, wrong.Output));
            Assert.Contains(expected, wrong.Error, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', wrong.Error);
            Assert.False(Directory.Exists(folder));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_script_has_a_note_with_equations_and_exercises_and_is_short(string name)
    {
        var scriptsFolder = Path.Combine(ScriptFolder.Repository, "scripts");
        var note = File.ReadAllText(Path.Combine(scriptsFolder, $"{name}.md"));
        Assert.Contains("## Exercises", note, StringComparison.Ordinal);
        Assert.Contains("$$", note, StringComparison.Ordinal);
        Assert.Contains($"dotnet script scripts/{name}.csx", note, StringComparison.Ordinal);
        Assert.All(Links().Matches(note).Select(link => link.Groups[1].Value), link => Assert.True(File.Exists(Path.Combine(scriptsFolder, link)), link));
        // The story comes first; below it stand the options, the pictures and the words. That of the tensors is a list of expressions.
        var lines = File.ReadAllLines(Path.Combine(scriptsFolder, $"{name}.csx"));
        Assert.InRange(System.Array.FindIndex(lines, line => line.StartsWith("record Options : ", StringComparison.Ordinal)), 10, name == "tensors" ? 90 : 60);
        Assert.InRange(lines.Length, 10, 120);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 150));
        Assert.Contains($"`dotnet script scripts/{name}.csx", File.ReadAllText(Path.Combine(ScriptFolder.Repository, "README.md")), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\]\((?!http)([^)#]+)\)", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Links();

    /// <summary>What no seed can repeat.</summary>
    [GeneratedRegex(@"\s+[\d,]+ tokens/s|""(?:seconds|tokens_per_second)"":[^,}]+", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Pace();
}
