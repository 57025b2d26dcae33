using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>scripts/logistic-regression.csx, run as a process.</summary>
public sealed class LogisticRegressionScriptTests(SystemScripts scripts) : IClassFixture<SystemScripts>
{
    const string Sat = "score,admitted\n900,0\n1100,0\n1300,1\n1500,1\n1700,1\n";

    [Fact]
    public void The_carried_flowers_are_told_apart_and_judged_on_rows_held_out()
    {
        var result = Json();
        Assert.Equal((80, 20), (Int(result, "rows"), Int(result, "held_out_rows")));
        Assert.Equal((75 / 80.0, 19 / 20.0), (Number(result, "accuracy"), Number(result, "held_out_accuracy")));
        Assert.Equal((0.0941, 0.1451), (Math.Round(Number(result, "loss"), 4), Math.Round(Number(result, "held_out_loss"), 4)));
        Assert.Equal([41, 3, 2, 34], Counts(result, "confusion"));
        Assert.Equal([6, 0, 1, 13], Counts(result, "held_out_confusion"));
        Assert.NotEqual(Numbers(result, "weights"), Numbers(Json("--seed", "1"), "weights"));
        Assert.Equal(result.ToString(), Json().ToString());
    }

    /// <summary>The maximum of the likelihood as R's glm prints it: −45.272, 5.755, 10.447.</summary>
    [Fact]
    public void On_all_flowers_it_finds_the_known_maximum_of_the_likelihood()
    {
        var result = Json("--test", "0", "--steps", "60000");
        Assert.Equal(-45.272, Number(result, "bias_in_units"), 5e-3);
        Assert.Equal([5.755, 10.447], Numbers(result, "weights_per_unit").Select(w => Math.Round(w, 3)), (a, b) => Math.Abs(a - b) < 2.5e-3);
        Assert.Equal(JsonValueKind.Null, result.GetProperty("held_out_loss").ValueKind);
    }

    [Fact]
    public void One_feature_is_the_exercise_of_the_students()
    {
        var result = Json("--data", scripts.Write("sat.csv", Sat), "--test", "0", "--rate", "0.1", "--steps", "1000");
        Assert.Equal((0.062510, 1.674680), (Math.Round(Number(result, "loss"), 6), Math.Round(Number(result, "bias"), 5)), Near);
        Assert.Equal(5.137535, Numbers(result, "weights").Single(), 1e-4);
        Assert.Equal(1207.80, -Number(result, "bias_in_units") / Numbers(result, "weights_per_unit").Single(), 0.01);
    }

    [DataFact("tabular/iris.csv")]
    public void A_table_with_texts_for_classes_gives_the_carried_result()
    {
        var iris = Data.Path("tabular/iris.csv");
        var two = scripts.Write("two.csv", string.Join('\n', File.ReadLines(iris).Where(line => !line.EndsWith(",setosa", StringComparison.Ordinal))));
        var result = Json("--data", two, "--features", "Petal.Length,Petal.Width", "--target", "Species");
        Assert.Equal(Numbers(Json(), "weights"), Numbers(result, "weights"));
        Assert.Equal(("virginica", "versicolor"), (result.GetProperty("positive").GetString(), result.GetProperty("negative").GetString()));
        var rest = Json("--data", iris, "--positive", "setosa", "--l2", "0.01");
        Assert.Equal((1.0, 1.0, "not setosa"), (Number(rest, "accuracy"), Number(rest, "held_out_accuracy"), rest.GetProperty("negative").GetString()));
        Assert.Equal(["Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width"], rest.GetProperty("features").EnumerateArray().Select(f => f.GetString()!));
    }

    [Fact]
    public void A_person_reads_the_rule_in_the_units_of_the_data_and_sees_its_line()
    {
        var run = Run("--out", scripts["out"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.EndsWith("Of the rows held out the neuron calls 95 % right: virginica where 6.555 · petal length (cm) + 9.454 · petal width (cm) > 47.74.", run.Output, StringComparison.Ordinal);
        Assert.Contains("P = 0.5", File.ReadAllText(scripts["out/logistic-regression.svg"]), StringComparison.Ordinal);
        Assert.True(File.Exists(scripts["out/logistic-regression-loss.svg"]));
    }

    [Theory]
    [InlineData("--rate", "1e6")]
    [InlineData("--rate", "1e300")]
    [InlineData("--l2", "100")]
    public void Divergence_is_diagnosed_in_one_line(string option, string value)
    {
        var run = Run(option, value, "--json");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("the neuron: training diverges: the loss was 0.6931 before the first update, and after ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n'));
    }

    [Theory]
    [InlineData("a,k\n7,x\n2,y\n3,z\n", ":4:3: 'z' in column 'k'; expected only x or y; say which class to tell from all others with --positive x")]
    [InlineData("a,k\n7,x\n2,x\n", ":3:3: 'x' in column 'k'; expected two classes")]
    [InlineData("a,k\n7,x\nseven,y\n", ":3:1: 'seven' in column 'a'; expected a number")]
    [InlineData("a,k\n7,x\n2,\n", ":3:3: the missing value '' in column 'k'; expected a label")]
    [InlineData("a,k\nu,x\nv,y\n", ":1:1: no column of numbers beside 'k'")]
    [InlineData("a,k\n1e30,x\n2e30,y\n5,x\n", ":2:1: '1e30' in column 'a'; expected a number of at most 1e18, for single precision")]
    public void A_table_that_cannot_be_learned_from_is_told_at_its_place(string text, string error)
    {
        var file = scripts.Write("t.csv", text);
        var run = Run("--data", file, "--test", "0");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith(file + error, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_target_is_not_a_feature() =>
        Assert.Equal(2, Run("--data", scripts.Write("sat.csv", Sat), "--features", "score,admitted", "--target", "admitted").ExitCode);

    static bool Near((double, double) a, (double, double) b) => Math.Abs(a.Item1 - b.Item1) < 2e-6 && Math.Abs(a.Item2 - b.Item2) < 2e-5;

    static int Int(JsonElement result, string key) => result.GetProperty(key).GetInt32();

    static double Number(JsonElement result, string key) => result.GetProperty(key).GetDouble();

    static double[] Numbers(JsonElement result, string key) => [.. result.GetProperty(key).EnumerateArray().Select(n => n.GetDouble())];

    static int[] Counts(JsonElement result, string key) =>
        [.. new[] { "true_positive", "false_positive", "false_negative", "true_negative" }.Select(name => result.GetProperty(key).GetProperty(name).GetInt32())];

    JsonElement Json(params string[] arguments) => scripts.Json("logistic-regression", arguments);

    ScriptFolder.Result Run(params string[] arguments) => scripts.Run("logistic-regression", arguments);
}
