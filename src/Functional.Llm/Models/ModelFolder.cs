namespace Functional.Llm;

/// <summary>Folders with a model as Hugging Face lays it out: config.json beside model.safetensors, or shards of it with an index.</summary>
public static class ModelFolder
{
    internal const string FileName = "model.safetensors";

    /// <summary>Whether a folder holds a model, or a part of one.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, ModelConfig.FileName)) || File.Exists(Path.Combine(folder, FileName));

    /// <summary>The configuration in a folder.</summary>
    /// <exception cref="StorageException">There is none, or the architecture is not known here.</exception>
    public static LanguageModel Configuration(string folder)
    {
        var config = ModelConfig.Read(folder);
        var type = config.Text("model_type");
        config.Expect("model_type", type is "gpt2" or "llama" or "mistral", "gpt2, llama or mistral");
        var model = type == "gpt2" ? (LanguageModel)Gpt2File.Model(config) : LlamaFile.Model(config);
        return config.Part(CompressedFolder.Part) is { } part ? CompressedFolder.Model(part, model) : model;
    }

    /// <summary>The model in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="compression">How matrices are to be compressed, each as it is read; null to keep what the folder has, in which 16 bits become 32.</param>
    /// <param name="keeps">Whether every tensor of 16 bits stays in these, of which a product takes longer where rows are many; such as are read into one stay so together, or not.</param>
    /// <exception cref="StorageException">A file is missing or broken, a tensor is missing or has another shape, or the architecture is not known here.</exception>
    public static Pretrained Read(string folder, Compression? compression = null, bool keeps = false)
    {
        var model = Configuration(folder);
        using var tensors = SafetensorsFolder.Open(folder);
        if (ModelConfig.Read(folder).Has(CompressedFolder.Part))
        {
            return compression is null ? CompressedFolder.Read(folder, model, tensors)
                : throw new StorageException($"{folder}: the model is compressed already; expected one of 16 or 32 bits to make {compression} of; take that, or keep this as it is");
        }

        var stored = new FolderTensors(folder, tensors) { Compression = compression, Keeps = keeps };
        return model is Gpt2 gpt2 ? new Pretrained<Gpt2Parameters>(gpt2, Gpt2File.Read(gpt2, stored))
            : new Pretrained<LlamaParameters>((Llama)model, LlamaFile.Read((Llama)model, stored));
    }

    /// <summary>Writes a model so that others read it, too, unless it has matrices of 8 or 4 bits: each file whole or not at all.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="model">The model.</param>
    /// <param name="source">The folder that it was read from, and is as it was: what has 16 bits there gets the same, though it became wider in memory; null for the bits that it has there.</param>
    /// <exception cref="StorageException">A file cannot be written.</exception>
    public static void Write(string folder, Pretrained model, string? source = null)
    {
        using var stored = source is null ? null : SafetensorsFolder.Open(source);
        var isCompressed = model.Leaves().Any(leaf => leaf.Value.Compression is Compression.Int8 or Compression.Int4);
        var (config, tensors) = model switch
        {
            Pretrained<Gpt2Parameters> { Model: Gpt2 gpt2 } known => (Gpt2File.Config(gpt2), Gpt2File.Named(known.Parameters)),
            Pretrained<LlamaParameters> { Model: Llama rotary } known => (LlamaFile.Config(rotary), isCompressed ? [] : LlamaFile.Named(rotary, known.Paired(RotaryPairs.Halves).Parameters)),
            _ => throw new StorageException($"{folder}: a model of type {model.GetType().Name} has no file format; expected GPT-2 or Llama; write its leaves with SafetensorsFile"),
        };
        if (isCompressed)
            config.Add(CompressedFolder.Part, CompressedFolder.Config(model));
        ModelConfig.Write(folder, config);
        SafetensorsFile.Write(Path.Combine(folder, FileName),
            isCompressed ? CompressedFolder.Tensors(model) : tensors.Where(tensor => !tensor.Value.IsZero).Select(tensor => StoredTensor.Of(tensor.Name, tensor.Value, HalfOf(tensor.Name) ?? Dtype.LosslessOf(tensor.Value))),
            new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt" });

        Dtype? HalfOf(string name) => new[] { name, Gpt2File.Prefix + name }.Where(known => stored?.Contains(known) == true).Select(known => stored![known].Dtype)
            .FirstOrDefault(dtype => dtype == Dtype.BF16 || dtype == Dtype.F16);
    }
}
