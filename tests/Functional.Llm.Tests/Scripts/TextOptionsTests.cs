using Xunit;

namespace Functional.Llm.Tests;

/// <summary>A script's text: from one source, or the project's own.</summary>
public sealed class TextOptionsTests : IDisposable
{
    public sealed record Options : TextOptions;

    readonly TemporaryFolder folder = new();

    ScriptRun Run(params string[] arguments) => ScriptRun.Of<Options>(arguments, o => new { text = o.Read(folder.Path) });

    [Fact]
    public void The_text_comes_from_where_it_is_said_and_else_from_the_project()
    {
        folder.Write("note.md", "the project\n");
        Assert.Equal("{\"text\":\"the project\\n\"}\n", Run("--json").Out);
        Assert.Equal("{\"text\":\"literal\"}\n", Run("--json", "--text", "literal").Out);
        Assert.Equal("{\"text\":\"\"}\n", Run("--json", "--text", "").Out);
        Assert.Equal("{\"text\":\"from a file\"}\n", Run("--json", "--file", folder.Write("a.txt", "from a file")).Out);
    }

    [DataFact("text/names.txt", "text/wikitext-2")]
    public void A_known_text_comes_from_the_folder_of_data_sets()
    {
        Assert.StartsWith("emma\nolivia\n", new Options { Dataset = "names" }.Read(folder.Path), StringComparison.Ordinal);
        var parts = new Options { Dataset = "wikitext-2" }.Read(folder.Path);
        Assert.Equal(File.ReadAllText(Data.Path("text/wikitext-2/valid.txt")) + File.ReadAllText(Data.Path("text/wikitext-2/test.txt")), parts);
        Assert.Equal(0, Run("--dataset", "names", "--data-folder", Data.Path("")).Code);
    }

    [Theory]
    [InlineData("--text a --file b", "--file and --text are given together; expected one text, from one of them")]
    [InlineData("--text a --dataset names", "--dataset and --text are given together; expected one text, from one of them")]
    [InlineData("--text a --file b --dataset names", "--dataset and --file and --text are given together; expected one text, from one of them")]
    [InlineData("--dataset nmes", "--dataset: 'nmes' is no known data set; did you mean 'names'? expected one of tinyshakespeare, ")]
    [InlineData("--dataset stories260K", "--dataset: 'stories260K' is no text; expected one of tinyshakespeare, the-verdict, names, wikitext-2, novels, taylorswift, tinystories-sample")]
    public void Wrong_usage_is_told(string arguments, string expected)
    {
        var run = Run(arguments.Split(' '));
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.StartsWith(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_told_in_one_line()
    {
        var run = Run("--file", folder["absent.txt"]);
        Assert.Equal((1, ""), (run.Code, run.Out));
        Assert.StartsWith($"{folder["absent.txt"]}:1:1: no such file; expected a text file;", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Another_file_in_the_given_folder_is_told_in_one_line()
    {
        Directory.CreateDirectory(folder["text"]);
        folder.Write("text/names.txt", "emma\n");
        var run = Run("--dataset", "names", "--data-folder", folder.Path);
        Assert.Equal((1, ""), (run.Code, run.Out));
        Assert.StartsWith($"{Path.Combine(folder.Path, "text/names.txt")}: it has 5 bytes; expected 228,145, as names has it; put the right file from https://", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_says_what_each_option_means()
    {
        var help = Run("--help").Out;
        Assert.All(["--dataset NAME", "--data-folder FOLDER", "--file FILE", "--text TEXT", "FUNCTIONAL_LLM_DATA"], word => Assert.Contains(word, help, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, "names.txt ░░░░░░░░░░░░░░░░   0 % of 228,145 bytes")]
    [InlineData(114_073, "names.txt ████████░░░░░░░░  50 % of 228,145 bytes")]
    [InlineData(228_145, "names.txt ████████████████ 100 % of 228,145 bytes")]
    public void Progress_is_a_bar(long bytes, string expected)
    {
        Assert.Equal(expected, Fetching.Bar(Datasets.Find("names").OrFail().Files[0], bytes));
        Assert.All(Datasets.All.SelectMany(dataset => dataset.Files), file => Assert.InRange(Fetching.Bar(file, file.Bytes).Length, 1, 78));
    }

    public void Dispose() => folder.Dispose();
}
