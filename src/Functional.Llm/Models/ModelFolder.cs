namespace Functional.Llm;

/// <summary>Folders with a model as Hugging Face lays it out: config.json beside model.safetensors, or shards of it with an index.</summary>
public static class ModelFolder
{
    /// <summary>The configuration in a folder.</summary>
    /// <exception cref="StorageException">There is none, or the architecture is not known here.</exception>
    public static LanguageModel Configuration(string folder)
    {
        var config = ModelConfig.Read(folder);
        var type = config.Text("model_type");
        config.Expect("model_type", type is "gpt2" or "llama" or "mistral", "gpt2, llama or mistral");
        config.Expect("quantization_config", !config.Has("quantization_config"), "none: weights of 16 bits or more");
        return type == "gpt2" ? Gpt2File.Model(config) : LlamaFile.Model(config);
    }

    /// <summary>The model in a folder.</summary>
    /// <exception cref="StorageException">A file is missing or broken, a tensor is missing or has another shape, or the architecture is not known here.</exception>
    public static Pretrained Read(string folder)
    {
        var model = Configuration(folder);
        using var tensors = SafetensorsFolder.Open(folder);
        var stored = new FolderTensors(folder, tensors);
        return model is Gpt2 gpt2 ? new Pretrained<Gpt2Parameters>(gpt2, Gpt2File.Read(gpt2, stored))
            : new Pretrained<LlamaParameters>((Llama)model, LlamaFile.Read((Llama)model, stored));
    }

    /// <summary>Writes a model so that others read it, too: each file whole or not at all.</summary>
    /// <exception cref="StorageException">A file cannot be written.</exception>
    public static void Write(string folder, Pretrained model)
    {
        var tensors = model switch
        {
            Pretrained<Gpt2Parameters> { Model: Gpt2 gpt2 } known => Gpt2File.Write(folder, gpt2, known.Parameters),
            Pretrained<LlamaParameters> { Model: Llama } llama => LlamaFile.Write(folder, llama),
            _ => throw new StorageException($"{folder}: a model of type {model.GetType().Name} has no file format; expected GPT-2 or Llama; write its leaves with SafetensorsFile"),
        };
        SafetensorsFile.Write(Path.Combine(folder, "model.safetensors"), tensors, new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt" });
    }
}
