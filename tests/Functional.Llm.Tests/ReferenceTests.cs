using Xunit;

namespace Functional.Llm.Tests;

public sealed class ReferenceTests
{
    const string Unset = "FUNCTIONAL_LLM_NO_SUCH_VARIABLE";

    [Fact]
    public void A_test_is_skipped_with_a_reason_where_its_files_are_not()
    {
        Assert.Equal($"{Unset} is not set: it names the folder of the files that this test reads.", TestFiles.Missing(Unset, ["a.json"]));
        Assert.Null(TestFiles.Missing("PATH", []));
        Assert.Equal("no/such.json is not in the folder that PATH names.", TestFiles.Missing("PATH", ["no/such.json"]));
        Assert.Contains("no/such.json", Assert.Throws<FileNotFoundException>(() => TestFiles.Path("PATH", "no/such.json")).Message, StringComparison.Ordinal);
        Assert.NotNull(new ReferenceFactAttribute("no/such.json").Skip);
        Assert.NotNull(new DataFactAttribute("no/such.csv").Skip);
    }

    [ReferenceFact("torch-cpu-rng.json", "bpe-training")]
    public void Reference_files_are_found_and_read() =>
        Assert.Equal(4, Reference.Json("torch-cpu-rng.json").GetProperty("seeds").GetArrayLength());

    [DataFact("tabular/cars.csv")]
    public void Data_files_are_found() => Assert.StartsWith("rownames,speed,dist", File.ReadAllText(Data.Path("tabular/cars.csv")), StringComparison.Ordinal);
}
