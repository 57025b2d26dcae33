using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>scripts/linear-regression.csx, run as a process, against certified fits.</summary>
public sealed class LinearRegressionScriptTests(SystemScripts scripts) : IClassFixture<SystemScripts>
{
    // NIST's Norris, y before x: a calibration of ozone monitors.
    const string Norris = """
        y,x
        0.1,0.2
        338.8,337.4
        118.1,118.2
        888.0,884.6
        9.2,10.1
        228.1,226.5
        668.5,666.3
        998.5,996.3
        449.1,448.6
        778.9,777.0
        559.2,558.2
        0.3,0.4
        0.1,0.6
        778.1,775.5
        668.8,666.9
        339.3,338.0
        448.9,447.5
        10.8,11.6
        557.7,556.0
        228.3,228.1
        998.0,995.8
        888.8,887.6
        119.6,120.2
        0.3,0.3
        0.6,0.3
        557.6,556.8
        339.3,339.1
        888.0,887.2
        998.5,999.0
        778.9,779.0
        10.2,11.1
        117.6,118.3
        228.9,229.2
        668.4,669.1
        449.2,448.9
        0.2,0.5
        """;

    static readonly Certified Cars = new(-17.5790948905109, 3.93240875912409, 0.651079380758251, 15.3795867488199, 4, 25, 118);

    /// <summary>A fit that is known, and the ranges of the feature and the target.</summary>
    sealed record Certified(double Intercept, double Slope, double RSquared, double ResidualError, double Low, double High, double Range)
    {
        public void Check(JsonElement fit)
        {
            var (intercept, slope) = (fit.GetProperty("intercept").GetDouble(), fit.GetProperty("slope").GetDouble());
            Assert.Equal(Intercept, intercept, 1e-6 * Range);
            Assert.All([Low, High], x => Assert.Equal(Intercept + (Slope * x), intercept + (slope * x), 1e-6 * Range));
            Assert.Equal(RSquared, fit.GetProperty("r_squared").GetDouble(), 1e-9);
            Assert.Equal(ResidualError, fit.GetProperty("residual_error").GetDouble(), 1e-6 * Range);
        }
    }

    [Fact]
    public void The_carried_cars_have_the_known_line_and_the_quartet_one_line_four_times()
    {
        var result = Json();
        Cars.Check(result);
        Assert.Equal(200, result.GetProperty("updates").GetInt32());
        Assert.Equal(1 - Cars.RSquared, result.GetProperty("loss").GetDouble(), 1e-6);
        Assert.All(Quartet(result), group => Assert.Equal((0.500, 3.00, 0.816), group, Near));
    }

    [Fact]
    public void Norris_has_its_certified_line() =>
        new Certified(-0.262323073774029, 1.00211681802045, 0.999993745883712, 0.884796396144373, 0.2, 999, 998.4).Check(Json("--data", scripts.Write("norris.csv", Norris)));

    [DataFact("tabular/cars.csv")]
    public void The_cars_of_a_table_have_the_known_line_with_and_without_naming_their_columns()
    {
        Cars.Check(Json("--data", Data.Path("tabular/cars.csv"), "--feature", "speed", "--target", "dist"));
        Cars.Check(Json("--data", Data.Path("tabular/cars.csv")));
    }

    [DataFact("tabular/anscombe.csv")]
    public void The_quartet_of_a_table_is_fitted_group_by_group_and_drawn_in_one_picture()
    {
        var result = Json("--data", Data.Path("tabular/anscombe.csv"), "--by", "dataset", "--out", scripts["out"]);
        Assert.All(Quartet(result), group => Assert.Equal((0.500, 3.00, 0.816), group, Near));
        Assert.Equal(4, File.ReadAllText(scripts["out/linear-regression-groups.svg"]).Split("r = 0.81").Length - 1);
    }

    [Fact]
    public void A_person_reads_what_was_learned_in_the_units_of_the_data()
    {
        var run = Run();
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.EndsWith("One mph more of speed goes with 3.932 ft more of distance: distance ≈ 3.932 · speed − 17.58, give or take 15.4 ft.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Divergence_is_diagnosed_in_one_line_and_draws_nothing()
    {
        foreach (var rate in new[] { "3", "1.05", "1e30", "1e300" })
        {
            var run = Run("--rate", rate, "--json", "--out", scripts["none"]);
            Assert.Equal((1, ""), (run.ExitCode, run.Output));
            Assert.StartsWith("the line: training diverges: the loss was 1 before the first update, and after ", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("NaN", run.Error, StringComparison.Ordinal);
            Assert.Single(run.Error.Split('\n'));
            Assert.False(Directory.Exists(scripts["none"]));
        }
    }

    [Fact]
    public void What_is_not_at_its_end_is_not_called_the_best_line() =>
        Assert.Contains("Training is not at its end: w is 0.1614 and the best line's is 0.8069.", Run("--steps", "1").Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("x,y\n1,2\n2,two\n3,4\n", ":3:3: 'two' in column 'y'; expected a number")]
    [InlineData("x,y\n1,2\n2,\n3,4\n", ":3:3: the missing value '' in column 'y'; expected a number")]
    [InlineData("x,y\n5,2\n5,3\n", ":3:1: '5' in column 'x'; expected two different numbers")]
    [InlineData("x,y\n1,2\n2,1e39\n", ":3:3: '1e39' in column 'y'; expected a number of at most 1e18")]
    [InlineData("x\n5\n6\n", ":1:1: no column of numbers beside 'x'")]
    public void A_table_without_a_line_is_told_at_its_place(string text, string error)
    {
        var file = scripts.Write("t.csv", text);
        var run = Run("--data", file);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith(file + error, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_lack_a_value_can_be_dropped()
    {
        var result = Json("--missing", "drop", "--data", scripts.Write("t.csv", "x,y,of\n1,3,a\n2,,a\n3,7,a\n9,9,\n1,2,b\n2,2,b\n"), "--by", "of");
        Assert.Equal((4, 2), (result.GetProperty("rows").GetInt32(), result.GetProperty("dropped").GetInt32()));
        Assert.Equal([2.0, 0.0], result.GetProperty("groups").EnumerateArray().Select(g => Math.Round(g.GetProperty("slope").GetDouble(), 6)));
    }

    static bool Near((double Slope, double Intercept, double Correlation) a, (double Slope, double Intercept, double Correlation) b) =>
        Math.Abs(a.Slope - b.Slope) < 1e-3 && Math.Abs(a.Intercept - b.Intercept) < 1e-2 && Math.Abs(a.Correlation - b.Correlation) < 1e-3;

    static (double, double, double)[] Quartet(JsonElement result)
    {
        var groups = result.GetProperty("groups").EnumerateArray().ToArray();
        Assert.Equal(["I", "II", "III", "IV"], groups.Select(g => g.GetProperty("group").GetString()!));
        return [.. groups.Select(g => (g.GetProperty("slope").GetDouble(), g.GetProperty("intercept").GetDouble(), g.GetProperty("correlation").GetDouble()))];
    }

    JsonElement Json(params string[] arguments) => scripts.Json("linear-regression", arguments);

    ScriptFolder.Result Run(params string[] arguments) => scripts.Run("linear-regression", arguments);
}
