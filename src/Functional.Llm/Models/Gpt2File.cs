using System.Text.Json.Nodes;

namespace Functional.Llm;

/// <summary>GPT-2 under Hugging Face's names, which are OpenAI's; matrices are stored as (inputs, outputs).</summary>
static class Gpt2File
{
    /// <summary>What is before all names in some files.</summary>
    public const string Prefix = "transformer.";

    public static Gpt2 Model(ModelConfig config)
    {
        var width = config.Count("n_embd");
        config.Expect("activation_function", config.Text("activation_function", "gelu_new") is "gelu_new" or "gelu_pytorch_tanh", "gelu_new, the form with tanh");
        config.Expect("layer_norm_epsilon", config.Number("layer_norm_epsilon", 1e-5) == 1e-5, "0.00001");
        config.Expect("n_inner", config.Count("n_inner", 4 * width) == 4 * width, $"four times n_embd, {4 * width}");
        config.Expect("scale_attn_weights", config.Flag("scale_attn_weights", otherwise: true), "true");
        foreach (var name in new[] { "scale_attn_by_inverse_layer_idx", "add_cross_attention" })
            config.Expect(name, !config.Flag(name, otherwise: false), "false");
        config.Expect("n_head", width % config.Count("n_head") == 0, $"a divisor of n_embd, {width}");
        return new(config.Count("vocab_size"), config.Count("n_positions"), width, config.Count("n_head"), config.Count("n_layer"), config.Number("resid_pdrop", 0),
            config.Flag("qkv_bias", otherwise: true), config.Flag("tie_word_embeddings", otherwise: true));
    }

    public static Gpt2Parameters Read(Gpt2 model, FolderTensors tensors)
    {
        var (prefix, C) = (tensors.Contains($"{Prefix}wte.weight") ? Prefix : "", model.Width);
        tensors.ExpectLayers(model.Depth, i => $"{prefix}h.{i}.ln_1.weight");
        return new(new(tensors.ReadRows(C, ($"{prefix}wte.weight", model.Vocabulary)), Tensor("wpe.weight", model.Context, C)), [.. Enumerable.Range(0, model.Depth).Select(i => new Gpt2Block(
                Norm($"h.{i}.ln_1"), new(Linear($"h.{i}.attn.c_attn", C, 3 * C, model.QkvBias), Linear($"h.{i}.attn.c_proj", C, C)),
                Norm($"h.{i}.ln_2"), new(Linear($"h.{i}.mlp.c_fc", C, 4 * C), Linear($"h.{i}.mlp.c_proj", 4 * C, C))))],
            Norm("ln_f"), model.Tied ? null : new(tensors.ReadRows(C, ("lm_head.weight", model.Vocabulary))));

        Tensor Tensor(string name, params ReadOnlySpan<int> sizes) => tensors.Read(prefix + name, sizes);
        LayerNormParameters Norm(string name) => new(Tensor($"{name}.weight", C), Tensor($"{name}.bias", C));
        LinearParameters Linear(string name, int inputs, int outputs, bool bias = true) =>
            new(tensors.ReadTransposed($"{prefix}{name}.weight", inputs, outputs), bias ? Tensor($"{name}.bias", outputs) : default);
    }

    /// <summary>The configuration, as config.json says it.</summary>
    public static JsonObject Config(Gpt2 model) => ModelConfig.Object(
        ("model_type", "gpt2"), ("architectures", new JsonArray("GPT2LMHeadModel")), ("vocab_size", model.Vocabulary), ("n_positions", model.Context), ("n_embd", model.Width),
        ("n_layer", model.Depth), ("n_head", model.Heads), ("layer_norm_epsilon", 1e-5), ("activation_function", "gelu_new"), ("resid_pdrop", model.Dropout),
        ("embd_pdrop", model.Dropout), ("attn_pdrop", model.Dropout), ("tie_word_embeddings", model.Tied), ("qkv_bias", model.QkvBias));

    /// <summary>Parameters, or a gradient of them, under their names.</summary>
    public static IEnumerable<(string Name, Tensor Value)> Named(Gpt2Parameters p) =>
    [
        ("wte.weight", p.Embedding.Token), ("wpe.weight", p.Embedding.Position), .. p.Blocks.SelectMany((b, i) => (IEnumerable<(string, Tensor)>)
        [
            .. Norm($"h.{i}.ln_1", b.Norm1), .. Linear($"h.{i}.attn.c_attn", b.Attention.Input), .. Linear($"h.{i}.attn.c_proj", b.Attention.Output),
            .. Norm($"h.{i}.ln_2", b.Norm2), .. Linear($"h.{i}.mlp.c_fc", b.FeedForward.Expand), .. Linear($"h.{i}.mlp.c_proj", b.FeedForward.Project),
        ]),
        .. Norm("ln_f", p.Norm), ("lm_head.weight", p.Head?.Weight ?? default),
    ];

    static (string, Tensor)[] Norm(string name, LayerNormParameters p) => [($"{name}.weight", p.Gain), ($"{name}.bias", p.Bias)];

    // Others expect a bias wherever there is a matrix.
    static (string, Tensor)[] Linear(string name, LinearParameters p) =>
        [($"{name}.weight", p.Weight.T), ($"{name}.bias", p.Bias.IsZero ? Tensor.Zeros(p.Weight.Shape.Sizes[0]) : p.Bias)];
}
