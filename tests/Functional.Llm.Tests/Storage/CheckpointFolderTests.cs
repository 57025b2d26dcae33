using System.Text;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Checkpoints are whole or not there; what others do to one is found, and the one before it is used.</summary>
public sealed class CheckpointFolderTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    string Runs => folder["runs"];

    public void Dispose() => folder.Dispose();

    /// <summary>Files that tell their step.</summary>
    static Action<string> Files(long step) => path =>
    {
        SafetensorsFile.Write(Path.Combine(path, "model.safetensors"), [("θ", Tensor.Full(100, step)), ("empty", Tensor.Zeros(0))]);
        File.WriteAllText(Path.Combine(path, "state.json"), $"{{\"step\":{step}}}");
        File.WriteAllText(Path.Combine(path, "nothing"), "");
    };

    StoredCheckpoint Save(long step, int keep = 3) => CheckpointFolder.Save(Runs, step, keep, Files(step));

    static void Holds(long step, StoredCheckpoint? checkpoint)
    {
        Assert.Equal(step, checkpoint?.Step);
        using var file = SafetensorsFile.Open(checkpoint!["model.safetensors"]);
        Assert.Equal(Enumerable.Repeat((Real)step, 100), file.Read("θ").ToArray());
        Assert.Equal($"{{\"step\":{step}}}", File.ReadAllText(checkpoint["state.json"]));
    }

    string[] Names() => [.. Directory.GetFileSystemEntries(Runs).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void The_newest_is_found_and_the_last_ones_are_kept()
    {
        Assert.Equal((null, true), (CheckpointFolder.Newest(Runs).Checkpoint, CheckpointFolder.Newest(Runs).Torn.IsEmpty));
        foreach (var step in new[] { 0, 5, 10, 1_234, 123_456_789 })
        {
            var saved = Save(step);
            var (newest, torn) = CheckpointFolder.Newest(Runs);
            Assert.Equal(saved, newest);
            Assert.Empty(torn);
            Holds(step, newest);
        }

        Assert.Equal(["step-00000010", "step-00001234", "step-123456789"], Names());
        Save(200_000_000, keep: 1);
        Assert.Equal(["step-200000000"], Names());
    }

    [Fact]
    public void The_manifest_lists_sizes_and_sums()
    {
        var saved = CheckpointFolder.Save(Runs, 7, 1, path => File.WriteAllText(Path.Combine(path, "a"), "abc"));
        Assert.Equal(
            """{"step":7,"files":{"a":{"bytes":3,"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}}}""",
            File.ReadAllText(saved["manifest.json"]));
    }

    [Fact]
    public void Every_cut_and_every_changed_byte_is_found_and_the_one_before_is_used()
    {
        Save(1);
        var newest = Save(2);
        var random = new Random(3);
        var cases = 0;
        foreach (var file in Directory.GetFiles(newest.Path))
        {
            var whole = File.ReadAllBytes(file);
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            for (var i = 0; i < 60; i++)
            {
                byte[] bytes = [.. whole];
                if (i % 3 == 0)
                    bytes = bytes.Length > 0 ? bytes[..random.Next(bytes.Length)] : [0];
                else if (i % 3 == 1 || bytes.Length == 0)
                    bytes = [.. bytes, .. new byte[random.Next(1, 9)]];
                else
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                Overwrite(stream, bytes);
                var (found, torn) = CheckpointFolder.Newest(Runs);
                Assert.Equal(1, found?.Step);
                Assert.StartsWith($"{newest.Path}: this checkpoint is not whole: ", Assert.Single(torn), StringComparison.Ordinal);
                Assert.EndsWith("; step-00000001 is used instead", torn[0], StringComparison.Ordinal);
                Assert.DoesNotContain('\n', torn[0]);
                cases++;
            }

            Overwrite(stream, whole);
            Holds(2, CheckpointFolder.Newest(Runs).Checkpoint);
        }

        Assert.Equal(240, cases);
    }

    static void Overwrite(FileStream stream, byte[] bytes)
    {
        stream.Position = 0;
        stream.Write(bytes);
        stream.SetLength(bytes.Length);
    }

    [Theory]
    [InlineData("model.safetensors", null, "'model.safetensors': it cannot be read: Could not find file")]
    [InlineData("manifest.json", null, "manifest.json: the manifest cannot be read: Could not find file")]
    [InlineData("manifest.json", "", "manifest.json:1:1: no JSON: the file ends here; expected a JSON object; get the file anew")]
    [InlineData("state.json", "x", "'state.json': it has 1 bytes; expected 10")]
    [InlineData("state.json", "{\"step\":8}", "'state.json': its SHA-256 is ")]
    [InlineData("manifest.json", "{}", "the manifest has no step; expected step and files")]
    [InlineData("manifest.json", "{\"step\":2}", "the manifest has no files")]
    [InlineData("manifest.json", "{\"step\":8,\"files\":{}}", "its manifest is of step 8; expected 2")]
    [InlineData("manifest.json", "{\"step\":2,\"step\":2}", "the manifest has the key 'step'")]
    [InlineData("manifest.json", "{\"step\":-2}", "the step has '-2'; expected a whole number")]
    [InlineData("manifest.json", "{\"step\":2,\"files\":{\"a\":{}}}", "file 'a' has no sum")]
    [InlineData("manifest.json", "{\"step\":2,\"files\":{\"a\":{\"bytes\":1,\"bytes\":1}}}", "file 'a' has 'bytes'; expected bytes and")]
    [InlineData("manifest.json", "{\"step\":2,\"files\":{\"a\":{\"bytes\":1,\"sha256\":0}}}", "the sha256 at key 'a' is '0'")]
    [InlineData("manifest.json", "{\"step\":2,\"files\":{\"../x\":{\"bytes\":1,\"sha256\":\"\"}}}", "'../x': this is no file's name")]
    [InlineData("manifest.json", "{\"step\":2,\"files\":{\"a\\u0000\":{\"bytes\":1,\"sha256\":\"\"}}}", "'a␀': this is no file's name")]
    public void What_is_wrong_is_told(string name, string? content, string expected)
    {
        Save(1);
        var newest = Save(2);
        if (content is null)
            File.Delete(newest[name]);
        else
            File.WriteAllText(newest[name], content);
        var (found, torn) = CheckpointFolder.Newest(Runs);
        Holds(1, found);
        Assert.Contains(expected, Assert.Single(torn), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_none_is_whole_that_is_told_of_each()
    {
        var (first, second) = (Save(1), Save(2));
        File.Delete(first["state.json"]);
        File.Delete(second["manifest.json"]);
        var (found, torn) = CheckpointFolder.Newest(Runs);
        Assert.Null(found);
        Assert.Equal([second.Path, first.Path], torn.Select(message => message[..message.IndexOf(": ", StringComparison.Ordinal)]));
        Assert.All(torn, message => Assert.EndsWith("; there is no other", message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_torn_one_gives_way_to_the_step_that_is_saved_again()
    {
        Save(1);
        Save(2);
        File.Delete(Save(3)["state.json"]);
        Holds(2, CheckpointFolder.Newest(Runs).Checkpoint);
        Assert.Equal("step-00000003", Path.GetFileName(Save(3).Path));
        Holds(3, CheckpointFolder.Newest(Runs).Checkpoint);
        Assert.Equal(["step-00000001", "step-00000002", "step-00000003"], Names());
    }

    [Fact]
    public void Torn_ones_do_not_count_among_those_that_are_kept()
    {
        Save(1);
        File.Delete(Save(2)["state.json"]);
        Save(3, keep: 2);
        Assert.Equal(["step-00000001", "step-00000003"], Names());
    }

    [Fact]
    public void A_step_that_is_there_is_replaced_and_stays_until_then()
    {
        Save(4);
        var first = Save(5);
        var second = CheckpointFolder.Save(Runs, 5, 1, path =>
        {
            Holds(5, CheckpointFolder.Newest(Runs).Checkpoint);
            Files(55)(path);
        });
        Assert.NotEqual(first.Path, second.Path);
        var (newest, torn) = CheckpointFolder.Newest(Runs);
        Assert.Equal((second, 5L), (newest, newest?.Step));
        Assert.Empty(torn);
        Assert.Equal("{\"step\":55}", File.ReadAllText(newest!["state.json"]));
        Assert.Equal(["step-00000005-1"], Names());
        Assert.Equal("step-00000005-2", Path.GetFileName(Save(5).Path));
        Assert.Equal("step-00000006", Path.GetFileName(Save(6, keep: 1).Path));
        Assert.Equal(["step-00000006"], Names());
    }

    [Fact]
    public void A_step_before_one_that_was_saved_is_refused_and_nothing_is_removed()
    {
        Save(1_000);
        Assert.Equal(
            $"{Runs}: step 1,000 was saved here, after step 10; expected steps that grow; go on from there, or choose another folder",
            Assert.Throws<StorageException>(() => Save(10)).Message);
        Assert.Equal(["step-00001000"], Names());
    }

    [Fact]
    public void A_failure_leaves_the_older_ones_and_nothing_else()
    {
        Save(1);
        Assert.Throws<InvalidOperationException>(() => CheckpointFolder.Save(Runs, 2, 1, path =>
        {
            Files(2)(path);
            throw new InvalidOperationException("the writer's own failure passes through");
        }));
        Refused(Runs, "could not be saved: No space left on device.", path => throw new IOException("No space left on device."));
        Refused(Runs, "a checkpoint cannot hold this folder", path => Directory.CreateDirectory(Path.Combine(path, "sub")));
        Assert.Equal(["step-00000001"], Names());
        Holds(1, CheckpointFolder.Newest(Runs).Checkpoint);
    }

    static void Refused(string runs, string expected, Action<string> write) => Assert.Contains(
        expected, Assert.Throws<StorageException>(() => CheckpointFolder.Save(runs, 2, 1, write)).Message, StringComparison.Ordinal);

    [Fact]
    public void Unfinished_ones_are_cleared_away_and_other_things_left_alone()
    {
        Directory.CreateDirectory(Path.Combine(Runs, ".checkpoint-abc", "sub"));
        Directory.CreateDirectory(Path.Combine(Runs, "step-last"));
        Directory.CreateDirectory(Path.Combine(Runs, "step-9"));
        Directory.CreateDirectory(Path.Combine(Runs, "step-00000009-01"));
        File.WriteAllText(Path.Combine(Runs, "step-00000099"), "a file");
        File.WriteAllText(Path.Combine(Runs, "loss.svg"), "a picture");
        Save(1, keep: 1);
        Assert.Equal(["loss.svg", "step-00000001", "step-00000009-01", "step-00000099", "step-9", "step-last"], Names());
        Holds(1, CheckpointFolder.Newest(Runs).Checkpoint);
    }

    [Fact]
    public void A_large_manifest_is_refused_at_little_cost()
    {
        Save(1);
        File.WriteAllBytes(Save(2)["manifest.json"], Encoding.UTF8.GetBytes(new string(' ', (1 << 20) + 1)));
        var torn = Assert.Single(CheckpointFolder.Newest(Runs).Torn);
        Assert.Contains("the manifest has 1,048,577 bytes; expected at most 1,048,576", torn, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_where_nothing_can_be_saved_is_told()
    {
        File.WriteAllText(folder["file"], "");
        Refused(folder["file"], "could not be saved", Files(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Save(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Save(1, keep: 0));
    }
}
