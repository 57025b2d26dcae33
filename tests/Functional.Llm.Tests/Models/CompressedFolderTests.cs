using System.Text.Json.Nodes;
using Xunit;

namespace Functional.Llm.Tests.Models;

/// <summary>Compressed models in folders.</summary>
public sealed class CompressedFolderTests : IDisposable
{
    static readonly Gpt2 Gpt = new(40, 24, 64, 4, 2);
    static readonly Llama Rotary = new(40, 24, 48, 4, 2, 2, 80, Pairs: RotaryPairs.Neighbours, Epsilon: 1e-6);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static Pretrained[] Models => [new Pretrained<Gpt2Parameters>(Gpt, Gpt.Start(new Key(1))), new Pretrained<LlamaParameters>(Rotary, Rotary.Start(new Key(2)))];

    public static TheoryData<Compression> All => [.. Enum.GetValues<Compression>()];

    static Tensor Logits(Pretrained model) => model.Logits(Tokens.Of((1, 9), [.. Enumerable.Range(0, 9)]));

    [Theory, MemberData(nameof(All))]
    public void A_model_comes_back_as_it_was_written(Compression compression)
    {
        foreach (var model in Models)
        {
            var small = model.Compressed(compression);
            ModelFile.Write(folder.Path, small);
            var back = ModelFile.Read(folder.Path);
            Assert.True(Logits(small).IsClose(Logits(back), 1e-5, 1e-6));
            if (compression is Compression.Int8 or Compression.Int4)
            {
                Assert.Equal(small.Configuration, back.Configuration);
                Assert.Equal(small.Sha256, back.Sha256);
                Assert.Equal(small.Leaves().Select(leaf => leaf.Value.Compression), back.Leaves().Select(leaf => leaf.Value.Compression));
                Assert.InRange(new FileInfo(folder["model.safetensors"]).Length, small.Bytes(), small.Bytes() + 10_000);
            }
            else
            {
                Assert.All(back.Leaves(), leaf => Assert.Null(leaf.Value.Compression));
                Assert.Equal(small.Leaves().Length, ModelFile.Read(folder.Path, compression).Leaves().Length);
            }
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Reading_compresses_as_compressing_what_was_read_does(Compression compression)
    {
        foreach (var model in Models)
        {
            ModelFile.Write(folder.Path, model);
            var (read, made) = (ModelFile.Read(folder.Path, compression), ModelFile.Read(folder.Path).Compressed(compression));
            Assert.All(read.Leaves().Zip(made.Leaves()), pair => Assert.Equal((pair.Item2.Path, pair.Item2.Value.Compression), (pair.Item1.Path, pair.Item1.Value.Compression)));
            Assert.Equal(made.Sha256, read.Sha256);
        }
    }

    /// <summary>Two numbers a place, and many places: a group of 32 for each row would be up to 16 times what the file has.</summary>
    [Theory, MemberData(nameof(All))]
    public void Rows_shorter_than_a_group_take_no_more_than_in_the_file(Compression compression)
    {
        var (gpt, rotary) = (new Gpt2(50_000, 24, 2, 1, 1), new Llama(50_000, 24, 6, 1, 1, 1, 31));
        foreach (var model in new Pretrained[] { new Pretrained<Gpt2Parameters>(gpt, gpt.Start(new Key(1))), new Pretrained<LlamaParameters>(rotary, rotary.Start(new Key(2))) })
        {
            ModelFile.Write(folder.Path, model);
            var (size, before) = (new FileInfo(folder["model.safetensors"]).Length, GC.GetAllocatedBytesForCurrentThread());
            var read = ModelFile.Read(folder.Path, compression);

            // Less, where arrays that other work gave back are taken again.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, size + (1 << 18));
            Assert.All(read.Leaves(), leaf => Assert.Null(leaf.Value.Compression));
            Assert.Equal(model.Sha256, model.Compressed(compression).Sha256);
        }
    }

    [Fact]
    public void Views_are_written_as_they_are_seen_and_rotary_pairs_keep_their_bits()
    {
        var square = Models[0].Compressed(Compression.Int8).Map((path, leaf) => path.EndsWith("Output.Weight", StringComparison.Ordinal) ? leaf.T : leaf);
        ModelFile.Write(folder.Path, square);
        Assert.True(Logits(square).IsClose(Logits(ModelFile.Read(folder.Path)), 0.05, 0.02));
        ModelFile.Write(folder.Path, Models[1].Compressed(Compression.BF16));
        using var file = SafetensorsFile.Open(folder["model.safetensors"]);
        Assert.Equal("BF16", file["model.layers.0.self_attn.q_proj.weight"].Dtype.Name);
    }

    [Fact]
    public void A_weight_that_a_form_cannot_say_is_told_with_its_tensor()
    {
        ModelFile.Write(folder.Path, Models[1].Map((path, leaf) => path.EndsWith("Token", StringComparison.Ordinal) ? leaf * 1e8 : leaf));
        Assert.Contains("model.embed_tokens.weight", Assert.Throws<StorageException>(() => ModelFile.Read(folder.Path, Compression.F16)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sixteen_bits_are_those_that_others_read()
    {
        ModelFile.Write(folder.Path, Models[0].Compressed(Compression.BF16));
        using var file = SafetensorsFile.Open(folder["model.safetensors"]);
        Assert.Equal(("BF16", "F32", "F32"), (file["h.0.mlp.c_fc.weight"].Dtype.Name, file["wpe.weight"].Dtype.Name, file["ln_f.weight"].Dtype.Name));
    }

    [Theory]
    [InlineData("quant_method", "gptq", "functional-llm")]
    [InlineData("group_size", 64, "32")]
    [InlineData("matrices", null, "quantization_config.matrices")]
    public void What_is_not_ours_is_refused_in_words(string name, object? value, string expected)
    {
        ModelFile.Write(folder.Path, Models[0].Compressed(Compression.Int4));
        Change(config => config["quantization_config"]![name] = value is int number ? number : value is null ? null : (string)value);
        Assert.Contains(expected, Assert.Throws<StorageException>(() => ModelFile.Read(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_and_forms_that_do_not_fit_the_tensors_are_refused()
    {
        ModelFile.Write(folder.Path, Models[0].Compressed(Compression.Int4));
        Change(config => config["quantization_config"]!["matrices"]!["Embedding.Token"] = "Int8");
        Assert.Contains("Embedding.Token", Assert.Throws<StorageException>(() => ModelFile.Read(folder.Path)).Message, StringComparison.Ordinal);
        Change(config => config["quantization_config"]!["matrices"]!["Embedding.Token"] = "Int5");
        Assert.Contains("Int4", Assert.Throws<StorageException>(() => ModelFile.Read(folder.Path)).Message, StringComparison.Ordinal);
        Change(config => config["quantization_config"]!["matrices"]!["Embedding.Token"] = "Int4");
        foreach (var (name, size) in new[] { ("n_layer", 1 << 27), ("n_layer", 3), ("vocab_size", 1 << 27), ("n_positions", 5), ("n_embd", 128), ("n_embd", 1 << 26) })
        {
            var before = 0;
            Change(config => (before, config[name]) = ((int)config[name]!, size));
            var start = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<StorageException>(() => ModelFile.Read(folder.Path));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - start, 0, 16 << 20);
            Change(config => config[name] = before);
        }

        Assert.Equal(Gpt.Count, ModelFile.Read(folder.Path).Count);
        Assert.Contains("already", Assert.Throws<StorageException>(() => ModelFile.Read(folder.Path, Compression.Int8)).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(Compression.Int8), InlineData(Compression.Int4)]
    public void A_scale_that_is_not_finite_is_told_with_tensor_and_file(Compression compression)
    {
        ModelFile.Write(folder.Path, Models[0].Compressed(compression));
        var (path, name) = (folder["model.safetensors"], "Blocks[1].FeedForward.Expand.Weight.scales");
        var whole = File.ReadAllBytes(path);
        long end;
        using (var file = SafetensorsFile.Open(path))
        {
            Assert.Equal((256, 2), file[name].Shape);
            end = whole.Length - file.Entries.Last().End + file[name].End;
        }

        foreach (var (upper, lower, expected) in new[] { (0x7F, 0x80, "Infinity"), (0xFF, 0x80, "-Infinity"), (0x7F, 0xC1, "NaN"), (0xFF, 0x81, "NaN") })
        {
            byte[] broken = [.. whole];
            (broken[end - 2], broken[end - 1]) = ((byte)lower, (byte)upper);
            File.WriteAllBytes(path, broken);
            Assert.Equal($"{path}: tensor '{name}' has {expected} at [255, 1]; expected finite scales; get the file anew", Assert.Throws<StorageException>(() => ModelFile.Read(folder.Path)).Message);
        }

        (whole[end - 2], whole[end - 1]) = (0x7F, 0x7F);
        File.WriteAllBytes(path, whole);
        Assert.Equal(Gpt.Count, ModelFile.Read(folder.Path).Count);
    }

    void Change(Action<JsonNode> change)
    {
        var config = JsonNode.Parse(File.ReadAllText(folder["config.json"]))!;
        change(config);
        File.WriteAllText(folder["config.json"], config.ToJsonString());
    }
}
