using System.Diagnostics;
using System.Globalization;

namespace Functional.Llm;

/// <summary>What scripts/pretrain.csx and the command do: a training that shows how its loss falls, saves, can be stopped, and lets the model write.</summary>
sealed class PretrainingReport(PretrainingOptions options, PretrainingRun run)
{
    readonly double peak = Processor.MeasurePeak(options.Threads ?? Environment.ProcessorCount);
    readonly int every = Math.Max(1, Math.Min(250, run.Settings.Steps / 10));   // steps between two looks at the validation text
    readonly Stopwatch clock = new();
    int first = -1;
    double rate;
    double validation = double.NaN;
    LossCourse course = LossCourse.Empty;
    PretrainingStep? end;

    int Last => run.Settings.Steps;
    string? Folder => options.Out ?? options.Resume;

    /// <summary>Trains.</summary>
    public IReadOnlyDictionary<string, object?> Train()
    {
        if (options.Resume is { } from)
            course = LossCourse.Read(from, PretrainingCheckpoint.StepOf(run.Checkpoint!));
        if (Folder is { } folder)
            run.Prepare(folder);
        options.Print($"{run.Model.Count:N0} parameters, {run.Text.Training.Count:N0} tokens to learn from, {run.Text.Validation.Count:N0} to be judged by, "
            + $"{Updates(Last)} of {run.TokensPerStep:N0} tokens.");

        using var stop = new Interruption();
        var best = Best();
        foreach (var look in Looks(stop).Rank(Judge, best?.Loss ?? double.PositiveInfinity, best is null ? 0 : LooksSince(best)).UntilStale(options.Patience ?? int.MaxValue))
        {
            if (look.Loss == look.Best)
                best = Keep(look.Item, look.Loss);
        }

        var isWhole = end!.Place.Step == Last;
        if (!isWhole && !stop.Requested)
            options.Print($"No lower validation loss in {options.Patience} looks: ended after {end.Place.Step:N0} of {Updates(Last)}.");
        Leave(end, interrupted: stop.Requested && !isWhole);
        return Result(end!, best);
    }

    /// <summary>The steps at which the validation text is looked at, and what is done at all others between them.</summary>
    IEnumerable<PretrainingStep> Looks(Interruption stop)
    {
        var saved = Stopwatch.StartNew();
        foreach (var step in options.Progress(run.Steps(), Line))
        {
            clock.Stop();
            rate = step.Place.Step == first || first < 0 ? 0 : Pace(step);
            (first, end) = (first < 0 ? step.Place.Step : first, step);
            if (step.Place.Step % every == 0 || step.Place.Step == Last)
                yield return step;
            if (stop.Requested)
                yield break;
            if (Folder is { } folder && saved.Elapsed.TotalMinutes >= options.SaveEvery)
            {
                run.Save(step, folder);
                saved.Restart();
            }

            clock.Start();
        }
    }

    /// <summary>The best model of the training that goes on, also in another folder; where one begins, what another left in its folder is not its own.</summary>
    BestModel? Best()
    {
        var best = BestModel.Read(options.Resume);
        if (Folder is { } folder && (options.Resume is not { } from || !ConversionOptions.IsSamePlace(from, folder)))
        {
            BestModel.Forget(folder);
            best?.Copy(options.Resume!, folder);
        }

        return best;
    }

    /// <summary>Looks between the best model and where the training goes on, this one not counted; below 0 where the best is still to come again.</summary>
    int LooksSince(BestModel best) => (PretrainingCheckpoint.StepOf(run.Checkpoint!) - 1) / every - best.Step / every;

    BestModel Keep(PretrainingStep step, double loss)
    {
        var best = new BestModel(step.Place.Step, loss);
        if (Folder is { } folder && step.Place.Step > 0)
        {
            run.Export(step, BestModel.In(folder));
            best.Write(folder);
        }

        return best;
    }

    double Judge(PretrainingStep step)
    {
        // Over the same windows each time, so that losses can be ranked.
        validation = run.ValidationLoss(step, 256);
        course = course.With(new(step.Place.Step, double.IsFinite(step.Place.Loss) ? step.Place.Loss : null, validation));
        options.ClearProgress();
        options.Print($"step {step.Place.Step,6:N0}   validation {validation,7:F4}   loss {step.Place.Loss,7:F4}".Replace("loss     NaN", ""));
        if (Folder is { } folder)
        {
            course.Write(folder);
            AtomicFile.WriteText(Picture(folder), Curve().ToSvg());
        }

        if (step.Place.Step % (5 * every) == 0 || step.Place.Step == Last)
            options.Print(Sample(step, 200, new Key(run.Settings.Seed).Fold(step.Place.Step)));
        return validation;
    }

