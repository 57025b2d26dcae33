using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>scripts/gradient-check.csx, run as a process.</summary>
public class GradientCheckScriptTests(SystemScripts scripts) : IClassFixture<SystemScripts>
{
    [Fact]
    public void It_ends_with_the_published_numbers_of_micrograd()
    {
        var micrograd = scripts.Json("gradient-check").GetProperty("micrograd");
        Assert.Equal(24.7041, micrograd.GetProperty("g").GetDouble(), 5e-5);
        Assert.Equal(138.8338, micrograd.GetProperty("dgda").GetDouble(), 1e-4);
        Assert.Equal(645.5773, micrograd.GetProperty("dgdb").GetDouble(), 1e-4);
        Assert.Contains("g = 24.7041, ∂g/∂a = 138.8338, ∂g/∂b = 645.5773", scripts.Run("gradient-check").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--widths", "3,4,4,2", "--activation", "gelu")]
    [InlineData("--activation", "log-softmax", "--seed", "4")]
    [InlineData("--activation", "relu", "--seed", "3", "--batch", "6")]
    [InlineData("--widths", "2,1", "--spacing", "0.25", "--seed", "9")]
    public void Pullbacks_and_differences_agree(params string[] arguments)
    {
        var result = scripts.Json("gradient-check", arguments);
        Assert.InRange(result.GetProperty("largest_relative_difference").GetDouble(), 0, 1e-3);
        Assert.EndsWith("nothing speaks against the pullbacks.", scripts.Run("gradient-check", arguments).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_beside_a_kink_are_left_out_and_counted()
    {
        var result = scripts.Json("gradient-check", "--activation", "relu", "--seed", "3");
        var beside = result.GetProperty("entries").EnumerateArray().Where(e => e.GetProperty("is_beside_kink").GetBoolean()).ToArray();
        Assert.Equal(result.GetProperty("kinks").GetInt32(), beside.Length);
        Assert.NotEmpty(beside);
        Assert.Contains(beside, e => e.GetProperty("relative").GetDouble() > 1e-3);
    }

    [Fact]
    public void A_table_sets_the_first_and_the_last_width()
    {
        var file = scripts.Write("xor.csv", "x,y,z,t\n0,0,1,0\n0,1,2,1\n1,0,4,1\n1,1,3,0\n");
        Assert.Equal([3, 5, 1], scripts.Json("gradient-check", "--data", file, "--widths", "9,5,9").GetProperty("widths").EnumerateArray().Select(w => w.GetInt32()));
    }

    [Theory]
    [InlineData(2, "--widths", "2")]
    [InlineData(2, "--widths", "2,0,1")]
    [InlineData(2, "--widths", "2,x")]
    [InlineData(2, "--widths", "300,300,1")]
    [InlineData(2, "--activation", "tan")]
    [InlineData(2, "--spacing", "0")]
    [InlineData(1, "--spacing", "1e30")]
    public void What_cannot_be_checked_is_refused(int code, params string[] arguments)
    {
        var wrong = scripts.Run("gradient-check", arguments);
        Assert.Equal((code, ""), (wrong.ExitCode, wrong.Output));
        Assert.Contains(code == 1 ? "--spacing" : arguments[0], wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_spacing_that_moves_nothing_does_not_pass() =>
        Assert.EndsWith("or a pullback is wrong.", scripts.Run("gradient-check", "--spacing", "1e-12").Output, StringComparison.Ordinal);
}
