namespace Functional.Llm;

/// <summary>The options of the commands that read a model and write it in another format, or in fewer bits.</summary>
public abstract record ConversionOptions : ScriptOptions
{
    /// <summary>The model.</summary>
    [Help("a model's folder: config.json, model.safetensors, tokenizer.json; or llama2.c's .bin", "FOLDER|FILE")]
    public string? Model { get; init; }

    /// <summary>Its tokenizer, where that lies elsewhere.</summary>
    [Help("its tokenizer, where it does not lie with it", "FILE")]
    public string? Tokenizer { get; init; }

    /// <summary>The form of its matrices.</summary>
    [Help("bits of its matrices, as they are when left out: other programs read bf16 and f16")]
    public Compression? Form { get; init; }

    /// <summary>Whether two paths lead to one folder or file, links being followed.</summary>
    public static bool IsSamePlace(string first, string second) => Place(Path.GetFullPath(first)) == Place(Path.GetFullPath(second));

    /// <summary>A whole path without a link in it.</summary>
    static string Place(string path)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        if (Path.GetDirectoryName(path) is not { } folder)
            return path;
        var place = Path.Combine(Place(folder), Path.GetFileName(path));
        try
        {
            return new FileInfo(place).ResolveLinkTarget(returnFinalTarget: true) is { } target ? Place(target.FullName) : place;
        }
        catch (IOException)
        {
            return place;   // links in a circle: reading or writing there tells
        }
    }

    /// <summary>Writes the model and its tokenizer into the folder that <c>--out</c> names, or, where that ends with .bin, as llama2.c reads them.</summary>
    /// <returns>parameters, parameters_sha256, bytes, and tokenizer: whether there is one.</returns>
    /// <exception cref="UsageException">A folder is not given, or both are the same.</exception>
    /// <exception cref="FunctionalLlmException">The model or its tokenizer cannot be read or written.</exception>
    public IReadOnlyDictionary<string, object?> Convert()
    {
        var (from, to) = (Model ?? throw new UsageException("no model is given; expected --model FOLDER|FILE"), Out ?? throw new UsageException("nothing to write is given; expected --out FOLDER, or --out FILE.bin"));
        if (IsSamePlace(from, to))
            throw new UsageException($"--out: {Spelling.Quoted(to)} is where --model lies; expected another place, so that nothing is written over");
        if (Form is { } form && ModelFile.IsFile(to))
            throw new UsageException($"--form: llama2.c's format has no {form}; expected a folder for --out");

        var model = ModelFile.Read(from, Form, keeps: Form is null);
        var tokenizer = Tokenizer is { } path ? TokenizerFile.Read(path) : ModelOptions.TokenizerBeside(from);
        ModelFile.Write(to, model, Form is null ? from : null);
        // llama2.c's format has a place for its own kind of tokenizer alone.
        tokenizer?.Save(Path.Combine(ModelFile.IsFile(to) ? Path.GetDirectoryName(to) ?? "" : to, ModelFile.IsFile(to) && tokenizer is SentencePieceTokenizer ? "tokenizer.bin" : "tokenizer.json"));
        var bytes = ModelFile.BytesWritten(to);
        Print($"{model.Count:N0} parameters are in {to}, in {bytes:N0} bytes{(tokenizer is null ? "" : ", and their tokenizer beside them")}: {Invitation("generate", "--model", to)}");
        return new Dictionary<string, object?> { ["parameters"] = model.Count, ["parameters_sha256"] = model.Sha256, ["bytes"] = bytes, ["tokenizer"] = tokenizer is not null };
    }
}
