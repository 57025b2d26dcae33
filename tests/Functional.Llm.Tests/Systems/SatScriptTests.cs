using System.Text.Json;
using Functional.Llm.Tests.Examples;
using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>The exercise: admission from a SAT score, against the published table.</summary>
public class SatScriptTests(SystemScripts scripts) : IClassFixture<SystemScripts>
{
    [Fact]
    public void The_table_equals_the_published_one()
    {
        var table = scripts.Json("sat").GetProperty("table").EnumerateArray().ToArray();
        foreach (var (row, (updates, loss, w, b, boundary, accuracy)) in table.Zip(new (int, double, double, double, double?, double)[]
        {
            (0, 0.6931471805599453, 0, 0, null, 0.6),
            (1, 0.6743846462049027, 0.04242640687119285, 0.010000000000000002, 1233.3333333333333, 1),
            (10, 0.5417918993652406, 0.38002715245258045, 0.0896391823405122, 1233.2842684698403, 1),
            (100, 0.22219168545972207, 1.9293145352396621, 0.49994240053771394, 1226.7070961907236, 1),
            (1000, 0.06251045162208448, 5.1375345705009074, 1.6746802995927879, 1207.8018625539976, 1),
            (10_000, 0.008879066920014323, 10.758076799214832, 3.6890594845573217, 1203.010211716599, 1),
        }))
        {
            Assert.Equal(updates, row.GetProperty("updates").GetInt32());
            Near.Equal(loss, Number(row, "loss"));
            Near.Equal(w, Number(row, "weight"));
            Near.Equal(b, Number(row, "bias"));
            Assert.Equal(accuracy, Number(row, "accuracy"));
            if (boundary is { } points)
                Near.Equal(points, Number(row, "boundary"), 2);
            else
                Assert.Equal(JsonValueKind.Null, row.GetProperty("boundary").ValueKind);
        }

        Assert.Equal(6, table.Length);
        var chances = table[3].GetProperty("probabilities").EnumerateArray().Select(p => p.GetDouble()).ToArray();
        foreach (var (chance, expected) in chances.Zip([0.09721842531676611, 0.2964440322350921, 0.6224457950189216, 0.865782696102534, 0.9618893327606601]))
            Near.Equal(expected, chance, 4);
    }

    [Theory]
    [InlineData("0.01", 3.7663576006741906, 1.335098919994803, 1199.7378794075028)]
    [InlineData("0.1", 1.480630570132972, 0.6071277210190945, 1184.0212711425022)]
    public void A_penalty_leads_to_the_unique_optimum(string strength, double w, double b, double boundary)
    {
        // In float an update stops when rate × gradient is less than half a unit of w's last place: at the higher rate that is nearer the optimum.
        foreach (var (rate, tolerance) in new[] { ("0.1", 1e-4), ("2", 1e-5) })
        {
            var end = scripts.Json("sat", "--l2", strength, "--rate", rate);
            Assert.Equal(w, Number(end, "weight"), tolerance);
            Assert.Equal(b, Number(end, "bias"), tolerance);
            Assert.Equal(boundary, Number(end, "boundary"), 100 * tolerance);
        }
    }

