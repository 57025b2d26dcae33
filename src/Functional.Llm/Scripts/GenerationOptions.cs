using System.Diagnostics;

namespace Functional.Llm;

/// <summary>The options of a script that lets a model go on with a text.</summary>
[Without(nameof(TextOptions.Dataset), nameof(TextOptions.File), nameof(TextOptions.Text))]
public abstract record GenerationOptions : ModelOptions
{
    const double DefaultLengthPenalty = 0.6;

    static readonly ImmutableArray<string> Compared = ["--temperature", "--top-k", "--top-p", "--min-p", "--repetition-penalty", "--presence-penalty", "--seed", "--beams", "--length-penalty"];

    /// <summary>The text to go on with.</summary>
    [Help("the text to go on with; a new line when left out, or the first token of a vocabulary without one")] public string? Prompt { get; init; }

    /// <summary>Ids to go on with, instead of a text.</summary>
    [Help("ids to go on with, instead of a text", "LIST")] public ImmutableArray<int> Ids { get; init; } = [];

    /// <summary>Tokens to generate.</summary>
    [Help("most tokens to generate: a text ends before a token or a text that ends it"), AtLeast(0)] public int Count { get; init; } = 100;

    /// <summary>Texts that end what is generated.</summary>
    [Help("end before this text, wherever in a token it begins"), Repeated] public ImmutableArray<string> Stop { get; init; } = [];

    /// <summary>By what the logits are divided.</summary>
    [Help("0 for the likeliest token, 1 for the model's own probabilities"), AtLeast(0)] public double Temperature { get; init; } = 1;

    /// <summary>How many of the likeliest tokens are left.</summary>
    [Help("draw from so many of the likeliest tokens only"), AtLeast(1)] public int? TopK { get; init; }

    /// <summary>The probability of the nucleus.</summary>
    [Help("draw from the fewest likeliest tokens whose probabilities reach this"), Between(1e-9, 1)] public double? TopP { get; init; }

    /// <summary>The least share of the likeliest token's probability.</summary>
    [Help("draw from tokens at least so many times as likely as the likeliest"), Between(1e-9, 1)] public double? MinP { get; init; }

    /// <summary>By what the logits of tokens that occurred are divided.</summary>
    [Help("makes tokens that occurred less likely, the more above 1"), Positive] public double? RepetitionPenalty { get; init; }

    /// <summary>What is taken from the logits of tokens that occurred.</summary>
    [Help("what tokens that occurred lose of their logits")] public double? PresencePenalty { get; init; }

    /// <summary>How many texts a search follows at a time.</summary>
    [Help("search for a likely text instead of drawing one: so many are followed at a time"), Between(1, 4096)] public int? Beams { get; init; }

    /// <summary>How mildly a search judges long texts.</summary>
    [Help("of --beams: ln P is divided by ((5 + tokens) / 6) to this power"), AtLeast(0)] public double LengthPenalty { get; init; } = DefaultLengthPenalty;

    /// <summary>A model that proposes tokens.</summary>
    [Help("a smaller model with the same tokenizer, which proposes tokens that --model then judges several at a time: the same distribution, sooner", "FOLDER|FILE")]
    public string? Draft { get; init; }

    /// <summary>Settings to be compared.</summary>
    [Help("several texts side by side: \"temperature 0; temperature 1, top-k 5\" is two settings, laid over the other options", "SETTINGS")]
    public string? Compare { get; init; }

    /// <summary>Lets the model go on, and writes the text as it comes. It ends, too, at Ctrl-C, and where nobody reads it any more; what there is then is the result.</summary>
    /// <param name="project">The project's folder, such as <c>Script.Beside("..")</c>; null for a program, which has none.</param>
    /// <param name="show">How the texts of several settings are shown with their names.</param>
    /// <returns>ids, those of the prompt first, and text, null where there is no tokenizer; of several settings, texts; tokens_per_second.</returns>
    /// <exception cref="UsageException">Options contradict each other, or name nothing known.</exception>
    /// <exception cref="FunctionalLlmException">The model or its tokenizer cannot be read, or an id is not in the vocabulary.</exception>
    public IReadOnlyDictionary<string, object?> Generate(string? project, Action<IEnumerable<(string Name, string Text)>> show)
    {
        ArgumentNullException.ThrowIfNull(show);
        var settings = Settings();
        Check(settings);
        var (model, tokenizer) = Load(needsTokenizer: Ids.IsEmpty, project);
        var (prompt, draft) = (PromptIds(tokenizer), LoadDraft());
        if (Ids.IsEmpty && prompt.Any(id => id >= model.Vocabulary))
            throw new FunctionalLlmException($"--prompt: the tokenizer has {tokenizer!.VocabularySize:N0} ids, and the model {model.Vocabulary:N0}; expected the tokenizer that the model was trained with");
        var writer = tokenizer?.Widened(model.Vocabulary);
        if (tokenizer is not null && tokenizer.VocabularySize < model.Vocabulary)
            Tell($"The tokenizer has {tokenizer.VocabularySize:N0} ids, and the model {model.Vocabulary:N0}: the others are written as U+FFFD.");
        using var stop = new Interruption();
        var clock = Stopwatch.StartNew();
        var texts = settings.Select(s => this.Stream(writer, prompt, s.Options.Continue(model, tokenizer, prompt, draft, () => stop.Requested || Terminal.IsClosed()), quietly: Compare is not null, Stop)).ToArray();
        var pace = texts.Sum(text => text.Ids.Length - prompt.Length) / clock.Elapsed.TotalSeconds;
        Tell($"{pace:F1} tokens a second");
        if (Compare is not null)
            show(settings.Zip(texts, (s, text) => (s.Name, text.Text)));
        if (Out is not null)
        {
            var shown = settings.Zip(texts, (s, text) => GeneratedText.Of(s.Name, model, writer, text.Ids, prompt.Length, s.Options.Rule(prompt))).ToArray();
            Save("surprise.svg", GeneratedText.Picture(shown));
            Save("generate.html", GenerationPage.Html("What follows, and how surprising it is", shown));
        }

        var results = settings.Zip(texts, (s, text) => new Dictionary<string, object?> { ["setting"] = s.Name, ["ids"] = text.Ids, ["text"] = tokenizer is null ? null : text.Text });
        return Compare is not null ? new Dictionary<string, object?> { ["texts"] = results.ToArray(), ["tokens_per_second"] = pace }
            : new Dictionary<string, object?>(results.First().Skip(1)) { ["tokens_per_second"] = pace };
    }

