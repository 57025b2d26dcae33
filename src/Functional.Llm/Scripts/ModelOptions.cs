using Presets = Functional.Llm.Preset;

namespace Functional.Llm;

/// <summary>The options of a script that uses a model.</summary>
public abstract record ModelOptions : TokenizerOptions
{
    const string OfTheModel = "model";
    const string Torch = "torch:";

    static readonly ImmutableArray<string> TokenizerNames = ["tokenizer.json", "encoder.json", "vocab.json", "tokenizer.bin"];

    /// <summary>The tokenizer is the model's, unless one is named.</summary>
    protected ModelOptions() => Tokenizer = OfTheModel;

    /// <summary>A model's folder or file.</summary>
    [Help("a model's folder: config.json, model.safetensors, tokenizer.json; or llama2.c's .bin with tokenizer.bin beside it", "FOLDER|FILE")]
    public string? Model { get; init; }

    /// <summary>The form of the model's matrices.</summary>
    [Help("keep the model's matrices in fewer bits; as they are when left out")]
    public Compression? Form { get; init; }

    /// <summary>A known model that has learnt nothing yet.</summary>
    [Help("a model that has learnt nothing yet, instead of --model: gpt2-124m, book-124m, nano and so on", "NAME")]
    public string? Preset { get; init; }

    /// <summary>How a preset's parameters are drawn.</summary>
    [Help("torch:SEED draws a preset's parameters as PyTorch does; by --seed when left out", "torch:SEED")]
    public string? Init { get; init; }

    /// <summary>T of a preset.</summary>
    [Help("places of a preset's window"), Between(1, PretrainingSizes.Most)]
    public int? Context { get; init; }

    /// <summary>The model, and its tokenizer where it has one.</summary>
    /// <param name="needsTokenizer">Whether there is a text: without one, a preset's tokenizer is not looked for.</param>
    /// <param name="project">The project's folder, such as <c>Script.Beside("..")</c>; null where there is none.</param>
    /// <exception cref="UsageException">No model is given, or two, or a name is not known.</exception>
    /// <exception cref="FunctionalLlmException">A file is missing or broken, or the folder that <c>--out</c> names cannot be written to.</exception>
    public (Pretrained Model, Tokenizer? Tokenizer) Load(bool needsTokenizer, string? project = null)
    {
        if ((Model is null) == (Preset is null))
            throw new UsageException($"{(Model is null ? "no model is given" : "--model and --preset are given together")}; expected --model FOLDER|FILE, or --preset NAME for one that has learnt nothing yet");
        if (Preset is null && (Init is not null || Context is not null))
            throw new UsageException("--init and --context are for a preset; expected --preset with them");
        if (Out is not null)
            AtomicFile.MakeFolder(Out);
        if (Model is not null)
            return (ModelFile.Read(Model, Form), Tokenizer != OfTheModel ? NamedTokenizer(project) : TokenizerBeside(Model));

        var preset = Presets.All.FirstOrDefault(p => p.Name == Preset)
            ?? throw new UsageException($"--preset: {Spelling.Quoted(Preset!)} is no preset; expected {Spelling.List([.. Presets.All.Select(p => p.Name)])}");
        var model = preset.Model with { Context = Context ?? preset.Model.Context };
        if (PretrainingSizes.Excess(model) is { } excess)
            throw new UsageException($"{excess}; give a smaller --context, or another --preset");
        Pretrained made = model switch
        {
            Gpt2 gpt2 => new Pretrained<Gpt2Parameters>(gpt2, Fresh(gpt2)),
            Llama llama => new Pretrained<LlamaParameters>(llama, Fresh(llama)),
            _ => throw new UsageException($"--preset: {model} cannot be made; expected another"),
        };
        return (Form is { } form ? made.Compressed(form) : made, Tokenizer != OfTheModel ? NamedTokenizer(project) : needsTokenizer && preset.Tokenizer == "gpt2" ? (this with { Tokenizer = "gpt2" }).TokenizerFor("", project) : null);
    }

    Tokenizer NamedTokenizer(string? project) => !LearnsVocabulary(project) ? TokenizerFor("", project)
        : throw new UsageException($"--tokenizer: {Tokenizer} learns a vocabulary from a text, and a model has its own; expected gpt2, or the path of a tokenizer's file");

    P Fresh<P>(LanguageModel<P> model) => Init is not { } init ? model.Start(new Key(Seed))
        : init.StartsWith(Torch, StringComparison.Ordinal) && uint.TryParse(init.AsSpan(Torch.Length), out var seed) ? model.Start(TorchGenerator.Seeded(seed))
        : throw new UsageException($"--init: {Spelling.Quoted(init)} is no way to draw parameters; expected torch:SEED, as torch:123");

    /// <summary>The tokenizer that lies with a model, or null where there is none.</summary>
    /// <remarks>A folder may also hold the tokenizers of other models; beside a file, llama2.c looks for one name only.</remarks>
    /// <exception cref="FunctionalLlmException">It is there, and cannot be read.</exception>
    public static Tokenizer? TokenizerBeside(string model)
    {
        var isFile = ModelFile.IsFile(model);
        var (folder, names) = isFile ? (Path.GetDirectoryName(model) ?? "", ["tokenizer.bin"]) : (model, TokenizerNames);
        return !names.Any(name => System.IO.File.Exists(Path.Combine(folder, name))) ? null : TokenizerFile.Read(isFile ? Path.Combine(folder, names[0]) : folder);
    }
}
