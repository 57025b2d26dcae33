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
    var rule = o.TopK is { } k ? Sampler.TopK(k).Then(Sampler.Temperature(o.Temperature)) : Sampler.Temperature(o.Temperature);
    var clock = Stopwatch.StartNew();
    int[] ids = [.. prompt, .. o.Progress(model.Continue(prompt, rule, new Key(o.Seed)).Take(o.Count), id => $"token {id}")];
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
}

static Tokenizer Tokenizer(Tokenizer? tokenizer, Options o) => tokenizer
    ?? throw new UsageException("--prompt needs a tokenizer, which this model comes without; expected --ids, or --tokenizer");
