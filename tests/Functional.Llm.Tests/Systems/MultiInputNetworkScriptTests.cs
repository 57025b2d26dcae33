using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>scripts/multi-input-network.csx, run as a process.</summary>
public class MultiInputNetworkScriptTests(SystemScripts scripts) : IClassFixture<SystemScripts>
{
    static readonly string Plane = "name,a,b,c\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"n{i},{i * 7 % 20},{i * 3 % 11},{2 * (i * 7 % 20) - i * 3 % 11 + 5}\n"));

    [Fact]
    public void The_network_is_better_than_the_linear_model_on_rows_held_out()
    {
        var result = scripts.Json("multi-input-network");
        Assert.Equal((81, 4), (Number(result, "network", "parameters"), Number(result, "linear", "parameters")));
        Assert.Equal((45, 11), (result.GetProperty("training_rows").GetInt32(), result.GetProperty("held_out_rows").GetInt32()));
        Assert.Equal((2.0, 3.3), (Math.Round(Number(result, "network", "rmse"), 1), Math.Round(Number(result, "linear", "rmse"), 1)));
        Assert.Equal(("mpg", 0.398), (result.GetProperty("target").GetString(), Math.Round(result.GetProperty("better_by").GetDouble(), 3)));
        Assert.Equal(["horsepower", "weight", "year"], Texts(result, "features"));
    }

    [Fact]
    public void A_plane_is_left_to_the_linear_model_and_text_is_left_out()
    {
        var result = scripts.Json("multi-input-network", "--data", scripts.Write("plane.csv", Plane), "--rate", "0.05");
        Assert.InRange(Number(result, "linear", "rmse"), 0, 1e-3);
        Assert.Equal(["name"], Texts(result, "left_out"));
        Assert.Equal(["a", "b"], Texts(result, "features"));
        Assert.Equal("c", result.GetProperty("target").GetString());
    }

    [DataFact("tabular/auto-mpg.data")]
    public void Auto_mpg_is_read_as_it_is()
    {
        string[] arguments = ["--data", Data.Path("tabular/auto-mpg.data"), "--missing", "drop", "--steps", "100"];
        var result = scripts.Json("multi-input-network", arguments);
        Assert.Equal(("mpg", 6), (result.GetProperty("target").GetString(), result.GetProperty("dropped").GetInt32()));
        Assert.StartsWith("Left out, because it measures nothing: name.\nLeft out, because a value is missing: 6 of 398 rows.", scripts.Run("multi-input-network", arguments).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b\n5,2\n1,2\n", ":3:3: '2' in column 'b'; expected two different numbers")]
    [InlineData("a,b\n5,2\n1,3\nsix,4\n", ":4:1: 'six' in column 'a'; expected a number")]
    [InlineData("a,b\n5,2\n1e39,3\n", ":3:1: '1e39' in column 'a'; expected a number of at most 1e18")]
    [InlineData("a,b\n5,2\n1,3\nNA,4\n", ":4:1: the missing value 'NA' in column 'a'")]
    [InlineData("a,b\n5,u\n1,v\n", ":1:1: no column of numbers beside 'b'")]
    public void A_table_that_cannot_be_learned_from_is_told_at_its_place(string text, string error)
    {
        var file = scripts.Write("t.csv", text);
        var run = scripts.Run("multi-input-network", "--data", file);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith(file + error, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--features", "a,a")]
    [InlineData("--features", "a,c", "--target", "c")]
    [InlineData("--test", "0")]
    public void Wrong_usage_ends_with_2(params string[] arguments) =>
        Assert.Equal(2, scripts.Run("multi-input-network", ["--data", scripts.Write("plane.csv", Plane), .. arguments]).ExitCode);

    [Fact]
    public void Divergence_is_told_in_one_line_and_draws_nothing()
    {
        var run = scripts.Run("multi-input-network", "--rate", "3", "--out", scripts["diverged"]);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("the linear model: training diverges", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scripts["diverged"]));
    }

    static double Number(JsonElement result, string model, string key) => result.GetProperty(model).GetProperty(key).GetDouble();

    static string[] Texts(JsonElement result, string key) => [.. result.GetProperty(key).EnumerateArray().Select(name => name.GetString()!)];
}
