// What a little less costs: a model in fewer bits, without its smallest weights, and as the teacher of a smaller one. Its notes: compress.md.
#load "prelude.csx"
#nullable enable
using System.Diagnostics;
using Functional.Llm;

return Script.Run<Options>(Args, "Compresses a model: numbers of 16, 8 and 4 bits, pruning, and distillation into a smaller one.",
    "dotnet script scripts/compress.csx -- --model run --dataset tinyshakespeare --form int4 --out small", o =>
{
    if (o.Form is not null && (o.Out is null || o.Model is { } given && ConversionOptions.IsSamePlace(given, o.Out)))
        throw new UsageException("--form needs a folder to write the model into, and not that of --model; expected --out FOLDER");
    if (o.Out is not null)
        AtomicFile.MakeFolder(o.Out);
    var (model, run) = Model(o);
    var loss = Loss(run, model);
    o.Print($"{model.Count:N0} parameters, validation loss {loss:F4} nats per token.\n\nform       kilobytes  smaller     loss    change");
    var forms = new Compression?[] { null, Compression.BF16, Compression.F16, Compression.Int8, Compression.Int4 }.Select(form =>
    {
        var made = form is { } compression ? model.Compressed(compression) : model;
        var row = new Form(form?.ToString() ?? "F32", made.Bytes(), Loss(run, made), Pace(made));
        o.Print($"{row.Name,-9} {row.Bytes / 1e3,10:N1} {(double)model.Bytes() / row.Bytes,8:F2} {row.Loss,8:F4} "
            + $"{Math.Round(row.Loss / loss - 1, 4) + 0.0,9:P2} {row.TokensPerSecond,9:N0} tokens/s");
        return row;
    }).ToArray();

    Pruned[] pruned = [.. Enumerable.Range(0, 10).Select(i => i / 10.0).Select(sparsity => new Pruned(sparsity, Loss(run, model.Pruned(sparsity))))];
    o.Print($"\nwithout the smallest weights   {string.Join(' ', pruned.Select(p => $"{p.Sparsity,7:P0}"))}");
    o.Print($"loss                           {string.Join(' ', pruned.Select(p => $"{p.Loss,7:F4}"))}");
    o.Save("pruning.svg", Chart.Titled("What the smallest weights are worth").WithX("part of the weights that is 0").WithY("loss (nats per token)")
        .Line("", pruned.Select(p => p.Sparsity), pruned.Select(p => p.Loss)).HorizontalRule(Uniform(run), "guessing"));

    var student = run with { Model = Smaller(run.Model), Settings = run.Settings with { Steps = o.StudentSteps } };
    var (alone, taught) = (Learn(o, student, "alone"), Learn(o, student with { Lesson = new(model, o.Temperature, o.Share) }, "taught"));
    o.Print($"\nA student of {student.Model.Count:N0} parameters after {o.StudentSteps:N0} steps: "
        + $"alone {alone[^1].Loss:F4}, taught {taught[^1].Loss:F4}.");
    o.Save("distillation.svg", Chart.Titled("The same student, alone and taught").WithX("step").WithY("loss (nats per token)")
        .Line("alone", alone.Select(p => p.Step), alone.Select(p => p.Loss)).Line("taught", taught.Select(p => p.Step), taught.Select(p => p.Loss))
        .HorizontalRule(loss, "its teacher"));
    if (o.Form is { } wanted && o.Out is { } folder)
    {
        ModelFile.Write(folder, model.Compressed(wanted));
        run.Tokenizer?.Save(Path.Combine(folder, "tokenizer.json"));
        o.Print($"The model in {wanted} is in {folder}: {o.Invitation("generate", "--model", folder)}");
    }
    return new { loss, forms, pruned, student = new { student.Model.Count, Alone = alone[^1].Loss, Taught = taught[^1].Loss } };
});

[Without(nameof(Resume), nameof(SaveEvery), nameof(Patience))]
record Options : PretrainingOptions
{
    [Help("a trained model's folder; without it, a preset is trained first", "FOLDER")] public string? Model { get; init; }
    [Help("write the model so into --out: bf16, f16, int8 or int4")] public Compression? Form { get; init; }
    [Help("updates of each student"), AtLeast(1)] public int StudentSteps { get; init; } = 300;
    [Help("by which the logits of teacher and student are divided"), Positive] public double Temperature { get; init; } = 2;
    [Help("the part of a student's loss that is the teacher's"), Between(0, 1)] public double Share { get; init; } = 0.5;
}

record Form(string Name, long Bytes, double Loss, double TokensPerSecond);

record Pruned(double Sparsity, double Loss);

record Point(int Step, double Loss);

// A model that is given, or one that is trained here.
static (Pretrained Model, PretrainingRun Run) Model(Options o)
{
    if (o.Model is null)
    {
        var run = (o with { Steps = o.Steps ?? 300 }).Run(Script.Beside(".."));
        PretrainingStep? last = null;
        foreach (var step in o.Progress(run.Steps(), s => $"training {s.Place.Step}/{run.Settings.Steps}: loss {s.Place.Loss:F3}"))
            last = step;
        return (last!.Snapshot(), run);
    }
    o.RefuseOptionsOfModel();
    var model = ModelFile.Read(o.Model);
    if (model.Leaves().Any(leaf => leaf.Value.Compression is not null))
        throw new FunctionalLlmException($"{o.Model}: the model is compressed already; expected one of 16 or 32 bits; take what it was made of");
    var tokenizer = ModelOptions.TokenizerBeside(o.Model) ?? throw new FunctionalLlmException(
        $"{o.Model}: there is no tokenizer with the model; expected tokenizer.json, or tokenizer.bin beside a .bin; put it there");
    return (model, o.RunOf(Script.Beside(".."), model.Configuration, tokenizer));
}

static double Loss(PretrainingRun run, Pretrained model) => PretrainingText.Loss(model, run.Text.Validation, run.Settings.Batch, 128);

static double Uniform(PretrainingRun run) => Math.Log(run.Model.Vocabulary);

// Half as wide, with half as many blocks.
static LanguageModel Smaller(LanguageModel model)
{
    var (width, depth) = (Math.Max(model.Heads * 2, model.Width / 2 / (2 * model.Heads) * (2 * model.Heads)), Math.Max(1, model.Depth / 2));
    return model is Llama llama ? llama with { Width = width, Depth = depth, Hidden = Math.Max(1, llama.Hidden / 2) }
        : model with { Width = width, Depth = depth };
}

static List<Point> Learn(Options o, PretrainingRun run, string name)
{
    var (course, every) = (new List<Point>(), Math.Max(1, run.Settings.Steps / 10));
    foreach (var step in o.Progress(run.Steps(), s => $"{name} {s.Place.Step}/{run.Settings.Steps}: loss {s.Place.Loss:F3}"))
    {
        if (step.Place.Step % every == 0 || step.Place.Step == run.Settings.Steps)
            course.Add(new(step.Place.Step, step.With(model => Loss(run, model))));
    }
    return course;
}

static double Pace(Pretrained model)
{
    IEnumerable<int> Text() => model.Continue([0], Sampler.Temperature(0), default).Take(Math.Min(64, model.Context));
    _ = Text().Count();
    var clock = Stopwatch.StartNew();
    return Text().Count() / clock.Elapsed.TotalSeconds;
}
