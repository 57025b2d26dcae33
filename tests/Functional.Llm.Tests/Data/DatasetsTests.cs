using System.Text.RegularExpressions;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>The table of known data sets.</summary>
public sealed class DatasetsTests
{
    static IEnumerable<DatasetFile> Files => Datasets.All.SelectMany(dataset => dataset.Files);

    [Fact]
    public void Every_entry_is_complete_and_names_are_unique()
    {
        Assert.All(Datasets.All, dataset => Assert.True(dataset is { Title.Length: > 0, Licence.Length: > 0, Files.Length: > 0 }, dataset.Name));
        Assert.All(Files, file => Assert.Matches("^[0-9a-f]{64}$", file.Sha256));
        Assert.All(Files, file => Assert.InRange(file.Bytes, 1, 1 << 30));
        Assert.All(Files, file => Assert.True(file.Address is null or { IsAbsoluteUri: true, Scheme: "https" }, file.Path));
        Assert.Distinct(Datasets.All.Select(dataset => dataset.Name));
        Assert.Distinct(Files.Select(file => file.Path));
        Assert.Distinct(Files.Select(file => file.Address).OfType<Uri>());
    }

    [Fact]
    public void Data_sets_are_found_by_name()
    {
        string[] promised = ["tinyshakespeare", "the-verdict", "names", "wikitext-2", "sms-spam", "instruction-data", "auto-mpg", "california-housing", "gpt2-vocabulary", "novels", "stories260K"];
        Assert.All(promised, name => Assert.Equal(name, Datasets.Find(name).OrFail().Name));
        Assert.Equal(["text/wikitext-2/valid.txt", "text/wikitext-2/test.txt"], Datasets.Find("wikitext-2").OrFail().Files.Select(file => file.Path));
        Assert.Equal("vocab.bpe", Datasets.Find("gpt2-vocabulary").OrFail().Files[1].Name);
    }

    [Fact]
    public void Texts_are_told_from_other_data() => Assert.Equal(
        ["tinyshakespeare", "the-verdict", "names", "wikitext-2", "novels", "taylorswift", "tinystories-sample"],
        Datasets.All.Where(dataset => dataset.IsText).Select(dataset => dataset.Name));

    [Theory]
    [InlineData("tinyshakespear", "'tinyshakespear' is no known data set; did you mean 'tinyshakespeare'? expected one of tinyshakespeare, the-verdict, ")]
    [InlineData("stories260k", "'stories260k' is no known data set; did you mean 'stories260K'? expected one of ")]
    [InlineData("x\n", "'x␊' is no known data set; expected one of ")]
    public void An_unknown_name_is_answered_by_the_known_ones(string name, string expected)
    {
        var message = Datasets.Find(name).Match(_ => "found", error => error.Message);
        Assert.StartsWith(expected, message, StringComparison.Ordinal);
        Assert.EndsWith(", llama2-tokenizer", message, StringComparison.Ordinal);
    }

    [DataFact("README.md")]
    public void Sums_are_those_of_the_files_and_no_file_is_left_out()
    {
        var listed = Regex.Matches(File.ReadAllText(Data.Path("README.md")), @"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", RegexOptions.Multiline, TimeSpan.FromSeconds(10));
        Assert.Equal(
            listed.Select(row => (row.Groups[1].Value, row.Groups[2].Value)).Order(),
            Files.Select(file => (file.Path, file.Sha256)).Order());
        Assert.All(Files, file => Assert.Null(file.FaultOf(Data.Path(file.Path))));
    }
}
