using Xunit;

namespace Functional.Llm.DoubleTests.Notes;

public class AttentionNoteTests
{
    [Fact]
    public void Every_number_of_the_note_is_computed_again()
    {
        const int T = 24;
        double[] scores = [1, 2, 3, 0], values = [1, 2, 3, 4];
        var (m, sum, o) = (2.0, Math.Exp(-1) + 1, Math.Exp(-1) * 1 + 2);
        var (scaled, added) = ((Sum: Math.Exp(-1) * sum, O: Math.Exp(-1) * o), (Sum: Math.Exp(-3), O: 4 * Math.Exp(-3)));
        var (last, lastO) = (scaled.Sum + 1 + added.Sum, scaled.O + 3 + added.O);
        var logSum = 3 + Math.Log(last);
        // The same without blocks.
        var weights = scores.Select(s => Math.Exp(s) / scores.Sum(Math.Exp)).ToArray();
        Assert.All(scores.Zip(weights), pair => Assert.Equal(pair.Item2, Math.Exp(pair.Item1 - logSum), 1e-15));
        Assert.Equal(weights.Select((w, j) => w * values[j]).Sum(), lastO / last, 1e-15);
        Assert.Equal((T - 1) / 4.0, Enumerable.Range(1, T).Average(i => Enumerable.Range(1, i).Average(j => i - j)), 1e-12);
        Note.Check("attention.md", Note.Values((T + 1) / 2.0, (T - 1) / 4.0, m, sum, o, Math.Exp(-1), scaled.Sum, scaled.O, added.Sum, added.O, last, lastO, lastO / last, logSum));
    }
}
