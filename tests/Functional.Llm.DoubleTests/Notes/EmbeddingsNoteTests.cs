using System.Globalization;
using System.Text.RegularExpressions;
using Functional.Llm.Tests;
using Xunit;

namespace Functional.Llm.DoubleTests.Notes;

public partial class EmbeddingsNoteTests
{
    /// <summary>As in <c>│ family │ 506 │ 272 │ 107 │ 39.3 % │</c>: a section's name, its questions, those whose words are known, and the right answers.</summary>
    sealed record Row(string Section, int Asked, int Covered, int Right, string Accuracy);

    [Fact]
    public void Every_number_of_the_note_is_computed_again()
    {
        var start = new SkipGramParameters(Tensor.Of(new Real[,] { { 1, 2 }, { 0, 0 }, { 0, 0 } }), Tensor.Of(new Real[,] { { 0, 0 }, { 0.5, 1 }, { -1, 1 } }));
        var loss = Layers.NegativeSampling(new SkipGramBlock([0], [0, 1], [1], [2], 1, 3));
        var (value, gradient) = loss.ValueAndGradient(start);
        double Sigma(double z) => 1 / (1 + Math.Exp(-z));
        Note.Check("embeddings.md", Note.Values(
            start.Context, 2.5, value, gradient.Centre, gradient.Context, -Math.Log(Sigma(2.5)), -Math.Log(Sigma(-1)), Sigma(2.5) - 1, Sigma(1),
            new SkipGram().Flattening, 9000, 0.1, 0.5));
    }

    /// <summary>Right answers take a minute's training and are not counted here; what is made of them is.</summary>
    [Fact]
    public void The_measured_run_adds_up()
    {
        var (rows, all) = (Rows()[..^1], Rows()[^1]);
        Assert.Equal((14, "all"), (rows.Length, all.Section));
        Assert.Equal((all.Asked, all.Covered, all.Right), (rows.Sum(r => r.Asked), rows.Sum(r => r.Covered), rows.Sum(r => r.Right)));
        Assert.All([.. rows, all], r => Assert.Equal(r.Accuracy, r.Covered > 0 ? Percent(r.Right / (double)r.Covered, 1) : ""));
        var (accuracy, chance) = (all.Right / (double)all.Covered, 1.0 / Vocabulary());
        Assert.Contains($"\nOf {all.Covered:N0} analogies {Percent(accuracy, 1)} are right; chance would be {Percent(chance, 4)}, {accuracy / chance:N0} times less.\n", Note.Text("embeddings.md"), StringComparison.Ordinal);
    }

    [DataFact("text/novels.txt", "embeddings/questions-words.txt")]
    public void The_measured_run_has_the_words_and_questions_that_are_counted_again()
    {
        var list = WordList.Of(File.ReadAllText(Data.Path("text/novels.txt")), 8);
        Assert.Contains($"\n{list.Total:N0} words; {list.Words.Length:N0} different ones occur 8 times or more.\n", Note.Text("embeddings.md"), StringComparison.Ordinal);
        Assert.Equal(list.Words.Length, Vocabulary());
        var known = list.Words.ToHashSet();
        Assert.Equal(
            AnalogyQuestion.Read(Data.Path("embeddings/questions-words.txt")).GroupBy(q => q.Section)
                .Select(s => (s.Key, s.Count(), s.Count(q => new[] { q.A, q.B, q.C, q.D }.All(known.Contains)))),
            Rows()[..^1].Select(r => (r.Section, r.Asked, r.Covered)));
    }

    static Row[] Rows() => [.. TableRow().Matches(Note.Text("embeddings.md"))
        .Select(m => new Row(m.Groups[1].Value, Number(m.Groups[2]), Number(m.Groups[3]), Number(m.Groups[4]), m.Groups[5].Value.Trim()))];

    static int Vocabulary() => Number(Different().Match(Note.Text("embeddings.md")).Groups[1]);

    static int Number(Group group) => int.Parse(group.Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    static string Percent(double share, int decimals) => share.ToString($"P{decimals}", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"│ ([a-z0-9-]+) +│ +([\d,]+) │ +([\d,]+) │ +([\d,]+) │ +([\d.]+ %|) *│", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex TableRow();

    [GeneratedRegex("words; ([0-9,]+) different", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Different();
}