    /// <summary>Refuses options that contradict each other, before a model is read.</summary>
    void Check(ImmutableArray<(string Name, GenerationOptions Options)> settings)
    {
        if (!Ids.IsEmpty && Prompt is not null)
            throw new UsageException("--ids and --prompt are given together; expected one of them");
        if (LengthPenalty != DefaultLengthPenalty && settings.All(s => s.Options.Beams is null))
            throw new UsageException("--length-penalty judges what --beams finds; expected --beams with it");
        foreach (var (_, s) in settings)
            s.CheckSearch();
    }

    void CheckSearch()
    {
        if (Beams is not null && (Temperature, TopK, TopP, MinP, RepetitionPenalty, PresencePenalty, Draft) != (1, null, null, null, null, null, null))
            throw new UsageException("--beams searches, and draws nothing; expected it without --draft, --temperature, --top-k, --top-p, --min-p and penalties");
    }

    /// <summary>The prompt's ids.</summary>
    /// <exception cref="UsageException">The prompt is a text, and the model has no tokenizer.</exception>
    public ImmutableArray<int> PromptIds(Tokenizer? tokenizer) => !Ids.IsEmpty ? Ids
        : tokenizer is not null ? [.. tokenizer.BeginIds, .. Prompt is null ? tokenizer.Opening : tokenizer.EncodeToIds(Prompt)]
        : throw new UsageException("--prompt needs a tokenizer, which this model comes without; expected --ids, or --tokenizer");

    /// <summary>What is done to logits before a token is drawn: penalties first, then the temperature, then what is left out.</summary>
    public LogitsRule Rule(IReadOnlyList<int> seen) => new LogitsRule?[]
    {
        RepetitionPenalty is { } r ? Sampler.RepetitionPenalty(r, seen) : null,
        PresencePenalty is { } a ? Sampler.PresencePenalty(a, seen) : null,
        Sampler.Temperature(Temperature),
        TopK is { } k ? Sampler.TopK(k) : null,
        TopP is { } p ? Sampler.TopP(p) : null,
        MinP is { } m ? Sampler.MinP(m) : null,
    }.OfType<LogitsRule>().Aggregate((first, next) => first.Then(next));

    /// <summary>The tokens that follow a prompt: at most <see cref="Count"/>, and before one that ends a text. They are drawn, with the help of a draft where there is one, or searched for.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Whose tokens end a text; null for none.</param>
    /// <param name="prompt">What is given.</param>
    /// <param name="draft">The model that proposes tokens; null for none.</param>
    /// <param name="isStopped">Asked at each token whether to end before it; a search has then the best that it has found.</param>
    /// <exception cref="UsageException">A search is asked for together with how to draw.</exception>
    public IEnumerable<int> Continue(Pretrained model, Tokenizer? tokenizer, ImmutableArray<int> prompt, Pretrained? draft, Func<bool>? isStopped = null)
    {
        var ends = tokenizer?.EndIds ?? [];
        CheckSearch();
        if (Beams is { } width)
            return Count == 0 ? [] : model.Beams(prompt, width, Count, ends, LengthPenalty, isStopped)[0].Ids;

        return (draft is null ? model.Continue(prompt, Rule, new Key(Seed)) : model.Speculate(draft, prompt, Rule, new Key(Seed))).Take(Count).Until(ends).TakeWhile(_ => isStopped?.Invoke() != true);
    }

    /// <summary>The model that proposes tokens, where one is named.</summary>
    /// <exception cref="FunctionalLlmException">A file is missing or broken.</exception>
    public Pretrained? LoadDraft() => Draft is null ? null : ModelFile.Read(Draft);

    /// <summary>The settings that <see cref="Compare"/> names, each these options with some changed; without it, these alone.</summary>
    /// <exception cref="UsageException">A setting names no option of sampling, or a value that the option does not take.</exception>
    public ImmutableArray<(string Name, GenerationOptions Options)> Settings()
    {
        var known = ScriptOption.All(this, "").Where(option => Compared.Contains(option.Name)).ToDictionary(option => option.Name);
        return Compare is null ? [("", this)] : [.. Compare.Split(';', StringSplitOptions.TrimEntries).Select(setting => (setting, With(setting)))];

        GenerationOptions With(string setting)
        {
            var changed = this with { };
            foreach (var part in setting.Split(',', StringSplitOptions.TrimEntries))
            {
                var (name, value) = part.Split([' ', '='], 2, StringSplitOptions.TrimEntries) is [var n, var v] ? ($"--{n}", v) : ("", "");
                if (!known.TryGetValue(name, out var option))
                    throw new UsageException($"--compare: {Spelling.Quoted(part)} is no setting; expected one of {string.Join(", ", Compared.Select(c => c[2..]))}, and its value, as in \"temperature 0; temperature 1, top-k 5\"");
                option.Property.SetValue(changed, option.Parse(value));
            }

            return changed;
        }
    }
}
