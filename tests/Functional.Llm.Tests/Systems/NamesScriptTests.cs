using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>scripts/names.csx, run as a process.</summary>
public class NamesScriptTests(SystemScripts scripts) : IClassFixture<SystemScripts>
{
    static readonly string Own = Path.Combine(ScriptFolder.Repository, "scripts", "data", "names.txt");

    [DataFact("text/names.txt")]
    public void The_names_have_their_known_losses_and_the_network_is_better()
    {
        var result = scripts.Json("names", "--file", Data.Path("text/names.txt"));
        Assert.Equal(2.4540145, result.GetProperty("count_loss").GetDouble(), 1e-6);
        Assert.InRange(result.GetProperty("gradient_loss").GetDouble(), 2.4540144, 2.4550144);
        Assert.InRange(result.GetProperty("held_out_loss").GetDouble(), 1.9, 2.15);
    }

    [Fact]
    public void The_published_start_is_told_whatever_the_names_are()
    {
        var losses = scripts.Json("names", "--file", Own, "--steps", "2").GetProperty("seeded_losses").EnumerateArray().Select(e => e.GetDouble());
        Assert.Equal([3.769305, 3.749213, 3.729163], losses.Select(loss => Math.Round(loss, 6)));
    }

    [Fact]
    public void Twenty_names_are_invented_and_another_seed_invents_others()
    {
        string[] Invented(string seed) => [.. scripts.Json("names", "--file", Own, "--steps", "60", "--seed", seed).GetProperty("invented").EnumerateArray().Select(e => e.GetString()!)];
        var invented = Invented("1");
        Assert.Equal(20, invented.Length);
        Assert.All(invented, name => Assert.Matches("^[a-z]{0,30}$", name));
        Assert.NotEqual(invented, Invented("2"));
    }

    [Fact]
    public void Names_of_another_alphabet_and_windows_of_one_letter_will_do()
    {
        var file = scripts.Write("greek.txt", string.Join('\n', Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? "Άννα" : "  Ελένη ")));
        var result = scripts.Json("names", "--file", file, "--window", "1", "--steps", "200", "--width", "3", "--hidden-units", "4");
        Assert.InRange(result.GetProperty("held_out_loss").GetDouble(), 0.1, 1.5);
        Assert.All(result.GetProperty("invented").EnumerateArray(), name => Assert.Matches("^[ΆναΕλέη]*$", name.GetString()!));
    }

    [Fact]
    public void What_is_no_list_of_names_is_told_in_one_line()
    {
        foreach (var (file, expected) in new[] { (scripts["absent.txt"], "absent.txt"), (scripts.Write("few.txt", "anna\n\nbert\n"), "few.txt: 2 names in 6 letters; expected 20 names or more") })
        {
            var wrong = scripts.Run("names", "--file", file, "--out", scripts["none"]);
            Assert.Equal((1, ""), (wrong.ExitCode, wrong.Output));
            Assert.Contains(expected, wrong.Error, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', wrong.Error);
            Assert.False(Directory.Exists(scripts["none"]));
        }
    }

    [Theory]
    [InlineData("--window", "0")]
    [InlineData("--steps", "-1")]
    [InlineData("--rate", "0")]
    public void Wrong_usage_ends_with_2(params string[] arguments) => Assert.Equal(2, scripts.Run("names", arguments).ExitCode);

    [Fact]
    public void Divergence_is_told_in_one_line()
    {
        var run = scripts.Run("names", "--file", Own, "--rate", "1e4", "--steps", "20");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("the network: training diverges", run.Error, StringComparison.Ordinal);
    }
}
