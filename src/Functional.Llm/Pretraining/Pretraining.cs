namespace Functional.Llm;

/// <summary>Where a training of a language model stands: a value, from which the same steps follow as would have followed without a break.</summary>
/// <param name="Step">How many updates were made.</param>
/// <param name="Loss">The loss before the last of them.</param>
/// <param name="Data">Where the next batch is.</param>
public sealed record PretrainingPlace(int Step, double Loss, Cursor Data);

/// <summary>A step of a training of a language model, seen from outside.</summary>
public abstract class PretrainingStep
{
    /// <summary>How many updates were made.</summary>
    public abstract PretrainingPlace Place { get; }

    /// <summary>‖∇ℓ‖ before this update.</summary>
    public abstract double GradientNorm { get; }

    /// <summary>The learning rate of this update.</summary>
    public abstract double Rate { get; }

    /// <summary>Something computed with the model as it stands; it is borrowed, and must not be kept.</summary>
    public abstract R With<R>(Func<Pretrained, R> use);

    /// <summary>Writes a checkpoint of this step into a folder.</summary>
    public abstract void Save(string folder);
}

/// <summary>Training language models: a fold over batches of windows, as a stream of steps.</summary>
public static class Pretraining
{
    const int ForParameters = 0, ForData = 1, ForDropout = 2;

    /// <summary>The steps of a training, from the beginning or from a checkpoint's folder on; the first has made no update.</summary>
    /// <param name="model">The configuration; that of the checkpoint, where there is one.</param>
    /// <param name="settings">What it is trained by.</param>
    /// <param name="text">What it learns.</param>
    /// <param name="checkpoint">The folder of a checkpoint to go on from; null to begin.</param>
    /// <exception cref="FunctionalLlmException">The text is too short, the checkpoint cannot be read, or training diverges.</exception>
    public static IEnumerable<PretrainingStep> Train(LanguageModel model, PretrainingSettings settings, ITokenSource text, string? checkpoint = null) => model switch
    {
        Gpt2 gpt2 => Train<Gpt2Parameters>(gpt2, settings, text, checkpoint),
        Llama { Pairs: not RotaryPairs.Halves } => throw new FunctionalLlmException("pretraining: checkpoints keep rotary pairs as halves, and this model has neighbours. Pass one of halves, as Paired makes it."),
        Llama llama => Train<LlamaParameters>(llama, settings, text, checkpoint),
        _ => throw new FunctionalLlmException($"pretraining: {model.GetType().Name} is no model that can be trained here. Pass a Gpt2 or a Llama."),
    };

    static IEnumerable<PretrainingStep> Train<P>(LanguageModel<P> model, PretrainingSettings settings, ITokenSource text, string? checkpoint)
    {
        var (learner, next) = Begin(model, settings, checkpoint);
        var first = learner.Step;
        yield return new Step<P>(model, new(first, learner.Loss, next), new(learner, first, learner.Loss, double.NaN, double.NaN));

        var windows = WindowsOf(model, settings, text);
        var groups = (settings.Epochs is null ? windows.RandomFrom(next) : windows.From(next)).Chunk(settings.Accumulate)
            .Select((group, i) =>
            {
                next = group[^1].Next;
                return (Batches: group, Step: first + i);
            }).Take(Math.Max(0, settings.Steps - first));
        foreach (var step in groups.Trace(learner, settings.Optimizer, group => Loss(group.Batches, group.Step)))
            yield return new Step<P>(model, new(step.Step, step.Loss, next), step);

        Differentiable<P, Real> Loss((Batch<Tokens, Tokens> Batch, Cursor Next)[] batches, int step)
        {
            var key = settings.KeyOf(ForDropout).Fold(step);
            return batches.Length == 1 ? Part(0) : Enumerable.Range(0, batches.Length).MeanLoss(Part);

            Differentiable<P, Real> Part(int i) => model.Loss(batches[i].Batch.Inputs, batches[i].Batch.Targets, key.Fold(i), settings.Checkpointed);
        }
    }

    /// <summary>The learner that begins, or goes on from a checkpoint, with the only copy of its parameters; and where it reads.</summary>
    static (Learner<P> Learner, Cursor Next) Begin<P>(LanguageModel<P> model, PretrainingSettings settings, string? checkpoint)
    {
        var (state, next) = checkpoint is null
            ? (Training.Start(Fresh(model, settings)), Cursor.Start(settings.KeyOf(ForData)))
            : PretrainingCheckpoint.Read(model, checkpoint);
        return (Learner<P>.CopyOf(state), next);
    }

    static P Fresh<P>(LanguageModel<P> model, PretrainingSettings settings) =>
        settings.TorchStart ? model.Start(TorchGenerator.Seeded(settings.Seed)) : model.Start(settings.KeyOf(ForParameters));

    /// <summary>The windows that a training reads; with passes over the text, as many as fill batches.</summary>
    public static Windows WindowsOf(LanguageModel model, PretrainingSettings settings, ITokenSource text) =>
        new(text, model.Context, model.Context, settings.Batch, dropLast: settings.Epochs is not null);

    /// <summary>A state that the next step overwrites.</summary>
    sealed class Step<P>(LanguageModel<P> model, PretrainingPlace place, TraceStep<P> step) : PretrainingStep
    {
        public override PretrainingPlace Place => place;

        public override double GradientNorm => step.GradientNorm;

        public override double Rate => step.Rate;

        public override R With<R>(Func<Pretrained, R> use) => step.With(state => use(new Pretrained<P>(model, state.Parameters)));

        public override void Save(string folder) => step.With(state =>
        {
            PretrainingCheckpoint.Write(folder, model, state, place);
            return place;
        });
    }
}