    /// <summary>Saves, and says what can be done with it, before the losses are measured: who interrupts does not wait for these.</summary>
    void Leave(PretrainingStep end, bool interrupted)
    {
        if (Folder is not { } folder)
        {
            if (interrupted)
                options.Print("Interrupted, and not saved: no folder was given with --out.");
            return;
        }

        run.Save(end, folder);
        run.Export(end, folder);
        options.Print($"wrote {Picture(folder)}");
        options.Print(interrupted ? $"Interrupted. It goes on with: {options.Invitation("pretrain", ["--resume", folder, .. options.Patience is { } patience ? ["--patience", $"{patience}"] : Array.Empty<string>()])}"
            : $"The model is in {folder}: {options.Invitation("generate", "--model", folder)}");
    }

    Dictionary<string, object?> Result(PretrainingStep end, BestModel? best)
    {
        (var training, validation) = (run.TrainingLoss(end), run.ValidationLoss(end));
        if (best is { } lowest && lowest.Step < end.Place.Step)
            options.Print($"The lowest validation loss was {lowest.Loss:F4}, after {Updates(lowest.Step)}{(Folder is { } folder && lowest.Step > 0 ? $": {BestModel.In(folder)}" : "")}.");
        options.Print($"After {Updates(end.Place.Step)}: training loss {training:F4}, validation loss {validation:F4}.");
        return new()
        {
            ["steps"] = end.Place.Step,
            ["loss"] = training,
            ["validation_loss"] = validation,
            ["best_validation_loss"] = best?.Loss,
            ["best_step"] = best?.Step,
            ["seconds"] = clock.Elapsed.TotalSeconds,
            ["tokens_per_second"] = rate,
            ["parameters_sha256"] = end.With(m => m.Sha256),
        };
    }

    double Pace(PretrainingStep step) => (step.Place.Step - first) * run.TokensPerStep / clock.Elapsed.TotalSeconds;

    /// <summary>The time left stands in front: the end of a line may be cut off. Before the first update there is nothing to tell.</summary>
    string Line(PretrainingStep s)
    {
        var (at, pace) = (s.Place.Step, Pace(s));
        return first < 0 ? $"{at}/{Last}"
            : $"{at}/{Last} {Left((Last - at) * run.TokensPerStep / pace)} left loss {s.Place.Loss:F3} val {validation:F3} lr {s.Rate:G2} norm {s.GradientNorm:F2} {pace:N0} tok/s "
                + $"{100 * pace / run.TokensPerStep * run.OperationsPerStep / peak:F0}%";
    }

    static string Left(double seconds)
    {
        var left = TimeSpan.FromSeconds(Math.Round(Math.Min(seconds, 1e8)));
        return left.ToString(left.TotalHours < 1 ? @"m\:ss" : left.TotalDays < 1 ? @"h\:mm\:ss" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);
    }

    static string Updates(int steps) => steps == 1 ? "1 step" : $"{steps:N0} steps";

    static string Picture(string folder) => Path.Combine(folder, "loss.svg");

    Chart Curve()
    {
        var updated = course.Looks.Where(p => p.Loss is not null).ToArray();
        return Chart.Titled("Pretraining").WithX("step").WithY("loss (nats per token)")
            .Line("batch", updated.Select(p => p.Step), updated.Select(p => p.Loss!.Value))
            .Line("validation", course.Looks.Select(p => p.Step), course.Looks.Select(p => p.Validation));
    }

    /// <summary>Some text of the model's own, in the tokens of its tokenizer.</summary>
    string Sample(PretrainingStep step, int letters, Key key)
    {
        if (run.Tokenizer is not { } tokenizer)
            return "";
        var count = tokenizer is CharTokenizer ? letters : letters / 4;
        return step.With(model => tokenizer.Decode(model.Continue(tokenizer.Opening, Sampler.Temperature(0.8), key).Take(count))).Trim();
    }
}
