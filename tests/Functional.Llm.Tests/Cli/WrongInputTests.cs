using System.Diagnostics;
using Xunit;

namespace Functional.Llm.Tests.Cli;

/// <summary>What people try by mistake, and what the program says to it.</summary>
public sealed class WrongInputTests : IDisposable
{
    static readonly string License = Path.Combine(ScriptFolder.Repository, "LICENSE");

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("--batch 2000000000"), InlineData("--batch 20000000"), InlineData("--context 4 --width 200000000 --heads 1"), InlineData("--depth 200000000"), InlineData("--accumulate 2000000000")]
    [InlineData("--width 60000 --depth 1000"), InlineData("--preset llama-nano --depth 200000000"), InlineData("--preset llama-nano --width 200000000"), InlineData("--batch 2000000")]
    public void Sizes_that_cannot_be_had_are_refused_before_any_work(string sizes)
    {
        var clock = Stopwatch.StartNew();
        var refused = ProgramRun.Of(["pretrain", "--file", License, "--context", "16", .. sizes.Split(' ')[(sizes.StartsWith("--context", StringComparison.Ordinal) ? 2 : 0)..]]);
        Assert.Equal((2, ""), (refused.Code, refused.Out));
        Assert.Matches(@"\A[^\n]*expected (less|a whole number)[^\n]*\nfunctional-llm pretrain --help shows the options\n\z", refused.Error);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 20);
    }

    [Theory]
    [InlineData("--heads 3", "--heads: a width of 128 makes no 3 heads of equal size; expected a --width that is a multiple of 3, or other --heads")]
    [InlineData("--preset llama-nano --width 8 --heads 8", "--heads: a width of 8 makes no 8 heads of even size; expected a --width that is a multiple of 16, or other --heads")]
    public void A_width_that_heads_cannot_share_is_refused(string sizes, string expected)
    {
        var refused = ProgramRun.Of(["pretrain", "--file", License, "--context", "16", .. sizes.Split(' ')]);
        Assert.Equal(new(2, "", $"{expected}\nfunctional-llm pretrain --help shows the options\n"), refused);
    }

    [Fact]
    public void A_model_that_cannot_be_had_is_refused()
    {
        var refused = ProgramRun.Of("generate", "--preset", "nano", "--ids", "1", "--context", "200000000");
        Assert.Equal((2, ""), (refused.Code, refused.Out));
        Assert.Contains("expected less", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_that_the_tokenizer_has_not_is_shown_as_the_replacement_character()
    {
        CharTokenizer.Of("abc").Save(folder["small.json"]);
        string[] words = ["generate", "--preset", "nano", "--tokenizer", folder["small.json"], "--prompt", "abc", "--count", "30", "--out", folder["out"]];
        var text = ProgramRun.Json(words).GetProperty("text").GetString()!;
        Assert.Matches("\\Aabc[abc\uFFFD]{30}\\z", text);
        Assert.Contains('\uFFFD', text);
        Assert.StartsWith($"{text}\n", ProgramRun.Of(words).Out, StringComparison.Ordinal);
        Assert.Contains("The tokenizer has 3 ids, and the model 65: the others are written as U+FFFD.", ProgramRun.Of(watched: true, words).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json"), InlineData("model.safetensors"), InlineData("tokenizer.json")]
    public void A_pipe_or_a_folder_in_a_files_place_is_told(string name)
    {
        if (OperatingSystem.IsWindows())
            return;
        ModelFile.Write(folder["model"], new Pretrained<Gpt2Parameters>(new Gpt2(3, 4, 4, 1, 1), new Gpt2(3, 4, 4, 1, 1).Start(new Key(1))));
        CharTokenizer.Of("abc").Save(folder["model/tokenizer.json"]);
        File.Delete(folder[$"model/{name}"]);
        string[] words = ["generate", "--model", folder["model"], "--prompt", "a", "--count", "1"];
        using (var made = Process.Start("mkfifo", [folder[$"model/{name}"]]))
            made.WaitForExit();
        Told(words, $"{name}: the ", " is a pipe");
        File.Move(folder[$"model/{name}"], folder["pipe"]);
        File.CreateSymbolicLink(folder[$"model/{name}"], folder["pipe"]);
        Told(words, $"{name}: the ", " is a pipe");
        File.Delete(folder[$"model/{name}"]);
        if (name != "config.json")
            return;   // the others are one of several files: a folder of such a name is none of them
        Directory.CreateDirectory(folder[$"model/{name}"]);
        Told(words, $"{name}: the ", " is a folder");
    }

    [Fact]
    public void A_pipe_as_a_model_is_told()
    {
        if (OperatingSystem.IsWindows())
            return;
        using (var made = Process.Start("mkfifo", [folder["model.bin"]]))
            made.WaitForExit();
        Told(["generate", "--model", folder["model.bin"], "--ids", "1"], "model.bin: the model", " is a pipe");
        Told(["evaluate", "--preset", "nano", "--ids-file", folder["model.bin"]], "model.bin: the file of ids", " is a pipe");
    }

    /// <summary>Devices say that they have no bytes, and have no end of them.</summary>
    [Theory, InlineData("/dev/zero"), InlineData("/dev/urandom")]
    public void A_device_in_a_files_place_is_told(string device)
    {
        if (!OperatingSystem.IsLinux())
            return;
        Told(["evaluate", "--preset", "nano", "--ids-file", device], $"{device}: the file of ids is a pipe, or a device, of which only the next bytes can be read; expected a file; write it to one first");
        File.CreateSymbolicLink(folder["ids.bin"], device);
        Told(["pretrain", "--token-file", folder["ids.bin"], "--steps", "1"], "ids.bin: the token file is a pipe, or a device");
        foreach (var command in new[] { "tokenize", "pretrain" })
            Told([command, "--file", device, "--tokenizer", "char"], $"{device}:1:1: this is a device, whose bytes have no end; expected a text file; write as many as are wanted to a file first");
    }

    /// <summary>Such a file says that it has no bytes, too, and yet it is one.</summary>
    [Fact]
    public void A_text_that_the_system_makes_as_it_is_read_is_a_text()
    {
        if (OperatingSystem.IsLinux())
            Assert.InRange(ProgramRun.Json("tokenize", "--file", "/proc/version", "--tokenizer", "char").GetProperty("tokens").GetInt32(), 10, 10_000);
    }

    static void Told(string[] words, params string[] expected)
    {
        var run = Task.Run(() => ProgramRun.Of(words));
        Assert.True(run.Wait(TimeSpan.FromSeconds(20)), "it hangs");
        Assert.Equal((1, ""), (run.Result.Code, run.Result.Out));
        Assert.All(expected, part => Assert.Contains(part, run.Result.Error, StringComparison.Ordinal));
        Assert.Equal(1, run.Result.Error.Count(c => c == '\n'));
    }

    [Fact]
    public void A_path_with_spaces_is_told_as_a_shell_reads_it()
    {
        var run = ProgramRun.Of("pretrain", "--file", License, "--context", "16", "--width", "32", "--depth", "1", "--steps", "1", "--out", folder["it's a run"]);
        Assert.Contains($"functional-llm generate --model '{folder["it"]}'\\''s a run'\n", run.Out, StringComparison.Ordinal);
        var again = ProgramRun.Of("pretrain", "--file", License, "--context", "16", "--width", "32", "--depth", "1", "--steps", "1", "--out", folder["it's a run"]);
        Assert.Contains($"--resume '{folder["it"]}'\\''s a run',", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_that_would_be_ignored_is_unknown()
    {
        foreach (var option in new[] { "--file", "--text", "--dataset" })
            Assert.Contains($"unknown option '{option}'", ProgramRun.Of("generate", "--preset", "nano", "--ids", "1", option, "a").Error, StringComparison.Ordinal);
        Assert.DoesNotContain("--dataset", ProgramRun.Of("generate", "--help").Out, StringComparison.Ordinal);
        Assert.Contains("--data-folder", ProgramRun.Of("generate", "--help").Out, StringComparison.Ordinal);
    }
}
