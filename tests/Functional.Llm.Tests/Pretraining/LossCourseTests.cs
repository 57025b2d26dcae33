using Functional.Llm.Tests.Cli;
using Xunit;

namespace Functional.Llm.Tests.Runs;

/// <summary>The losses of a training, from its beginning, however often it was stopped.</summary>
public sealed class LossCourseTests : IDisposable
{
    static readonly string[] Small =
    [
        "--file", Path.Combine(ScriptFolder.Repository, "LICENSE"), "--context", "8", "--width", "8", "--heads", "1", "--depth", "1", "--batch", "2",
    ];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static ProgramRun Train(params string[] options) => ProgramRun.Of(["pretrain", .. options]);

    [Fact]
    public void What_goes_on_shows_the_whole_course_here_and_elsewhere()
    {
        Assert.Equal(0, Train([.. Small, "--steps", "20", "--out", folder["run"]]).Code);
        var begun = LossCourse.Read(folder["run"], 20).Looks;
        Assert.Equal(Enumerable.Range(0, 11).Select(i => 2 * i), begun.Select(p => p.Step));
        Assert.Equal([0], begun.Where(p => p.Loss is null).Select(p => p.Step));
        var picture = File.ReadAllText(Path.Combine(folder["run"], "loss.svg"));
        Assert.Equal(0, Train("--resume", folder["run"], "--steps", "40", "--out", folder["other"]).Code);
        Assert.Equal(0, Train("--resume", folder["run"], "--steps", "40").Code);
        Assert.NotEqual(picture, File.ReadAllText(Path.Combine(folder["run"], "loss.svg")));
        foreach (var name in new[] { "run", "other" })
        {
            var whole = LossCourse.Read(folder[name], 40).Looks;
            Assert.Equal(begun, whole.Take(11));
            Assert.Equal([24, 28, 32, 36, 40], whole.Skip(11).Select(p => p.Step));
        }
    }

    [Fact]
    public void What_lies_behind_a_checkpoint_comes_again()
    {
        var course = new LossCourse([new(0, null, 4), new(2, 3.5, 3.6), new(4, 3, 3.1)]);
        course.Write(folder["run"]);
        Assert.Equal(course.Looks.Take(2), LossCourse.Read(folder["run"], 3).Looks);
        Assert.Equal([0, 2], course.With(new(2, 3.4, 3.5)).Looks.Select(p => p.Step));
        Assert.Empty(LossCourse.Read(folder["none"], 9).Looks);
    }

    [Theory, InlineData("{\"looks\": [{\"step\": 1}]}"), InlineData("{\"looks\": null}"), InlineData("{\"looks\": [null]}"), InlineData("{}"), InlineData("[")]
    public void A_broken_course_is_told(string json)
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(folder["run"]).FullName, "loss.json"), json);
        var told = Assert.Throws<StorageException>(() => LossCourse.Read(folder["run"], 9)).Message;
        Assert.StartsWith(Path.Combine(folder["run"], "loss.json") + ":", told, StringComparison.Ordinal);
        Assert.EndsWith("; remove it: it begins anew then", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_that_ends_for_want_of_progress_says_so()
    {
        var run = Train([.. Small, "--steps", "40", "--rate", "30", "--clip", "0", "--patience", "2", "--out", folder["run"]]);
        Assert.Matches("No lower validation loss in 2 looks: ended after [0-9]+ of 40 steps[.]\n", run.Out);
    }
}
