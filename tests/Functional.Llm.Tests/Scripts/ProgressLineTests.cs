using Xunit;

namespace Functional.Llm.Tests;

/// <summary>The line that shows how far the work is.</summary>
public sealed class ProgressLineTests
{
    const string Clear = "\r\e[K";

    /// <summary>A clock that moves when it is told to.</summary>
    sealed class Clock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(Seconds * 1000);
    }

    [Fact]
    public void It_shows_at_most_ten_elements_a_second_and_clears_itself()
    {
        var clock = new Clock();
        using var writer = new StringWriter();
        foreach (var i in ProgressLine.Show(Enumerable.Range(0, 100), i => $"step {i}", writer, clock))
            clock.Seconds = 0.03 * (i + 1);
        Assert.Equal(string.Concat(Enumerable.Range(0, 25).Select(i => $"{Clear}step {4 * i}")) + Clear, writer.ToString());
    }

    [Fact]
    public void It_passes_every_element_on_when_it_is_asked_for()
    {
        using var writer = new StringWriter();
        var drawn = 0;
        var source = Enumerable.Range(0, 5).Select(i => (drawn++, i).i);
        Assert.Equal([0, 1], ProgressLine.Show(source, i => $"{i}", writer, new Clock()).Take(2));
        Assert.Equal(2, drawn);
        Assert.EndsWith(Clear, writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_line_is_cut_and_never_wraps()
    {
        using var writer = new StringWriter();
        _ = ProgressLine.Show([new string('x', 200) + "\n"], x => x, writer, new Clock()).Count();
        Assert.Equal(Clear + new string('x', 78) + Clear, writer.ToString());
    }

    [Fact]
    public void It_is_quiet_where_nobody_watches()
    {
        static object? Body(EveryKind o) => o.Progress([1, 2], i => $"step {i}").Sum();
        Assert.Equal(new(0, "3\n", ""), ScriptRun.Of<EveryKind>(["--json"], Body));
        Assert.Equal(new(0, "3\n", $"{Clear}step 1{Clear}"), ScriptRun.Of<EveryKind>(["--json"], Body, watched: true));
    }
}
