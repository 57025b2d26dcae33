using Functional.Llm.Tests.ModelTests;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>A script's model: a folder, a file, or a preset, and the tokenizer that belongs to it.</summary>
public sealed class ModelOptionsTests : IDisposable
{
    public sealed record Options : ModelOptions;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    ScriptRun Run(params string[] arguments) => ScriptRun.Of<Options>([.. arguments, "--json"], o =>
    {
        var (model, tokenizer) = o.Load(needsTokenizer: true);
        return new { model.Vocabulary, tokens = tokenizer?.VocabularySize };
    });

    [Fact]
    public void Beside_a_file_its_tokenizer_is_found_or_named()
    {
        var model = folder.Write("model.bin", Llama2cBytes.Of(Llama2cBytes.Drawn(tied: true), version: 0));
        folder.Write("tokenizer.json", "{}");
        Assert.Equal("{\"vocabulary\":7,\"tokens\":null}\n", Run("--model", model).Out);
        var other = folder.Write("other.bin", Text.LlamaFile.Bytes());
        Assert.Equal("{\"vocabulary\":7,\"tokens\":270}\n", Run("--model", model, "--tokenizer", other).Out);
        File.Move(other, folder["tokenizer.bin"]);
        Assert.Equal("{\"vocabulary\":7,\"tokens\":270}\n", Run("--model", model).Out);
    }

    [Fact]
    public void A_folder_whose_name_ends_like_a_files_is_a_folder()
    {
        Directory.CreateDirectory(folder["model.bin"]);
        ModelFile.Write(folder["model.bin"], Llama2cBytes.Drawn(tied: false));
        Text.LlamaFile.Tokenizer(SpaceInFront.Always).Save(folder["model.bin/tokenizer.json"]);
        Assert.Equal("{\"vocabulary\":7,\"tokens\":270}\n", Run("--model", folder["model.bin"]).Out);
    }

    [Fact]
    public void Without_a_model_it_is_told()
    {
        var none = Run();
        Assert.Equal(2, none.Code);
        Assert.Contains("no model is given; expected --model FOLDER|FILE, or --preset NAME", none.Error, StringComparison.Ordinal);
        var absent = Run("--model", folder["absent.bin"]);
        Assert.Equal(1, absent.Code);
        Assert.Contains("absent.bin: the model cannot be read", absent.Error, StringComparison.Ordinal);
    }
}
