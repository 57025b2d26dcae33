using System.Diagnostics;

namespace Functional.Llm;

/// <summary>What scripts/pretrain.csx and the command do: a training that shows how its loss falls, saves, can be stopped, and lets the model write.</summary>
sealed class PretrainingReport(PretrainingOptions options, PretrainingRun run)
{
    const double MinutesBetweenCheckpoints = 5;

    readonly double peak = Processor.MeasurePeak(options.Threads ?? Environment.ProcessorCount);
    readonly List<Point> course = [];
    readonly Stopwatch clock = new();
    int first = -1;
    double validation = double.NaN;

    sealed record Point(int Step, double Loss, double Validation);

    int Last => run.Settings.Steps;
    string? Folder => options.Out ?? options.Resume;

    /// <summary>Trains.</summary>
    public IReadOnlyDictionary<string, object?> Train()
    {
        var every = Math.Max(1, Math.Min(250, Last / 10));   // steps between two looks at the validation text
        options.Print($"{run.Model.Count:N0} parameters, {run.Text.Training.Count:N0} tokens to learn from, {run.Text.Validation.Count:N0} to be judged by, "
            + $"{Last:N0} steps of {run.TokensPerStep:N0} tokens.");

        using var stop = new Interruption();
        var (saved, rate) = (Stopwatch.StartNew(), 0.0);
        PretrainingStep? end = null;
        foreach (var step in options.Progress(run.Steps(), Line))
        {
            clock.Stop();
            rate = step.Place.Step == first || first < 0 ? 0 : Pace(step);
            (first, end) = (first < 0 ? step.Place.Step : first, step);
            var ends = step.Place.Step == Last || stop.Requested;
            if (step.Place.Step % every == 0 || ends)
                Judge(step, ends, writes: step.Place.Step % (5 * every) == 0 || ends);
            if (Folder is { } folder && (ends || saved.Elapsed.TotalMinutes > MinutesBetweenCheckpoints))
            {
                run.Save(step, folder);
                saved.Restart();
            }
            if (stop.Requested)
                break;
            clock.Start();
        }

        return Result(end!, rate, interrupted: stop.Requested);
    }

    void Judge(PretrainingStep step, bool ends, bool writes)
    {
        validation = run.ValidationLoss(step, ends ? 4096 : 256);
        course.Add(new(step.Place.Step, step.Place.Loss, validation));
        options.Print($"step {step.Place.Step,6:N0}   validation {validation,7:F4}   loss {step.Place.Loss,7:F4}".Replace("loss     NaN", ""));
        options.Save("loss.svg", Curve().ToSvg());
        if (writes)
            options.Print(Sample(step, 200, new Key(options.Seed).Fold(step.Place.Step)));
    }

    Dictionary<string, object?> Result(PretrainingStep end, double rate, bool interrupted)
    {
        var training = run.TrainingLoss(end);
        if (Folder is { } folder)
        {
            run.Export(end, folder);
            options.Print(interrupted && end.Place.Step < Last ? $"Interrupted. It goes on with: {options.Invitation("pretrain", $"--resume {folder}")}"
                : $"The model is in {folder}: {options.Invitation("generate", $"--model {folder}")}");
        }

        options.Print($"After {end.Place.Step:N0} steps: training loss {training:F4}, validation loss {validation:F4}.");
        return new()
        {
            ["steps"] = end.Place.Step,
            ["loss"] = training,
            ["validation_loss"] = validation,
            ["seconds"] = clock.Elapsed.TotalSeconds,
            ["tokens_per_second"] = rate,
            ["parameters_sha256"] = end.With(m => m.Sha256),
        };
    }

    double Pace(PretrainingStep step) => (step.Place.Step - first) * run.TokensPerStep / clock.Elapsed.TotalSeconds;

    string Line(PretrainingStep s)
    {
        var (at, pace) = (s.Place.Step, Pace(s));
        return $"{at}/{Last} loss {s.Place.Loss:F3} val {validation:F3} rate {s.Rate:G2} norm {s.GradientNorm:F2} {pace:N0} tok/s "
            + $"{pace / run.TokensPerStep * run.OperationsPerStep / peak:P0} {Left((Last - at) * run.TokensPerStep / pace)}";
    }

    static string Left(double seconds) => double.IsFinite(seconds) ? $"{TimeSpan.FromSeconds(Math.Min(seconds, 1e8)):d\\.hh\\:mm\\:ss} left" : "";

    Chart Curve() => Chart.Titled("Pretraining").WithX("step").WithY("loss (nats per token)")
        .Line("batch", course.Skip(1).Select(p => p.Step), course.Skip(1).Select(p => p.Loss))
        .Line("validation", course.Select(p => p.Step), course.Select(p => p.Validation));

    /// <summary>Some text of the model's own, in the tokens of its tokenizer; it begins as a new line does.</summary>
    string Sample(PretrainingStep step, int letters, Key key)
    {
        if (run.Tokenizer is not { } tokenizer)
            return "";
        var count = tokenizer is CharTokenizer ? letters : letters / 4;
        return step.With(model => tokenizer.Decode(model.Continue(tokenizer.EncodeToIds("\n"), Sampler.Temperature(0.8), key).Take(count))).Trim();
    }
}
