using System.Diagnostics.CodeAnalysis;
using Ids = Functional.Llm.TokenFile;
using Presets = Functional.Llm.Preset;

namespace Functional.Llm;

/// <summary>The options of a script that trains a language model.</summary>
public abstract record PretrainingOptions : TokenizerOptions
{
    const string ByPreset = "preset";
    const string Kept = "Training reads the file of ids to the end of the process.";

    /// <summary>What a model that there is already has of its own.</summary>
    static readonly ImmutableArray<string> OfModel = ["--token-file", "--tokenizer", "--context", "--width", "--heads", "--depth", "--dropout", "--steps"];

    /// <summary>What may change where a training goes on.</summary>
    static readonly ImmutableArray<string> OnResuming = ["--resume", "--steps", "--patience", "--save-every", "--data-folder", "--threads", "--out", "--json"];

    /// <summary>The tokenizer is the preset's, unless one is named.</summary>
    protected PretrainingOptions() => Tokenizer = ByPreset;

    /// <summary>A known model with its training.</summary>
    [Help("nano, baby, book-124m, gpt2-124m, gpt2-355m, llama-nano, llama-15m or llama-110m: what follows where it is left out", "NAME")]
    public string Preset { get; init; } = "nano";

    /// <summary>A file of ids.</summary>
    [Help("ids on disk, as tokenize writes them, instead of a text", "FILE")]
    public string? TokenFile { get; init; }

    /// <summary>T.</summary>
    [Help("places of a window"), Between(1, PretrainingSizes.Most)] public int? Context { get; init; }

    /// <summary>C.</summary>
    [Help("numbers a place"), Between(1, PretrainingSizes.Most)] public int? Width { get; init; }

    /// <summary>H.</summary>
    [Help("heads of attention"), Between(1, PretrainingSizes.Most)] public int? Heads { get; init; }

    /// <summary>L.</summary>
    [Help("blocks"), Between(1, PretrainingSizes.Most)] public int? Depth { get; init; }

    /// <summary>The fraction that is dropped.</summary>
    [Help("fraction that is dropped in training"), Between(0, 0.99)] public double? Dropout { get; init; }

    /// <summary>Updates.</summary>
    [Help("updates; beside --epochs, as many at most"), AtLeast(0)] public int? Steps { get; init; }

    /// <summary>Passes over the text.</summary>
    [Help("shuffled passes over the text, instead of updates on windows that begin anywhere"), AtLeast(1)] public int? Epochs { get; init; }

    /// <summary>Windows in a batch.</summary>
    [Help("windows in a batch"), AtLeast(1)] public int? Batch { get; init; }

    /// <summary>Batches of an update.</summary>
    [Help("batches whose gradients an update takes the mean of; 1 when left out"), AtLeast(1)] public int? Accumulate { get; init; }

    /// <summary>The learning rate.</summary>
    [Help("highest learning rate"), Positive] public double? Rate { get; init; }

    /// <summary>How the rate changes.</summary>
    [Help("constant, cosine or wsd (warm-up, stable, decay)", "NAME")] public string? Schedule { get; init; }

    /// <summary>The largest norm of a gradient.</summary>
    [Help("largest norm of a gradient; 0 for no limit"), AtLeast(0)] public double? Clip { get; init; }

    /// <summary>Whether blocks are computed again.</summary>
    [Help("compute blocks again in the backward pass: less memory, more time")] public bool Checkpointed { get; init; }

    /// <summary>How long to wait for a lower loss.</summary>
    [Help("end after so many looks at the validation text without a lower loss; without it, never"), AtLeast(1)] public int? Patience { get; init; }

    /// <summary>Minutes between two checkpoints.</summary>
    [Help("minutes between two checkpoints where --out or --resume names a folder for them; 0 for one after every update"), AtLeast(0)] public double SaveEvery { get; init; } = 5;

    /// <summary>A folder to go on from.</summary>
    [Help("go on from the newest checkpoint in a folder that was given with --out", "FOLDER")] public string? Resume { get; init; }

