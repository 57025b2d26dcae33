using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>scripts/compress.csx, run as a process.</summary>
public class CompressScriptTests(SystemScripts scripts) : IClassFixture<SystemScripts>
{
    static readonly string[] Small = ["--file", Path.Combine(ScriptFolder.Repository, "LICENSE"), "--context", "16", "--student-steps", "1"];

    [Fact]
    public void A_trained_model_is_compressed_and_written_and_goes_on_with_a_text()
    {
        var (run, small) = (scripts["run"], scripts["small"]);
        scripts.Json("pretrain", ["--file", Small[1], "--context", "16", "--steps", "30", "--out", run]);
        var result = scripts.Json("compress", [.. Small[..2], "--model", run, "--student-steps", "1", "--form", "int4", "--out", small]);
        var forms = result.GetProperty("forms").EnumerateArray().ToArray();
        Assert.Equal(["F32", "BF16", "F16", "Int8", "Int4"], forms.Select(form => form.GetProperty("name").GetString()));
        var bytes = forms.Select(form => form.GetProperty("bytes").GetInt64()).ToArray();
        Assert.True(bytes[0] > 1.9 * bytes[1] && bytes[1] == bytes[2] && bytes[2] > 1.7 * bytes[3] && bytes[3] > 1.7 * bytes[4]);
        Assert.All(forms, form => Assert.Equal(result.GetProperty("loss").GetDouble(), form.GetProperty("loss").GetDouble(), 0.02));
        Assert.Equal(result.GetProperty("loss").GetDouble(), result.GetProperty("pruned")[0].GetProperty("loss").GetDouble());
        Assert.InRange(new FileInfo(Path.Combine(small, "model.safetensors")).Length, bytes[4], bytes[4] + 20_000);

        var text = scripts.Json("generate", "--model", small, "--prompt", "The ", "--count", "8", "--temperature", "0").GetProperty("text").GetString();
        Assert.StartsWith("The ", text, StringComparison.Ordinal);
        var (evaluated, expected) = (scripts.Json("evaluate", "--model", small, "--file", Small[1]), scripts.Json("evaluate", "--model", run, "--file", Small[1]));
        Assert.Equal(expected.GetProperty("loss").GetDouble(), evaluated.GetProperty("loss").GetDouble(), 0.02);
    }

    [Fact]
    public void What_is_no_model_or_no_form_is_told_in_a_line()
    {
        var absent = scripts.Run("compress", [.. Small[..2], "--model", scripts["absent"]]);
        Assert.Equal((1, ""), (absent.ExitCode, absent.Output));
        Assert.Contains("absent", absent.Error, StringComparison.Ordinal);
        foreach (var (words, expected) in new (string[], string)[]
        {
            (["--model", Written("bare", null, null)], "bare: there is no tokenizer with the model"),
            (["--model", Written("small", Compression.Int8, CharTokenizer.Of("abc"))], "small: the model is compressed already"),
            (["--out", Small[1]], "no file can be written there"),
        })
        {
            var refused = scripts.Run("compress", [.. Small[..2], .. words]);
            Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
            Assert.Contains(expected, refused.Error, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refused.Error);
        }

        var help = scripts.Run("compress", "--help").Output;
        Assert.All(["--resume", "--save-every", "--patience"], option => Assert.DoesNotContain(option, help, StringComparison.Ordinal));
        foreach (var option in new[] { "--width 8", "--steps 3", "--tokenizer char", "--token-file a" })
        {
            var ignored = scripts.Run("compress", [.. Small[..2], "--model", scripts["bare"], .. option.Split(' ')]);
            Assert.Equal((2, ""), (ignored.ExitCode, ignored.Output));
            Assert.StartsWith($"{option.Split(' ')[0]} is given with --model", ignored.Error, StringComparison.Ordinal);
        }

        var unknown = scripts.Run("compress", [.. Small, "--form", "int5"]);
        Assert.Equal((2, ""), (unknown.ExitCode, unknown.Output));
        Assert.Contains("int4", unknown.Error, StringComparison.Ordinal);
    }

    string Written(string name, Compression? form, CharTokenizer? tokenizer)
    {
        var gpt = new Gpt2(3, 16, 32, 2, 1);
        var model = new Pretrained<Gpt2Parameters>(gpt, gpt.Start(new Key(1)));
        ModelFile.Write(scripts[name], form is { } compression ? model.Compressed(compression) : model);
        tokenizer?.Save(Path.Combine(scripts[name], "tokenizer.json"));
        return scripts[name];
    }
}
