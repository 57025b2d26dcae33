namespace Functional.Llm;

/// <summary>The options of the command that reads a model and writes it as others read it.</summary>
public abstract record ConversionOptions : ScriptOptions
{
    /// <summary>The model.</summary>
    [Help("a model's folder: config.json, model.safetensors, tokenizer.json", "FOLDER")]
    public string? Model { get; init; }

    /// <summary>Writes the model into the folder that <c>--out</c> names: config.json, model.safetensors, and tokenizer.json where it has a tokenizer.</summary>
    /// <returns>parameters, parameters_sha256 and tokenizer: whether there is one.</returns>
    /// <exception cref="UsageException">A folder is not given, or both are the same.</exception>
    /// <exception cref="FunctionalLlmException">The model or its tokenizer cannot be read or written.</exception>
    public IReadOnlyDictionary<string, object?> Convert()
    {
        if (Model is not { } from)
            throw new UsageException("no model is given; expected --model FOLDER");
        if (Out is not { } folder)
            throw new UsageException("no folder to write is given; expected --out FOLDER");
        if (Path.GetFullPath(from) == Path.GetFullPath(folder))
            throw new UsageException($"--out: {Spelling.Quoted(folder)} is the folder of --model; expected another, so that nothing is written over");

        var model = ModelFile.Read(from);
        var tokenizer = ModelOptions.TokenizerBeside(from);
        ModelFolder.Write(folder, model);
        tokenizer?.Save(Path.Combine(folder, "tokenizer.json"));
        var sha = model.Sha256;
        Print($"{model.Count:N0} parameters are in {folder}{(tokenizer is null ? "" : ", and tokenizer.json beside them")}: {Invitation("generate", $"--model {folder}")}");
        return new Dictionary<string, object?> { ["parameters"] = model.Count, ["parameters_sha256"] = sha, ["tokenizer"] = tokenizer is not null };
    }
}
