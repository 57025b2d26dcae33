using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>scripts/single-input-network.csx, run as a process.</summary>
public class SingleInputNetworkScriptTests(SystemScripts scripts) : IClassFixture<SystemScripts>
{
    const string Square = "x,y\n-2,4\n-1.5,2.25\n-1,1\n-0.5,0.25\n0,0\n0.5,0.25\n1,1\n1.5,2.25\n2,4\n";

    [Fact]
    public void A_non_linearity_takes_away_most_of_the_error()
    {
        var result = scripts.Json("single-input-network");
        Assert.Equal(0.622, result.GetProperty("line_rmse").GetDouble(), 5e-4);
        Assert.Equal(0.085, result.GetProperty("rmse").GetDouble(), 5e-4);
        Assert.Equal((0.1734, 0.2852), (Math.Round(result.GetProperty("slope").GetDouble(), 4), Math.Round(result.GetProperty("intercept").GetDouble(), 4)));
        Assert.Equal(3, result.GetProperty("dead_units").GetInt32());
    }

    [Fact]
    public void Without_an_activation_two_layers_are_one_line()
    {
        var result = scripts.Json("single-input-network", "--activation", "none", "--steps", "1000", "--data", scripts.Write("square.csv", Square));
        Assert.Equal(0, result.GetProperty("slope").GetDouble(), 1e-4);
        Assert.Equal(15.0 / 9, result.GetProperty("intercept").GetDouble(), 1e-4);
        Assert.Equal(result.GetProperty("line_rmse").GetDouble(), result.GetProperty("rmse").GetDouble());
    }

    [Theory]
    [InlineData("leaky-relu")]
    [InlineData("tanh")]
    [InlineData("gelu")]
    public void Other_activations_bend_too(string activation)
    {
        var result = scripts.Json("single-input-network", "--activation", activation, "--steps", "2000", "--data", scripts.Write("square.csv", Square));
        Assert.InRange(result.GetProperty("rmse").GetDouble(), 0, 0.3);
        Assert.Equal(activation.Replace('-', '_'), result.GetProperty("activation").GetString());
    }

    [Fact]
    public void The_first_and_the_last_column_of_numbers_are_x_and_y_where_nobody_says()
    {
        var file = scripts.Write("named.csv", "car,speed,dist\na,4,2\nb,7,4\nc,9,16\n");
        Assert.Contains("in dist (root mean squared error)", scripts.Run("single-input-network", "--steps", "10", "--data", file).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x,y\n1,2\n1,3\n", ":3:1: '1' in column 'x'; expected two different numbers")]
    [InlineData("x,y\n1,2\n3,1e39\n", ":3:3: '1e39' in column 'y'; expected a number of at most 1e18")]
    [InlineData("x,y\n1,2\n3,\n", ":3:3: the missing value '' in column 'y'")]
    public void A_table_without_a_curve_is_told_at_its_place(string text, string error)
    {
        var file = scripts.Write("t.csv", text);
        var run = scripts.Run("single-input-network", "--data", file);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith(file + error, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Divergence_is_told_in_one_line_and_draws_nothing()
    {
        var run = scripts.Run("single-input-network", "--rate", "50", "--out", scripts["diverged"]);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("training diverges", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n'));
        Assert.False(Directory.Exists(scripts["diverged"]));
    }

    [Fact]
    public void Columns_that_are_the_same_are_wrong_usage() =>
        Assert.Equal(2, scripts.Run("single-input-network", "--data", scripts.Write("square.csv", Square), "--feature", "x", "--target", "x").ExitCode);
}