    /// <summary>Trains, shows how the loss falls, saves where <c>--out</c> or <c>--resume</c> says, and lets the model write.</summary>
    /// <param name="project">The project's folder, such as <c>Script.Beside("..")</c>; null for a program, which has none.</param>
    /// <returns>steps, loss, validation_loss, seconds, tokens_per_second and parameters_sha256.</returns>
    /// <exception cref="UsageException">Options contradict each other, or name nothing known.</exception>
    /// <exception cref="FunctionalLlmException">As <see cref="Run"/>, or training diverges, or a file cannot be written.</exception>
    public IReadOnlyDictionary<string, object?> Pretrain(string? project) => new PretrainingReport(this, Run(project)).Train();

    /// <summary>The training that the options ask for, and what is to be said of torn checkpoints.</summary>
    /// <param name="project">The project's folder, such as <c>Script.Beside("..")</c>; null for a program, which has none.</param>
    /// <exception cref="UsageException">Options contradict each other, or name nothing known.</exception>
    /// <exception cref="FunctionalLlmException">The text, the tokenizer or the checkpoint cannot be read, or the text is too short.</exception>
    public PretrainingRun Run(string? project)
    {
        var run = Resume is null ? Begin(project) : GoOn(project);
        run.Text.Check(run.Model.Context);
        return run;
    }

    /// <summary>The same training of a model that there is already, with its tokenizer.</summary>
    /// <param name="project">The project's folder, such as <c>Script.Beside("..")</c>.</param>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <exception cref="UsageException">Options contradict each other, or name nothing known.</exception>
    /// <exception cref="FunctionalLlmException">The text cannot be read, or is too short.</exception>
    public PretrainingRun RunOf(string? project, LanguageModel model, Tokenizer tokenizer) =>
        Settled(Named(), model, new(Dataset, Full(DataFolder), Full(File), Text, null), PretrainingText.Of(Read(project), tokenizer), tokenizer);

    /// <summary>Refuses what would be ignored where a model is there already, which is not trained.</summary>
    /// <exception cref="UsageException">An option is given that such a model has of its own.</exception>
    public void RefuseOptionsOfModel()
    {
        if (Given.FirstOrDefault(OfModel.Contains) is { } given)
            throw new UsageException($"{given} is given with --model, which has its own; expected one of them");
    }

    Preset Named() => Presets.All.FirstOrDefault(p => p.Name == Preset)
        ?? throw new UsageException($"--preset: {Spelling.Quoted(Preset)} is no preset; expected {Spelling.List([.. Presets.All.Select(p => p.Name)])}");

    PretrainingRun Begin(string? project)
    {
        var (preset, source) = (Named(), new TextSource(Dataset, Full(DataFolder), Full(File), Text, Full(TokenFile)));
        var (text, tokenizer, vocabulary) = Encoded(project, preset, source);
        return Settled(preset, Sized(preset.Model with { Vocabulary = vocabulary }), source, text, tokenizer);
    }

    PretrainingRun Settled(Preset preset, LanguageModel model, TextSource source, PretrainingText text, Tokenizer? tokenizer)
    {
        if (Schedule is { } schedule && !PretrainingSettings.Schedules.Contains(schedule))
            throw new UsageException($"--schedule: {Spelling.Quoted(schedule)} is no schedule; expected {Spelling.List([.. PretrainingSettings.Schedules])}");
        var epochs = Epochs ?? (Steps is null ? preset.Epochs : null);
        var settings = new PretrainingSettings(Batch ?? preset.Batch, Accumulate ?? 1, Steps ?? preset.Steps, epochs, Rate ?? preset.Rate, Schedule ?? preset.Schedule,
            preset.Beta2, Clip ?? preset.Clip, Seed, Checkpointed, preset.TorchStart);
        if (PretrainingSizes.Excess(model, settings) is { } excess)
            throw new UsageException($"{excess}; give a smaller --batch, --accumulate, --context, --width or --depth");
        text.Check(model.Context);
        return new(model, epochs is { } passes ? settings with { Steps = StepsOf(passes, model, settings, text) } : settings, source, text, tokenizer);
    }

    /// <summary>Updates of so many passes over a text, whose windows do not overlap, or as many as are asked for.</summary>
    int StepsOf(int passes, LanguageModel model, PretrainingSettings settings, PretrainingText text)
    {
        var windows = new Windows(text.Training, model.Context, model.Context, 1).Count;
        var most = passes * (windows / settings.Batch) / settings.Accumulate;
        return most > 0 ? (int)Math.Min(most, Steps ?? int.MaxValue)
            : throw new FunctionalLlmException($"--epochs {passes}: the text has {windows:N0} windows, too few for an update of {settings.Accumulate:N0} × {settings.Batch:N0}; "
                + "expected enough for one; give a longer text, or a smaller --batch, --accumulate or --context");
    }

