using System.Text.Json.Nodes;

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
        // Left out, they are others for Mistral than for Llama; the files state them.
        if (config.Text("model_type") == "mistral")
        {
            foreach (var name in new[] { "num_key_value_heads", "max_position_embeddings" })
                config.Count(name);
        }

        var rotary = config.Part("rope_parameters") ?? config.Part("rope_scaling");
        var theta = (rotary?.Has("rope_theta") == true ? rotary : config).Number("rope_theta", 10000);
        config.Expect("rope_theta", theta > 0, "more than 0");
        return new(config.Count("vocab_size"), config.Count("max_position_embeddings", 2048), width, heads, groups, config.Count("num_hidden_layers"), config.Count("intermediate_size"),
            config.Flag("tie_word_embeddings", otherwise: false), theta, Epsilon: config.Number("rms_norm_eps", 1e-6),
            Window: config.Has("sliding_window") ? config.Count("sliding_window") : null, Scaling: rotary is null ? null : Scaling(rotary));
    }

    static RotaryScaling? Scaling(ModelConfig rotary)
    {
        // Without a type, as without scaling; but a factor without one says too little.
        var key = rotary.Has("rope_type") || !rotary.Has("type") ? "rope_type" : "type";
        var type = rotary.Text(key, rotary.Has("factor") ? null : "default");
        rotary.Expect(key, type is "default" or "llama3", "llama3, or none");
        if (type == "default")
            return null;
        var scaling = new RotaryScaling(rotary.Number("factor"), rotary.Number("low_freq_factor"), rotary.Number("high_freq_factor"), rotary.Count("original_max_position_embeddings"));
        rotary.Expect("factor", scaling.Factor >= 1, "at least 1");
        rotary.Expect("high_freq_factor", scaling.High > scaling.Low, $"more than low_freq_factor, {scaling.Low}");
        return scaling;
    }

    public static LlamaParameters Read(Llama model, StoredTensors tensors)
    {
        var (C, F, keys) = (model.Width, model.Hidden, model.Width / model.Heads * model.Groups);
        tensors.ExpectLayers(model.Depth, i => $"model.layers.{i}.input_layernorm.weight");
        return new(new(tensors.ReadRows(C, ("model.embed_tokens.weight", model.Vocabulary))), [.. Enumerable.Range(0, model.Depth).Select(i => $"model.layers.{i}").Select(layer => new LlamaBlock(
                Norm($"{layer}.input_layernorm"),
                new(Rows(C, ($"{layer}.self_attn.q_proj", C), ($"{layer}.self_attn.k_proj", keys), ($"{layer}.self_attn.v_proj", keys)), Rows(C, ($"{layer}.self_attn.o_proj", C))),
                Norm($"{layer}.post_attention_layernorm"),
                new(Rows(C, ($"{layer}.mlp.gate_proj", F), ($"{layer}.mlp.up_proj", F)), Rows(F, ($"{layer}.mlp.down_proj", C)))))],
            Norm("model.norm"), model.Tied ? null : Rows(C, ("lm_head", model.Vocabulary)));

        RmsNormParameters Norm(string name) => new(tensors.Read($"{name}.weight", C));
        LinearParameters Rows(int columns, params (string Name, int Rows)[] parts) => new(tensors.ReadRows(columns, [.. parts.Select(part => ($"{part.Name}.weight", part.Rows))]));
    }

    /// <summary>The configuration, as config.json says it.</summary>
    public static JsonObject Config(Llama model)
    {
        // Under the name of Llama others read no window.
        var (type, architecture) = model.Window is null ? ("llama", "LlamaForCausalLM") : ("mistral", "MistralForCausalLM");
        var scaling = model.Scaling is not { } s ? null : ModelConfig.Object(
            ("rope_type", "llama3"), ("factor", s.Factor), ("low_freq_factor", s.Low), ("high_freq_factor", s.High), ("original_max_position_embeddings", s.Context));
        return ModelConfig.Object(
            ("model_type", type), ("architectures", new JsonArray(architecture)), ("vocab_size", model.Vocabulary), ("max_position_embeddings", model.Context), ("hidden_size", model.Width),
            ("num_attention_heads", model.Heads), ("num_key_value_heads", model.Groups), ("num_hidden_layers", model.Depth), ("intermediate_size", model.Hidden), ("hidden_act", "silu"),
            ("rms_norm_eps", model.Epsilon), ("rope_theta", model.RotaryBase), ("rope_scaling", scaling), ("tie_word_embeddings", model.Tied), ("sliding_window", model.Window));
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
