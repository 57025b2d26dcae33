namespace Functional.Llm;

/// <summary>Llama under Hugging Face's names, where queries, keys and values are three matrices, and gates are one of their own.</summary>
static class LlamaFile
{
    public static Llama Model(ModelConfig config)
    {
        var (width, heads) = (config.Count("hidden_size"), config.Count("num_attention_heads"));
        var groups = config.Count("num_key_value_heads", heads);
        config.Expect("hidden_act", config.Text("hidden_act", "silu") == "silu", "silu");
        config.Expect("num_attention_heads", width % heads == 0 && width / heads % 2 == 0, $"a divisor of hidden_size, {width}, that leaves heads of even size");
        config.Expect("num_key_value_heads", heads % groups == 0, $"a divisor of num_attention_heads, {heads}");
        config.Expect("head_dim", config.Count("head_dim", width / heads) == width / heads, $"hidden_size / num_attention_heads, {width / heads}");
        foreach (var name in new[] { "attention_bias", "mlp_bias" })
            config.Expect(name, !config.Flag(name, otherwise: false), "false");
        config.Expect("rope_scaling", !config.Has("rope_scaling"), "none");
        return new(config.Count("vocab_size"), config.Count("max_position_embeddings", 2048), width, heads, groups, config.Count("num_hidden_layers"), config.Count("intermediate_size"),
            config.Flag("tie_word_embeddings", otherwise: false), config.Number("rope_theta", 10000), Epsilon: config.Number("rms_norm_eps", 1e-6),
            Window: config.Has("sliding_window") ? config.Count("sliding_window") : null);
    }

    public static LlamaParameters Read(Llama model, StoredTensors tensors)
    {
        var (C, F, keys) = (model.Width, model.Hidden, model.Width / model.Heads * model.Groups);
        return new(new(tensors.Read("model.embed_tokens.weight", (model.Vocabulary, C))), [.. Enumerable.Range(0, model.Depth).Select(i => new LlamaBlock(
                Norm($"model.layers.{i}.input_layernorm"), new(
                    new(Tensor.Concatenate(0, Matrix($"model.layers.{i}.self_attn.q_proj", C, C), Matrix($"model.layers.{i}.self_attn.k_proj", keys, C), Matrix($"model.layers.{i}.self_attn.v_proj", keys, C))),
                    new(Matrix($"model.layers.{i}.self_attn.o_proj", C, C))),
                Norm($"model.layers.{i}.post_attention_layernorm"), new(
                    new(Tensor.Concatenate(0, Matrix($"model.layers.{i}.mlp.gate_proj", F, C), Matrix($"model.layers.{i}.mlp.up_proj", F, C))),
                    new(Matrix($"model.layers.{i}.mlp.down_proj", C, F)))))],
            Norm("model.norm"), model.Tied ? null : new(Matrix("lm_head", model.Vocabulary, C)));

        Tensor Matrix(string name, int outputs, int inputs) => tensors.Read($"{name}.weight", (outputs, inputs));
        RmsNormParameters Norm(string name) => new(tensors.Read($"{name}.weight", C));
    }

    public static IEnumerable<(string Name, Tensor Value)> Write(string folder, Llama model, LlamaParameters parameters)
    {
        if (model.Pairs != RotaryPairs.Halves)
            throw new StorageException($"{folder}: rotary pairs of neighbours cannot be written as config.json; expected halves; write a model of such pairs");
        ModelConfig.Write(folder, [("model_type", "llama"), ("architectures", "LlamaForCausalLM"), ("vocab_size", model.Vocabulary), ("max_position_embeddings", model.Context), ("hidden_size", model.Width),
            ("num_attention_heads", model.Heads), ("num_key_value_heads", model.Groups), ("num_hidden_layers", model.Depth), ("intermediate_size", model.Hidden), ("hidden_act", "silu"),
            ("rms_norm_eps", model.Epsilon), ("rope_theta", model.RotaryBase), ("tie_word_embeddings", model.Tied), .. model.Window is { } window ? [("sliding_window", (object)window)] : Array.Empty<(string, object)>()]);
        return Named(model, parameters).Where(tensor => !tensor.Value.IsZero);
    }

    /// <summary>Parameters, or a gradient of them, under their names.</summary>
    public static IEnumerable<(string Name, Tensor Value)> Named(Llama model, LlamaParameters p)
    {
        var (C, F, keys) = (model.Width, model.Hidden, model.Width / model.Heads * model.Groups);
        return
        [
            ("model.embed_tokens.weight", p.Embedding.Token), .. p.Blocks.SelectMany((b, i) => (IEnumerable<(string, Tensor)>)
            [
                ($"model.layers.{i}.input_layernorm.weight", b.Norm1.Gain),
                ($"model.layers.{i}.self_attn.q_proj.weight", b.Attention.Input.Weight[..C]),
                ($"model.layers.{i}.self_attn.k_proj.weight", b.Attention.Input.Weight[C..(C + keys)]),
                ($"model.layers.{i}.self_attn.v_proj.weight", b.Attention.Input.Weight[(C + keys)..]),
                ($"model.layers.{i}.self_attn.o_proj.weight", b.Attention.Output.Weight),
                ($"model.layers.{i}.post_attention_layernorm.weight", b.Norm2.Gain),
                ($"model.layers.{i}.mlp.gate_proj.weight", b.FeedForward.Expand.Weight[..F]),
                ($"model.layers.{i}.mlp.up_proj.weight", b.FeedForward.Expand.Weight[F..]),
                ($"model.layers.{i}.mlp.down_proj.weight", b.FeedForward.Project.Weight),
            ]),
            ("model.norm.weight", p.Norm.Gain), ("lm_head.weight", p.Head?.Weight ?? default),
        ];
    }
}