    PretrainingRun GoOn(string? project)
    {
        if (Given.FirstOrDefault(name => !OnResuming.Contains(name)) is { } given)
            throw new UsageException($"{given} is given with --resume, which goes on with the settings of its training; expected {string.Join(", ", OnResuming[1..^1])} or {OnResuming[^1]} only");
        var (run, torn) = PretrainingRun.Resume(Resume!, (source, tokenizer) => Read(project, source, tokenizer));
        foreach (var told in torn)
            Print(told);
        var done = PretrainingCheckpoint.StepOf(run.Checkpoint!);
        return Steps is not { } steps ? run
            : steps >= done ? run with { Settings = run.Settings with { Steps = steps } }
            : throw new UsageException($"--steps: {Resume} is at step {done:N0} already; expected that or more, not {steps:N0}");
    }

    [SuppressMessage("Reliability", "CA2000", Justification = Kept)]
    PretrainingText Read(string? project, TextSource source, Tokenizer? tokenizer) => source.TokenFile is { } file ? PretrainingText.Of(Ids.Open(file))
        : PretrainingText.Of((this with { Dataset = source.Dataset, DataFolder = DataFolder ?? source.DataFolder, File = source.File, Text = source.Text }).Read(project),
            tokenizer ?? throw new StorageException($"{Resume}: the checkpoint has no tokenizer; expected tokenizer.json in it; take another checkpoint"));

    [SuppressMessage("Reliability", "CA2000", Justification = Kept)]
    (PretrainingText Text, Tokenizer? Tokenizer, int Vocabulary) Encoded(string? project, Preset preset, TextSource source)
    {
        if (source.TokenFile is { } path)
        {
            if ((Dataset ?? File ?? Text) is not null)
                throw new UsageException("--token-file is given with a text; expected one of them");
            if (Tokenizer is "word" or "char" or "bpe")
                throw new UsageException($"--tokenizer {Tokenizer} is made of a text, which --token-file has not; expected the file of the tokenizer that made the ids, or gpt2");
            var ids = Ids.Open(path);
            var known = Tokenizer == ByPreset ? null : TokenizerFor("", project);
            return known is null || known.VocabularySize == ids.Vocabulary ? (PretrainingText.Of(ids), known, ids.Vocabulary)
                : throw new FunctionalLlmException($"{path}: the ids are of a vocabulary of {ids.Vocabulary:N0}, but --tokenizer has {known.VocabularySize:N0}; give the tokenizer that made them");
        }

        var text = Read(project);
        var tokenizer = (Tokenizer == ByPreset ? this with { Tokenizer = preset.Tokenizer } : this).TokenizerFor(text, project);
        return (PretrainingText.Of(text, tokenizer), tokenizer, tokenizer.VocabularySize);
    }

    LanguageModel Sized(LanguageModel model)
    {
        model = model with { Context = Context ?? model.Context, Width = Width ?? model.Width, Heads = Heads ?? model.Heads, Depth = Depth ?? model.Depth };
        if (model.Width % model.Heads != 0 || model is Llama && model.Width / model.Heads % 2 != 0)
            throw new UsageException($"--heads: a width of {model.Width} makes no {model.Heads} heads of {(model is Llama ? "even" : "equal")} size; expected a --width that is a multiple of {(model is Llama ? 2L * model.Heads : model.Heads)}, or other --heads");
        return model switch
        {
            Gpt2 gpt2 => gpt2 with { Dropout = Dropout ?? gpt2.Dropout },
            Llama llama when Dropout is null => llama with { Groups = Heads is null ? llama.Groups : llama.Heads, Hidden = Width is null ? llama.Hidden : (int)((8L * llama.Width / 3 + 31) / 32 * 32) },
            _ => throw new UsageException("--dropout: Llama has none; expected a preset of GPT-2, or no --dropout"),
        };
    }

    static string? Full(string? path) => path is null ? null : Path.GetFullPath(path);
}
