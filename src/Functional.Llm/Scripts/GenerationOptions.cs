using System.Diagnostics;

namespace Functional.Llm;

/// <summary>The options of scripts/generate.csx and of the command: a model goes on with a text.</summary>
public abstract record GenerationOptions : ModelOptions
{
    /// <summary>The text to go on with.</summary>
    [Help("the text to go on with")] public string Prompt { get; init; } = "\n";

    /// <summary>Ids to go on with.</summary>
    [Help("ids to go on with, instead of a text", "LIST")] public ImmutableArray<int> Ids { get; init; } = [];

    /// <summary>How many tokens.</summary>
    [Help("tokens to generate"), AtLeast(0)] public int Count { get; init; } = 100;

    /// <summary>τ.</summary>
    [Help("0 for the likeliest token, 1 for the model's own probabilities"), AtLeast(0)] public double Temperature { get; init; } = 1;

    /// <summary>k of the likeliest.</summary>
    [Help("draw from so many of the likeliest tokens only"), AtLeast(1)] public int? TopK { get; init; }

    /// <summary>The probability of the nucleus.</summary>
    [Help("draw from the fewest likeliest tokens whose probabilities reach this"), Between(1e-9, 1)] public double? TopP { get; init; }

    /// <summary>The least share of the likeliest token's probability.</summary>
    [Help("draw from tokens at least so many times as likely as the likeliest"), Between(1e-9, 1)] public double? MinP { get; init; }

    /// <summary>By what the logits of tokens that occurred are divided.</summary>
    [Help("makes tokens that occurred less likely, the more above 1"), Positive] public double? RepetitionPenalty { get; init; }

    /// <summary>What tokens that occurred lose.</summary>
    [Help("what tokens that occurred lose of their logits")] public double? PresencePenalty { get; init; }

    /// <summary>Lets the model go on.</summary>
    /// <param name="project">The project's folder, such as <c>Script.Beside("..")</c>; null for a program, which has none.</param>
    /// <returns>ids, those of the prompt first; text, null where there is no tokenizer; tokens_per_second.</returns>
    /// <exception cref="UsageException">Options contradict each other, or name nothing known.</exception>
    /// <exception cref="FunctionalLlmException">The model or its tokenizer cannot be read, or an id is not in the vocabulary.</exception>
    public IReadOnlyDictionary<string, object?> Generate(string? project)
    {
        var (model, tokenizer) = Load(needsTokenizer: Ids.IsEmpty, project);
        var prompt = Ids.IsEmpty ? Known(tokenizer).EncodeToIds(Prompt) : Ids;
        var clock = Stopwatch.StartNew();
        int[] ids = [.. prompt, .. this.Progress(model.Continue(prompt, Rule, new Key(Seed)).Take(Count), id => $"token {id}")];
        var pace = Count / clock.Elapsed.TotalSeconds;
        var text = tokenizer?.Decode(ids);
        if (Out is not null)
            Save("surprise.svg", Surprises(model, ids).ToSvg());
        Print(text ?? string.Join(',', ids));
        return new Dictionary<string, object?> { ["ids"] = ids, ["text"] = text, ["tokens_per_second"] = pace };
    }

    /// <summary>Penalties first, then the temperature, then what is left out.</summary>
    LogitsRule Rule(IReadOnlyList<int> seen) => new LogitsRule?[]
    {
        RepetitionPenalty is { } r ? Sampler.RepetitionPenalty(r, seen) : null,
        PresencePenalty is { } a ? Sampler.PresencePenalty(a, seen) : null,
        Sampler.Temperature(Temperature),
        TopK is { } k ? Sampler.TopK(k) : null,
        TopP is { } p ? Sampler.TopP(p) : null,
        MinP is { } m ? Sampler.MinP(m) : null,
    }.OfType<LogitsRule>().Aggregate((first, next) => first.Then(next));

    static Chart Surprises(Pretrained model, int[] ids)
    {
        var surprises = model.Surprises([.. ids.TakeLast(model.Context + 1)]).ToArray();
        return Chart.Titled("How surprising each token is").WithX("token").WithY("−ln P (nats)")
            .Line("", surprises.Select((_, i) => ids.Length - surprises.Length + i + 1), surprises.Select(s => (double)s));
    }

    static Tokenizer Known(Tokenizer? tokenizer) => tokenizer
        ?? throw new UsageException("--prompt needs a tokenizer, which this model comes without; expected --ids, or --tokenizer");
}
