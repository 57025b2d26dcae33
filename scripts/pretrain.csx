// A language model learns a text: from drawn parameters to sentences of its own. Its notes: pretrain.md.
#load "prelude.csx"
#nullable enable
using System.Diagnostics;
using Functional.Llm;

return Script.Run<Options>(Args, "Trains a GPT or a Llama on a text, shows how its loss falls, and lets it write.",
    "dotnet script scripts/pretrain.csx -- --dataset tinyshakespeare --preset nano --out run", o =>
{
    var run = o.Run(Script.Beside(".."));
    var (settings, folder, last) = (run.Settings, o.Out ?? o.Resume, run.Settings.Steps);
    var every = Math.Max(1, Math.Min(250, last / 10));                                          // steps between two looks at the validation text
    var peak = Processor.MeasurePeak(o.Threads ?? Environment.ProcessorCount);
    o.Print($"{run.Model.Count:N0} parameters, {run.Text.Training.Count:N0} tokens to learn from, {run.Text.Validation.Count:N0} to be judged by, "
        + $"{last:N0} steps of {run.TokensPerStep:N0} tokens.");

    using var stop = new Interruption();
    var (course, clock, saved) = (new List<Point>(), new Stopwatch(), Stopwatch.StartNew());
    var (first, validation, rate) = (-1, double.NaN, 0.0);
    PretrainingStep? end = null;
    double Pace(PretrainingStep s) => (s.Place.Step - first) * run.TokensPerStep / clock.Elapsed.TotalSeconds;
    foreach (var step in o.Progress(run.Steps(), s => Line(run, s, validation, Pace(s), peak)))
    {
        clock.Stop();
        rate = step.Place.Step == first || first < 0 ? 0 : Pace(step);
        (first, end) = (first < 0 ? step.Place.Step : first, step);
        var ends = step.Place.Step == last || stop.Requested;
        if (step.Place.Step % every == 0 || ends)
        {
            validation = run.ValidationLoss(step, ends ? 4096 : 256);
            course.Add(new(step.Place.Step, step.Place.Loss, validation));
            o.Print($"step {step.Place.Step,6:N0}   validation {validation,7:F4}   loss {step.Place.Loss,7:F4}".Replace("loss     NaN", ""));
            o.Save("loss.svg", Curve(course).ToSvg());
            if (step.Place.Step % (5 * every) == 0 || ends)
                o.Print(Sample(run, step, 200, new Key(o.Seed).Fold(step.Place.Step)));
        }
        if (folder is not null && (ends || saved.Elapsed.TotalMinutes > 5))
        {
            run.Save(step, folder);
            saved.Restart();
        }
        if (stop.Requested)
            break;
        clock.Start();
    }

    var training = run.TrainingLoss(end!);
    if (folder is not null)
    {
        run.Export(end!, folder);
        o.Print(stop.Requested && end!.Place.Step < last ? $"Interrupted. It goes on with: dotnet script scripts/pretrain.csx -- --resume {folder}"
            : $"The model is in {folder}: dotnet script scripts/generate.csx -- --model {folder}");
    }
    o.Print($"After {end!.Place.Step:N0} steps: training loss {training:F4}, validation loss {validation:F4}.");
    var (steps, seconds) = (end.Place.Step, clock.Elapsed.TotalSeconds);
    return new { steps, loss = training, validationLoss = validation, seconds, tokensPerSecond = rate, parametersSha256 = end.With(m => m.Sha256) };
});

record Options : PretrainingOptions;

record Point(int Step, double Loss, double Validation);

static string Line(PretrainingRun run, PretrainingStep s, double validation, double pace, double peak)
{
    var (at, last) = (s.Place.Step, run.Settings.Steps);
    return $"{at}/{last} loss {s.Place.Loss:F3} val {validation:F3} rate {s.Rate:G2} norm {s.GradientNorm:F2} {pace:N0} tok/s "
        + $"{pace / run.TokensPerStep * run.OperationsPerStep / peak:P0} {Left((last - at) * run.TokensPerStep / pace)}";
}

static string Left(double seconds) => double.IsFinite(seconds) ? $"{TimeSpan.FromSeconds(Math.Min(seconds, 1e8)):d\\.hh\\:mm\\:ss} left" : "";

static Chart Curve(List<Point> course) => Chart.Titled("Pretraining").WithX("step").WithY("loss (nats per token)")
    .Line("batch", course.Skip(1).Select(p => p.Step), course.Skip(1).Select(p => p.Loss))
    .Line("validation", course.Select(p => p.Step), course.Select(p => p.Validation));

// Some text of the model's own, in the tokens of its tokenizer; it begins as a new line does.
static string Sample(PretrainingRun run, PretrainingStep step, int letters, Key key)
{
    if (run.Tokenizer is not { } tokenizer)
        return "";
    var count = tokenizer is CharTokenizer ? letters : letters / 4;
    return step.With(model => tokenizer.Decode(model.Continue(tokenizer.EncodeToIds("\n"), Sampler.Temperature(0.8), key).Take(count))).Trim();
}
