using Functional.Llm.Cli;
using Xunit;

namespace Functional.Llm.Tests.Cli;

/// <summary>The words that functional-llm understands, and what it says to others.</summary>
public sealed class ProgramTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public static TheoryData<string> Names => [.. Commands.Program.Commands.Select(command => command.Name)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("--help"), InlineData("-h"), InlineData("help"), InlineData("--help generate")]
    public void Help_shows_the_commands_and_an_example_of_each(string words)
    {
        var help = ProgramRun.Of(words.Split(' '));
        Assert.Equal((0, ""), (help.Code, help.Error));
        Assert.All(Commands.Program.Commands, command => Assert.Contains($"\n  functional-llm {command.Name} {command.Example}\n", help.Out, StringComparison.Ordinal));
        Assert.DoesNotContain('\e', help.Out);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_commands_help_shows_its_options_and_an_example(string name)
    {
        var help = ProgramRun.Of(name, "--help");
        Assert.Equal((0, ""), (help.Code, help.Error));
        Assert.StartsWith($"{Commands.Program.Commands.First(c => c.Name == name).Description}\n\nUsage: functional-llm {name} [options]\nExample: functional-llm {name} --", help.Out, StringComparison.Ordinal);
        Assert.Contains("--out FOLDER", help.Out, StringComparison.Ordinal);
        Assert.Equal(help, ProgramRun.Of("help", name));
    }

    [Fact]
    public void Its_version_is_a_line() => Assert.Equal(new(0, $"{Commands.Program.Version}\n", ""), ProgramRun.Of("--version"));

    [Theory]
    [InlineData("", "no command is given\nfunctional-llm --help shows the commands\n")]
    [InlineData("generat --count 1", "unknown command 'generat'; did you mean 'generate'?\nfunctional-llm --help shows the commands\n")]
    [InlineData("frobnicate", "unknown command 'frobnicate'; expected one of generate, evaluate, tokenize, pretrain, convert, quantize\nfunctional-llm --help shows the commands\n")]
    [InlineData("--count 1 generate", "unknown option '--count'; expected a command before its options\nfunctional-llm --help shows the commands\n")]
    [InlineData("generate --cuont 1", "unknown option '--cuont'; did you mean '--count'?\nfunctional-llm generate --help shows the options\n")]
    [InlineData("generate --count many", "--count: 'many' is not a whole number; expected a whole number of at least 0, for example --count 100\nfunctional-llm generate --help shows the options\n")]
    [InlineData("generate", "no model is given; expected --model FOLDER|FILE, or --preset NAME for one that has learnt nothing yet\nfunctional-llm generate --help shows the options\n")]
    [InlineData("generate --preset nano", "--prompt needs a tokenizer, which this model comes without; expected --ids, or --tokenizer\nfunctional-llm generate --help shows the options\n")]
    [InlineData("generate --preset nano --ids 1 --prompt a", "--ids and --prompt are given together; expected one of them\nfunctional-llm generate --help shows the options\n")]
    [InlineData("generate --preset nano --ids 1 --length-penalty 1", "--length-penalty judges what --beams finds; expected --beams with it\nfunctional-llm generate --help shows the options\n")]
    [InlineData("generate --preset nano --ids 1 --compare beams;beams=2,temperature=0", "--compare: 'beams' is no setting; expected one of temperature, top-k, top-p, min-p, repetition-penalty, presence-penalty, seed, beams, length-penalty, and its value, as in \"temperature 0; temperature 1, top-k 5\"\nfunctional-llm generate --help shows the options\n")]
    [InlineData("generate --preset nano --ids 1 --compare seed=1;beams=2,temperature=0", "--beams searches, and draws nothing; expected it without --draft, --temperature, --top-k, --top-p, --min-p and penalties\nfunctional-llm generate --help shows the options\n")]
    [InlineData("evaluate --preset nano --ids-file a --text b", "--ids-file and --text are given together; expected one of them\nfunctional-llm evaluate --help shows the options\n")]
    [InlineData("evaluate --preset nano --file a --text b", "--file and --text are given together; expected one text, from one of them\nfunctional-llm evaluate --help shows the options\n")]
    [InlineData("pretrain --text a --width 2000000000", "--width: '2000000000' is out of range; expected a whole number from 1 to 268435456\nfunctional-llm pretrain --help shows the options\n")]
    [InlineData("generate --preset nano --ids 1 --context 2000000000", "--context: '2000000000' is out of range; expected a whole number from 1 to 268435456\nfunctional-llm generate --help shows the options\n")]
    [InlineData("generate --preset nano --tokenizer char", "--tokenizer: char learns a vocabulary from a text, and a model has its own; expected gpt2, or the path of a tokenizer's file\nfunctional-llm generate --help shows the options\n")]
    [InlineData("evaluate --preset nano --tokenizer bpe --text a", "--tokenizer: bpe learns a vocabulary from a text, and a model has its own; expected gpt2, or the path of a tokenizer's file\nfunctional-llm evaluate --help shows the options\n")]
    [InlineData("tokenize", "no text is given; expected --dataset NAME, --file FILE or --text TEXT\nfunctional-llm tokenize --help shows the options\n")]
    [InlineData("pretrain", "no text is given; expected --dataset NAME, --file FILE or --text TEXT\nfunctional-llm pretrain --help shows the options\n")]
    [InlineData("convert --out a", "no model is given; expected --model FOLDER|FILE\nfunctional-llm convert --help shows the options\n")]
    [InlineData("convert --model a", "nothing to write is given; expected --out FOLDER, or --out FILE.bin\nfunctional-llm convert --help shows the options\n")]
    [InlineData("convert --model a --out ./a", "--out: './a' is where --model lies; expected another place, so that nothing is written over\nfunctional-llm convert --help shows the options\n")]
    [InlineData("quantize --model a --form int5 --out b", "--form: 'int5' is not a choice; expected bf16 or f16 or int8 or int4, for example --form int4\nfunctional-llm quantize --help shows the options\n")]
    [InlineData("quantize --model a --out a/", "--out: 'a/' is where --model lies; expected another place, so that nothing is written over\nfunctional-llm quantize --help shows the options\n")]
    [InlineData("quantize --model a --out b.bin", "--form: llama2.c's format has no Int8; expected a folder for --out\nfunctional-llm quantize --help shows the options\n")]
    public void Wrong_usage_is_explained_with_exit_code_2(string words, string message) =>
        Assert.Equal(new(2, "", message), ProgramRun.Of(words.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void What_cannot_be_done_is_one_line_and_exit_code_1()
    {
        var broken = Directory.CreateDirectory(folder["broken"]).FullName;
        File.WriteAllText(Path.Combine(broken, "config.json"), "{\"model_type\": \"gpt2\"");
        BytePairTokenizer.OfBytes.Save(folder["bytes.json"]);
        File.WriteAllText(folder["file"], "kept");
        foreach (var (words, expected) in new (string[], string)[]
        {
            (["generate", "--model", folder["absent"], "--ids", "1"], "config.json"),
            (["convert", "--model", broken, "--out", folder["out"]], "config.json:1:22: no JSON: the file ends here; expected a JSON object"),
            (["evaluate", "--model", broken, "--text", "a"], "config.json:1:22: no JSON"),
            (["tokenize", "--file", folder["absent"]], "no such file"),
            (["tokenize", "--tokenizer", "char", "--text", ""], "the text is empty"),
            (["pretrain", "--text", "too short"], "more than the context"),
            (["generate", "--preset", "nano", "--ids", "1,99"], "the id 99"),
            (["generate", "--preset", "nano", "--tokenizer", folder["bytes.json"], "--prompt", "a"], "--prompt: the tokenizer has 256 ids, and the model 65; expected the tokenizer that the model was trained with"),
            (["generate", "--preset", "nano", "--ids", "1", "--out", folder["file"]], "no file can be written there"),
            (["evaluate", "--preset", "nano", "--tokenizer", folder["bytes.json"], "--text", "abc", "--out", Path.Combine(folder["file"], "in")], "no file can be written there"),
        })
        {
            var run = ProgramRun.Of(words);
            Assert.Equal((1, ""), (run.Code, run.Out));
            Assert.Contains(expected, run.Error, StringComparison.Ordinal);
            Assert.Equal(run.Error.Length - 1, run.Error.IndexOf('\n', StringComparison.Ordinal));
        }

        Assert.False(Directory.Exists(folder["out"]));
        Assert.Equal("kept", File.ReadAllText(folder["file"]));
    }

    [Fact]
    public void A_link_to_the_model_is_where_the_model_lies()
    {
        var model = Directory.CreateDirectory(folder["models/a"]).FullName;
        File.CreateSymbolicLink(folder["link"], "models/a");
        File.CreateSymbolicLink(folder["all"], folder["models"]);
        File.CreateSymbolicLink(folder["circle"], "circle");
        foreach (var (from, to) in new[] { (model, folder["link"]), (folder["link"], model), (folder["all/a/"], folder["link"]), (folder["circle"], folder["circle"]) })
            Assert.Contains("is where --model lies", ProgramRun.Of("convert", "--model", from, "--out", to).Error, StringComparison.Ordinal);
        Assert.False(ConversionOptions.IsSamePlace(model, folder["all/b"]));
    }

    sealed record Nothing : ScriptOptions;

    [Fact]
    public void A_defect_is_one_line_that_tells_where()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var program = new ConsoleProgram("p", "A program.", "1", [Subcommand.Of<Nothing>("fail", "Fails.", "--seed 1", _ => throw new InvalidOperationException("oops\nand more"))]);
        Assert.Equal(1, program.Run(["fail"], new(output, error, false, false)));
        Assert.Matches(@"\Aa defect of the program, not of its input: System\.InvalidOperationException: oops␊and more \(at [^\n]*ProgramTests[^\n]*\)\n\z", error.ToString());
    }

    [Fact]
    public void As_a_process_it_keeps_results_and_errors_apart()
    {
        using var scripts = new ScriptFolder();
        var program = Path.Combine(AppContext.BaseDirectory, "functional-llm.dll");
        var result = ScriptFolder.Finish(scripts.Start("dotnet", program, "generate", "--preset", "nano", "--ids", "1,2,3", "--count", "2", "--json"));
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches("""\A\{"ids":\[1,2,3,\d+,\d+\],"text":null,"tokens_per_second":[^\n]+\}\z""", result.Output);
        var wrong = ScriptFolder.Finish(scripts.Start("dotnet", program, "generate", "--count", "-1"));
        Assert.Equal((2, ""), (wrong.ExitCode, wrong.Output));
    }

    [Fact]
    public void A_text_ends_at_an_interruption_and_nothing_of_it_is_lost()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var scripts = new ScriptFolder();
        var process = Endless(scripts, "--out", folder["out"]);
        Assert.Equal('1', process.StandardOutput.Read());
        Assert.Equal(',', process.StandardOutput.Read());
        using (var kill = System.Diagnostics.Process.Start("kill", ["-INT", $"{process.Id}"]))
            kill.WaitForExit();
        var result = ScriptFolder.Finish(process);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches(@"\A\d+(,\d+)*\nwrote .*surprise\.svg\nwrote .*generate\.html\z", result.Output);
        Assert.True(File.Exists(folder["out/generate.html"]));
    }

    [Fact]
    public void A_text_that_nobody_reads_on_ends()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var scripts = new ScriptFolder();
        using var process = Endless(scripts);
        Assert.Equal('1', process.StandardOutput.Read());
        process.StandardOutput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(30)))
            process.Kill();
        process.WaitForExit();
        Assert.Equal((0, ""), (process.ExitCode, process.StandardError.ReadToEnd()));
    }

    [Fact]
    public void A_search_ends_at_an_interruption_with_the_best_that_it_has_found()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var scripts = new ScriptFolder();
        var process = scripts.Start("dotnet", Path.Combine(AppContext.BaseDirectory, "functional-llm.dll"), "generate", "--preset", "nano", "--ids", "1", "--count", "1000000", "--beams", "4");
        while (!process.HasExited && !Listens(process))
            Thread.Sleep(50);
        Thread.Sleep(1500);
        using (var kill = System.Diagnostics.Process.Start("kill", ["-INT", $"{process.Id}"]))
            kill.WaitForExit();
        if (!process.WaitForExit(TimeSpan.FromSeconds(30)))
            process.Kill();
        var result = ScriptFolder.Finish(process);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches(@"\A1(,\d+)+\z", result.Output);
    }

    /// <summary>Whether it handles SIGINT by now, by what Linux says of it; elsewhere, only time tells.</summary>
    static bool Listens(System.Diagnostics.Process process) => !OperatingSystem.IsLinux()
        || File.ReadAllLines($"/proc/{process.Id}/status").FirstOrDefault(line => line.StartsWith("SigCgt:", StringComparison.Ordinal)) is { } caught
            && (System.Convert.ToUInt64(caught.Split('\t')[1], 16) & 2) != 0;

    static System.Diagnostics.Process Endless(ScriptFolder scripts, params string[] more) => scripts.Start(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "functional-llm.dll"), "generate", "--preset", "nano", "--ids", "1", "--count", "2000000000", .. more]);
}
