using System.Text.Json.Nodes;
using Xunit;

namespace Functional.Llm.Tests.ModelTests;

/// <summary>Folders of Hugging Face's layout: what of a configuration is honoured, and how what is not is told.</summary>
public sealed class ModelFolderTests : IDisposable
{
    static readonly Llama Rotary = new(11, 9, 8, 2, 1, 2, 6, RotaryBase: 500, Epsilon: 1e-6);
    static readonly Gpt2 Gpt = new(11, 9, 8, 2, 2);
    static readonly Tokens Ids = Tokens.Of((1, 5), 3, 1, 4, 1, 5);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    string Written(bool gpt2)
    {
        ModelFile.Write(folder.Path, gpt2 ? new Pretrained<Gpt2Parameters>(Gpt, Gpt.Start(new Key(1))) : new Pretrained<LlamaParameters>(Rotary, Rotary.Start(new Key(1))));
        return folder.Path;
    }

    /// <summary>Changes config.json.</summary>
    void Configure(string name, string json)
    {
        var config = JsonNode.Parse(File.ReadAllText(folder["config.json"]))!.AsObject();
        config.Remove(name);
        if (json.Length > 0)
            config[name] = JsonNode.Parse(json);
        folder.Write("config.json", config.ToJsonString());
    }

    string Refusal()
    {
        var message = Assert.Throws<StorageException>(() => ModelFile.Read(folder.Path)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    [Theory]
    [InlineData(true, "model_type", "\"qwen2\"", "model_type is '\"qwen2\"'; expected gpt2, llama or mistral; choose another model, or get the file anew")]
    [InlineData(true, "model_type", "", "model_type is not there; expected a text")]
    [InlineData(true, "quantization_config", "{}", "quantization_config.quant_method is not there; expected a text")]
    [InlineData(true, "activation_function", "\"relu\"", "activation_function is '\"relu\"'; expected gelu_new, the form with tanh")]
    [InlineData(true, "n_inner", "8", "n_inner is '8'; expected four times n_embd, 32")]
    [InlineData(true, "n_head", "3", "n_head is '3'; expected a divisor of n_embd, 8")]
    [InlineData(true, "n_layer", "0", "n_layer is '0'; expected a whole number from 1 to 268,435,456")]
    [InlineData(true, "n_embd", "2147483647", "n_embd is '2147483647'; expected a whole number from 1 to 268,435,456")]
    [InlineData(true, "vocab_size", "1.5", "vocab_size is '1.5'; expected a whole number")]
    [InlineData(true, "scale_attn_weights", "false", "scale_attn_weights is 'false'; expected true")]
    [InlineData(true, "scale_attn_by_inverse_layer_idx", "true", "scale_attn_by_inverse_layer_idx is 'true'; expected false")]
    [InlineData(false, "hidden_act", "\"gelu\"", "hidden_act is '\"gelu\"'; expected silu")]
    [InlineData(false, "attention_bias", "true", "attention_bias is 'true'; expected false")]
    [InlineData(false, "head_dim", "8", "head_dim is '8'; expected hidden_size / num_attention_heads, 4")]
    [InlineData(false, "rope_theta", "0", "rope_theta is '0'; expected more than 0")]
    [InlineData(false, "rope_scaling", "3", "rope_scaling is '3'; expected an object")]
    [InlineData(false, "rope_scaling", "{\"type\": \"linear\", \"factor\": 2}", "rope_scaling.type is '\"linear\"'; expected llama3, or none")]
    [InlineData(false, "rope_scaling", "{\"rope_type\": \"yarn\", \"factor\": 2}", "rope_scaling.rope_type is '\"yarn\"'; expected llama3, or none")]
    [InlineData(false, "rope_parameters", "{\"rope_type\": \"longrope\"}", "rope_parameters.rope_type is '\"longrope\"'; expected llama3, or none")]
    [InlineData(false, "rope_scaling", "{\"factor\": 2}", "rope_scaling.rope_type is not there; expected a text")]
    [InlineData(false, "rope_scaling", "{\"rope_type\": \"llama3\", \"factor\": 8}", "rope_scaling.low_freq_factor is not there; expected a number")]
    [InlineData(false, "rope_scaling", "{\"rope_type\": \"llama3\", \"factor\": 0, \"low_freq_factor\": 1, \"high_freq_factor\": 4, \"original_max_position_embeddings\": 4}", "rope_scaling.factor is '0'; expected at least 1")]
    [InlineData(false, "rope_scaling", "{\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 4, \"high_freq_factor\": 4, \"original_max_position_embeddings\": 4}", "rope_scaling.high_freq_factor is '4'; expected more than low_freq_factor, 4")]
    public void What_would_be_another_model_is_told(bool gpt2, string name, string json, string expected)
    {
        Written(gpt2);
        Configure(name, json);
        Assert.StartsWith($"{folder["config.json"]}: {expected}", Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "n_embd", "16", "tensor 'wte.weight' has shape [11, 8]; expected [11, 16] by config.json; get both files anew, as they belong together")]
    [InlineData(true, "vocab_size", "268435456", "tensor 'wte.weight' has shape [11, 8]; expected [268435456, 8] by config.json")]
    [InlineData(true, "n_positions", "8", "tensor 'wpe.weight' has shape [9, 8]; expected [8, 8] by config.json")]
    [InlineData(true, "n_layer", "1", "there is a tensor 'h.1.ln_1.weight'; expected 1 layers by config.json; get both files anew, as they belong together")]
    [InlineData(true, "n_layer", "3", "there is no tensor 'h.2.ln_1.weight'; expected 3 layers by config.json")]
    [InlineData(true, "tie_word_embeddings", "false", "there is no tensor 'lm_head.weight'")]
    [InlineData(false, "num_hidden_layers", "1", "there is a tensor 'model.layers.1.input_layernorm.weight'; expected 1 layers by config.json")]
    [InlineData(false, "num_hidden_layers", "268435456", "there is no tensor 'model.layers.2.input_layernorm.weight'; expected 268,435,456 layers by config.json")]
    [InlineData(false, "num_key_value_heads", "2", "tensor 'model.layers.0.self_attn.k_proj.weight' has shape [4, 8]; expected [8, 8] by config.json")]
    [InlineData(false, "intermediate_size", "268435456", "tensor 'model.layers.0.mlp.gate_proj.weight' has shape [6, 8]; expected [268435456, 8] by config.json")]
    public void A_configuration_that_does_not_fit_its_tensors_is_told(bool gpt2, string name, string json, string expected)
    {
        Written(gpt2);
        Configure(name, json);
        Assert.StartsWith($"{folder.Path}: {expected}", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_links_is_a_model_with_its_tokenizer()
    {
        // As in Hugging Face's cache.
        var model = ModelFile.Read(Written(gpt2: false));
        WordTokenizer.Of("a b c").Save(folder["tokenizer.json"]);
        var snapshot = Directory.CreateDirectory(folder["snapshots/1"]).FullName;
        string[] names = ["config.json", "model.safetensors", "tokenizer.json"];
        foreach (var name in names)
            File.CreateSymbolicLink(Path.Combine(snapshot, name), $"../../{name}");
        Assert.Equal(model.Sha256, ModelFile.Read(snapshot).Sha256);
        Assert.Equal(TokenizerFile.Read(folder.Path).VocabularySize, TokenizerFile.Read(snapshot).VocabularySize);
        foreach (var name in names.Reverse())
        {
            File.Delete(folder[name]);
            var message = Assert.ThrowsAny<FunctionalLlmException>(() => (ModelFile.Read(snapshot), TokenizerFile.Read(snapshot))).Message;
            Assert.Matches($"^{Path.Combine(snapshot, name)}: the [a-z ]+ is a link to '../../{name}', where nothing is; put the file there, or get both anew$", message);
        }
    }

    [Fact]
    public void Missing_files_are_told()
    {
        Assert.StartsWith($"{folder["config.json"]}: the configuration cannot be read", Refusal(), StringComparison.Ordinal);
        Written(gpt2: false);
        File.Delete(folder["model.safetensors"]);
        Assert.StartsWith($"{folder.Path}: there is no model in this folder", Refusal(), StringComparison.Ordinal);
        Assert.StartsWith($"{folder["none/config.json"]}: the configuration cannot be read", Assert.Throws<StorageException>(() => ModelFile.Read(folder["none"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shards_in_any_kind_of_numbers_are_the_same_model()
    {
        var model = ModelFile.Read(Written(gpt2: false));
        using (var whole = SafetensorsFile.Open(folder["model.safetensors"]))
        {
            var map = new JsonObject();
            foreach (var (i, entry) in whole.Entries.Index())
            {
                map[entry.Name] = $"shard-{i % 3}.safetensors";
            }

            for (var shard = 0; shard < 3; shard++)
                SafetensorsFile.Write(folder[$"shard-{shard}.safetensors"], whole.Entries.Where((_, i) => i % 3 == shard).Select(entry => (entry.Name, whole.Read(entry.Name))), dtype: Dtype.F64);
            folder.Write("model.safetensors.index.json", new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = -1 }, ["weight_map"] = map }.ToJsonString());
        }

        File.Delete(folder["model.safetensors"]);
        Assert.Equal(model.Sha256, ModelFile.Read(folder.Path).Sha256);
    }

    [Fact]
    public void Scaled_positions_are_kept_and_change_the_logits()
    {
        var scaled = new Pretrained<LlamaParameters>(Rotary with { Scaling = new(8, 1, 4, 9) }, Rotary.Start(new Key(1)));
        ModelFile.Write(folder.Path, scaled);
        var read = Assert.IsType<Pretrained<LlamaParameters>>(ModelFile.Read(folder.Path));
        Assert.Equal(scaled.Model, read.Model);
        Assert.True(scaled.Logits(Ids).SameBits(read.Logits(Ids)));
        Assert.False(scaled.Logits(Ids).SameBits((scaled with { Model = Rotary }).Logits(Ids)));
    }

    [Theory]
    [InlineData("rope_scaling", "{\"type\": \"default\"}", 500)]
    [InlineData("rope_parameters", "{\"rope_theta\": 70, \"rope_type\": \"default\"}", 70)]
    [InlineData("rope_parameters", "{\"rope_theta\": 70}", 70)]
    public void Positions_without_scaling_are_said_in_several_ways(string name, string json, double theta)
    {
        Written(gpt2: false);
        Configure(name, json);
        Assert.Equal(Rotary with { RotaryBase = theta }, ModelFolder.Configuration(folder.Path));
    }

    [Fact]
    public void Newer_files_have_the_scaling_beside_the_base()
    {
        Written(gpt2: false);
        Configure("rope_theta", "");
        Configure("rope_parameters", "{\"rope_theta\": 70, \"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1, \"high_freq_factor\": 4, \"original_max_position_embeddings\": 4}");
        Assert.Equal(Rotary with { RotaryBase = 70, Scaling = new(8, 1, 4, 4) }, ModelFolder.Configuration(folder.Path));
    }

    [Fact]
    public void A_window_makes_it_Mistral()
    {
        var model = Rotary with { Window = 3 };
        ModelFile.Write(folder.Path, new Pretrained<LlamaParameters>(model, model.Start(new Key(1))));
        Assert.Contains("MistralForCausalLM", File.ReadAllText(folder["config.json"]), StringComparison.Ordinal);
        Assert.Equal(model, ModelFolder.Configuration(folder.Path));
        Configure("sliding_window", "null");
        Assert.Equal(Rotary, ModelFolder.Configuration(folder.Path));
        Configure("num_key_value_heads", "");
        Assert.StartsWith($"{folder["config.json"]}: num_key_value_heads is not there; expected a whole number", Refusal(), StringComparison.Ordinal);
    }
}
