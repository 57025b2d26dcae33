using System.Text.Json;
using System.Text.Json.Serialization;

namespace Functional.Llm;

/// <summary>Where a training's text comes from.</summary>
/// <param name="Dataset">A known text.</param>
/// <param name="DataFolder">Where data sets are looked for first.</param>
/// <param name="File">A file of text.</param>
/// <param name="Text">A text itself.</param>
/// <param name="TokenFile">A file of ids.</param>
public sealed record TextSource(string? Dataset, string? DataFolder, string? File, string? Text, string? TokenFile);

/// <summary>A training: the model, what it is trained by and on, and the checkpoint from which it goes on.</summary>
/// <param name="Model">The configuration.</param>
/// <param name="Settings">Batch, steps, rate and so on.</param>
/// <param name="Source">Where the text came from.</param>
/// <param name="Text">The text as ids.</param>
/// <param name="Tokenizer">What made them; null for a file of ids that came without.</param>
/// <param name="Checkpoint">The folder of a checkpoint; null at the beginning.</param>
/// <param name="Lesson">A model to learn from beside the text; null for the text alone. Checkpoints do not hold it: who goes on from one gives it again.</param>
public sealed record PretrainingRun(LanguageModel Model, PretrainingSettings Settings, TextSource Source, PretrainingText Text, Tokenizer? Tokenizer, string? Checkpoint = null,
    Lesson? Lesson = null)
{
    const string FileName = "run.json";
    const string TokenizerName = "tokenizer.json";
    const string Checkpoints = "checkpoints";

    readonly Lazy<string> sha256 = new(Text.Sha256);

    /// <summary>More windows than these are not needed to know a loss.</summary>
    const int Windows = 4096;

    /// <summary>Tokens of an update.</summary>
    public long TokensPerStep => (long)Settings.Batch * Settings.Accumulate * Model.Context;

    /// <summary>Floating-point operations of an update, by the rule of 6 a parameter and token (Kaplan et al. 2020).</summary>
    public double OperationsPerStep => 6.0 * Model.Count * TokensPerStep;

    /// <summary>The steps, from the beginning or the checkpoint on; the first has made no update.</summary>
    /// <exception cref="FunctionalLlmException">The text is too short, the checkpoint cannot be read, or training diverges.</exception>
    public IEnumerable<PretrainingStep> Steps() => Pretraining.Train(Model, Settings, Text.Training, Checkpoint, Lesson);

    /// <summary>The mean loss of text that is not learnt from, over so many of its windows.</summary>
    public double ValidationLoss(PretrainingStep step, int windows = Windows) => step.With(model => PretrainingText.Loss(model, Text.Validation, Settings.Batch, windows));

    /// <summary>The mean loss of the text that is learnt from, with nothing dropped.</summary>
    public double TrainingLoss(PretrainingStep step) => step.With(model => PretrainingText.Loss(model, Text.Training, Settings.Batch, Windows));

    /// <summary>Makes a folder ready for this training's checkpoints, before any work is done that could not be saved there.</summary>
    /// <exception cref="StorageException">Nothing can be written there, or another training has its checkpoints there, or there is a model of another origin.</exception>
    public void Prepare(string folder)
    {
        var path = Path.Combine(folder, Checkpoints);
        if (Checkpoint is null || Path.GetFullPath(path) != Path.GetDirectoryName(Path.GetFullPath(Checkpoint)))
        {
            if (CheckpointFolder.Newest(path).Checkpoint is { } other)
                throw new StorageException($"{folder}: a training was saved here after {other.Step:N0} steps; expected a folder without one; go on with --resume {Spelling.Word(folder)}, or choose another");
            if (ModelFolder.IsIn(folder))
                throw new StorageException($"{folder}: there is a model here, which would be lost; expected a folder without one; choose another");
        }

        CheckpointFolder.Prepare(path);
    }

    /// <summary>Saves a checkpoint among those of a folder, of which the last three are kept.</summary>
    /// <exception cref="StorageException">It cannot be saved.</exception>
    public void Save(PretrainingStep step, string folder) => CheckpointFolder.Save(Path.Combine(folder, Checkpoints), step.Place.Step, keep: 3, into =>
    {
        step.Save(into);
        Tokenizer?.Save(Path.Combine(into, TokenizerName));
        AtomicFile.Write(Path.Combine(into, FileName), stream =>
            JsonSerializer.Serialize(stream, new StoredRun(Settings, Source, Text.Training.Count, sha256.Value), StoredRuns.Default.StoredRun));
    });

    /// <summary>Writes the model alone into a folder, as others read it, with its tokenizer.</summary>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public void Export(PretrainingStep step, string folder)
    {
        step.With(model =>
        {
            ModelFolder.Write(folder, model);
            return folder;
        });
        Tokenizer?.Save(Path.Combine(folder, TokenizerName));
    }

    /// <summary>What a folder's newest whole checkpoint says of its training, and what is to be said of newer ones that are torn.</summary>
    /// <param name="folder">The folder that was trained into.</param>
    /// <param name="read">The text of a source, by its tokenizer.</param>
    /// <exception cref="StorageException">There is no whole checkpoint, or the text is no longer the same.</exception>
    public static (PretrainingRun Run, ImmutableArray<string> Torn) Resume(string folder, Func<TextSource, Tokenizer?, PretrainingText> read)
    {
        var (checkpoint, torn) = CheckpointFolder.Newest(Path.Combine(folder, Checkpoints));
        if (checkpoint is null)
            throw new StorageException($"{folder}: there is no checkpoint that is whole{string.Concat(torn.Select(told => $"; {told}"))}; expected the folder that was given with --out; begin anew without --resume");
        var stored = JsonFile.Read(checkpoint[FileName], "description of a training", StoredRuns.Default.StoredRun);
        var tokenizer = File.Exists(checkpoint[TokenizerName]) ? TokenizerFile.Read(checkpoint[TokenizerName]) : null;
        var text = read(stored.Source, tokenizer);
        if (text.Training.Count != stored.Ids)
            throw new StorageException($"{folder}: the text has {text.Training.Count:N0} tokens to learn from; expected {stored.Ids:N0}, as when this training began; bring back the text of then");
        var run = new PretrainingRun(ModelFolder.Configuration(checkpoint.Path), stored.Settings, stored.Source, text, tokenizer, checkpoint.Path);
        return run.sha256.Value == stored.Sha256 ? (run, torn)
            : throw new StorageException($"{folder}: the text has changed, though not in length; expected that with which this training began, or it would end elsewhere; bring back the text of then");
    }
}

/// <summary>What run.json holds.</summary>
sealed record StoredRun(PretrainingSettings Settings, TextSource Source, long Ids, string Sha256);

[JsonSerializable(typeof(StoredRun))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
sealed partial class StoredRuns : JsonSerializerContext;
