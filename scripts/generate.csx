// A trained model goes on with a text. Its notes: generate.md.
#load "prelude.csx"
#nullable enable
using System.Diagnostics;
using Functional.Llm;

return Script.Run<Options>(Args, "Lets a model go on with a text, token by token.",
    "dotnet script scripts/generate.csx -- --model run --prompt \"The \" --count 100 --temperature 0.8", o =>
{
    var (model, tokenizer) = o.Load(needsTokenizer: o.Ids.IsEmpty);
    var prompt = o.Ids.IsEmpty ? Tokenizer(tokenizer, o).EncodeToIds(o.Prompt) : o.Ids;
    var clock = Stopwatch.StartNew();
    int[] ids = [.. prompt, .. o.Progress(model.Continue(prompt, seen => Rule(o, seen), new Key(o.Seed)).Take(o.Count), id => $"token {id}")];
    var pace = o.Count / clock.Elapsed.TotalSeconds;
    var text = tokenizer?.Decode(ids);
    int[] seen = ids[^Math.Min(ids.Length, model.Context + 1)..];
    var surprises = model.Surprises(seen).ToArray();
    o.Save("surprise.svg", Chart.Titled("How surprising each token is").WithX("token").WithY("−ln P (nats)")
        .Line("", surprises.Select((_, i) => ids.Length - surprises.Length + i + 1), surprises.Select(s => (double)s)).ToSvg());
    o.Print(text ?? string.Join(',', ids));
    return new { ids, text, tokensPerSecond = pace };
});

record Options : ModelOptions
{
    [Help("the text to go on with")] public string Prompt { get; init; } = "\n";
    [Help("ids to go on with, instead of a text", "LIST")] public System.Collections.Immutable.ImmutableArray<int> Ids { get; init; } = [];
    [Help("tokens to generate"), AtLeast(0)] public int Count { get; init; } = 100;
    [Help("0 for the likeliest token, 1 for the model's own probabilities"), AtLeast(0)] public double Temperature { get; init; } = 1;
    [Help("draw from so many of the likeliest tokens only"), AtLeast(1)] public int? TopK { get; init; }
    [Help("draw from the fewest likeliest tokens whose probabilities reach this"), Between(1e-9, 1)] public double? TopP { get; init; }
    [Help("draw from tokens at least so many times as likely as the likeliest"), Between(1e-9, 1)] public double? MinP { get; init; }
    [Help("makes tokens that occurred less likely, the more above 1"), Positive] public double? RepetitionPenalty { get; init; }
    [Help("what tokens that occurred lose of their logits")] public double? PresencePenalty { get; init; }
}

// Penalties first, then the temperature, then what is left out.
static LogitsRule Rule(Options o, IReadOnlyList<int> seen) => new LogitsRule?[]
{
    o.RepetitionPenalty is { } r ? Sampler.RepetitionPenalty(r, seen) : null,
    o.PresencePenalty is { } a ? Sampler.PresencePenalty(a, seen) : null,
    Sampler.Temperature(o.Temperature),
    o.TopK is { } k ? Sampler.TopK(k) : null,
    o.TopP is { } p ? Sampler.TopP(p) : null,
    o.MinP is { } m ? Sampler.MinP(m) : null,
}.OfType<LogitsRule>().Aggregate((first, next) => first.Then(next));

static Tokenizer Tokenizer(Tokenizer? tokenizer, Options o) => tokenizer
    ?? throw new UsageException("--prompt needs a tokenizer, which this model comes without; expected --ids, or --tokenizer");