    [Fact]
    public void A_score_gets_its_chance()
    {
        var end = scripts.Json("sat", "--score", "1100", "--steps", "100");
        Near.Equal(0.2964440322350921, Number(end, "probability"), 4);
        Assert.Contains("29.6", scripts.Run("sat", "--score", "1100", "--steps", "100").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_line_tells_on_which_side_of_the_boundary_admission_is_likelier()
    {
        string Last(params string[] arguments) => scripts.Run("sat", arguments).Output.TrimEnd().Split('\n')[^1];
        Assert.Equal("From 1203 points on, admission is likelier than not.", Last());
        Assert.Equal("Up to 950 points, admission is likelier than not.", Last("--data", scripts.Write("down.csv", "score,admitted\n900,1\n1000,0\n")));
        Assert.Equal("After 0 updates no score has more chances than another yet.", Last("--steps", "0"));
    }

    [Fact]
    public void Equal_scores_are_refused()
    {
        var wrong = scripts.Run("sat", "--data", scripts.Write("equal.csv", "score,admitted\n900,1\n900,0\n"));
        Assert.Equal((1, ""), (wrong.ExitCode, wrong.Output));
        Assert.Contains("equal.csv:3:1: '900' in column 'score'; expected two different numbers", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Raw_scores_diverge_and_the_diagnosis_says_what_why_and_what_to_do()
    {
        var result = scripts.Run("sat", "--raw", "--steps", "100", "--json");
        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("NaN", result.Output + result.Error, StringComparison.Ordinal);
        var end = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(31500.57, Number(end, "loss"), 0.04);
        Assert.Equal(0.4, Number(end, "accuracy"));
        var diagnosis = end.GetProperty("diagnosis").GetString()!;
        foreach (var words in new[] { "What was seen", "diverges", "Why", "What to do", "standardise", "4.5" })
            Assert.Contains(words, diagnosis, StringComparison.Ordinal);
        var slow = scripts.Json("sat", "--raw", "--rate", "1e-6", "--steps", "1000").GetProperty("diagnosis").GetString()!;
        Assert.Contains("crawls", slow, StringComparison.Ordinal);
    }

    [Fact]
    public void Own_data_is_read_and_a_wrong_label_is_told_by_its_place()
    {
        var good = scripts.Write("students.csv", "name,score,admitted\na,1000,0\nb,1400,1\n");
        Assert.Equal(1200, Number(scripts.Json("sat", "--data", good), "boundary"), 0.01);
        var bad = scripts.Write("labels.csv", "score,admitted\n1000,0\n1400,2\n");
        var wrong = scripts.Run("sat", "--data", bad);
        Assert.Equal((1, ""), (wrong.ExitCode, wrong.Output));
        Assert.Contains("labels.csv:3:6: '2' in column 'admitted'; expected 0 or 1", wrong.Error, StringComparison.Ordinal);
        var word = scripts.Write("word.csv", "score,admitted\nhigh,0\n");
        Assert.Contains("word.csv:2:1", scripts.Run("sat", "--data", word).Error, StringComparison.Ordinal);
        var missing = scripts.Write("missing.csv", "score,admitted\n,0\n");
        Assert.Contains("missing.csv:2:1", scripts.Run("sat", "--data", missing).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_student_without_a_score_can_be_left_out()
    {
        var run = scripts.Run("sat", "--missing", "drop", "--steps", "10", "--data", scripts.Write("some.csv", "score,admitted\n1000,0\n,1\n1400,1\n"));
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("Left out, because a value is missing: 1 of 3 rows.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_score_too_large_for_single_precision_is_refused_at_its_place() =>
        Assert.Contains("large.csv:3:1: '1e39' in column 'score'", scripts.Run("sat", "--data", scripts.Write("large.csv", "score,admitted\n1000,0\n1e39,1\n")).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("--rate", "0")]
    [InlineData("--rate", "fast")]
    [InlineData("--steps", "-1")]
    [InlineData("--l2", "-0.1")]
    [InlineData("--rate")]
    [InlineData("stray")]
    public void Wrong_usage_ends_with_2(params string[] args)
    {
        var wrong = scripts.Run("sat", args);
        Assert.Equal((2, ""), (wrong.ExitCode, wrong.Output));
        Assert.NotEmpty(wrong.Error);
        Assert.DoesNotContain("   at ", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_update_at_all_is_a_table_of_one_row() =>
        Assert.Equal(0.5, scripts.Json("sat", "--steps", "0").GetProperty("table")[0].GetProperty("probabilities")[0].GetDouble());

    static double Number(JsonElement element, string key) => element.GetProperty(key).GetDouble();
}
