// Where does a model look? The weights of every head of every block, on a sentence. Its notes: attention.md.
#load "prelude.csx"
#nullable enable
using System.Collections.Immutable;
using Functional.Llm;

return Script.Run<Options>(Args, "Draws what every head of a model looks at in a sentence; without a model, a small one learns the text first.",
    "dotnet script scripts/attention.csx -- --model run --prompt \"To be, or not to be\"", o =>
{
    var (model, tokenizer) = o.Model is null && o.Preset is null ? Trained(o) : Given(o.Load(needsTokenizer: true));
    var ids = tokenizer.EncodeToIds(o.Prompt);
    if (ids.Length < 2 || ids.Length > model.Context)
        throw new UsageException($"--prompt: {ids.Length} tokens; expected 2 to {model.Context}, the places that the model sees");
    ImmutableArray<string> names = [.. ids.Select(id => Shown(tokenizer.Decode([id])))];
    Head[] heads = [.. model.AttentionWeights(Tokens.Of((1, ids.Length), ids.AsSpan()))                 // of every block (1, H, T, T)
        .SelectMany((block, i) => Enumerable.Range(0, block.Shape[1]).Select(h => Of(i, h, block[0, h])))];
    var surprise = model.Surprises(ids.AsSpan()).Mean().Value;

    o.Table(heads, ("block", h => $"{h.Block}"), ("head", h => $"{h.Number}"), ("places looked at", h => $"{h.Places:F2}"),
        ("distance", h => $"{h.Distance:F2}"), ("itself", h => $"{h.Itself:P1}"), ("the one before", h => $"{h.Before:P1}"),
        ("the first", h => $"{h.First:P1}"));
    o.Save("attention.svg", Chart.Grid(heads.Max(h => h.Number) + 1, heads.Select(h => Map(h, names))));
    var (closest, widest) = (heads.MaxBy(h => h.Before)!, heads.MaxBy(h => h.Places)!);
    o.Print($"{surprise:F3} nats a token. Most at the place before looks head {closest.Number} of block {closest.Block}, with {closest.Before:P0} "
        + $"of its weight; around itself the most head {widest.Number} of block {widest.Block}: at {widest.Places:F1} places.");
    return new { loss = surprise, tokens = names,
        Heads = heads.Select(h => new { h.Block, Head = h.Number, h.Places, h.Distance, h.Itself, h.Before, h.First, Weights = Rows(h.Weights) }) };
});

record Options : ModelOptions
{
    [Help("the sentence to look at")] public string Prompt { get; init; } = "return the first of them";
    [Help("updates of the small model"), AtLeast(0)] public int Steps { get; init; } = 400;
}

record Head(int Block, int Number, Tensor Weights, double Places, double Distance, double Itself, double Before, double First);

// Means over the places: e to the entropy of the weights, how far back they lie, and three places that heads are fond of.
static Head Of(int block, int number, Tensor weights)
{
    var T = weights.Shape[0];
    double Mean(Func<int, int, double> f) =>
        Enumerable.Range(0, T).Average(i => Enumerable.Range(0, i + 1).Sum(j => weights.At(i, j) * f(i, j)));
    var entropies = (weights * (weights + 1e-30).Log()).Sum(-1);
    return new(block, number, weights, (-entropies).Exp().Mean().Value, Mean((i, j) => i - j), Mean((i, j) => i == j ? 1 : 0),
        Mean((i, j) => i == j + 1 ? 1 : 0) * T / (T - 1), Mean((_, j) => j == 0 ? 1 : 0));
}

static (Pretrained, Tokenizer) Given((Pretrained Model, Tokenizer? Tokenizer) given) => (given.Model, given.Tokenizer
    ?? throw new UsageException("a sentence needs a tokenizer, which this model comes without; expected --tokenizer"));

// Two blocks of four heads learn the characters of the text.
static (Pretrained, Tokenizer) Trained(Options o)
{
    var (text, keys) = (o.Read(Script.Beside("..")), new Key(o.Seed).Split(2));
    var tokenizer = CharTokenizer.Of(text + o.Prompt);
    var model = new Gpt2(tokenizer.VocabularySize, Context: 64, Width: 64, Heads: 4, Depth: 2);
    var batches = new Windows(new TokenArray(tokenizer.EncodeToIds(text)), 64, 64, 12).RandomFrom(Cursor.Start(keys[1])).Take(o.Steps);
    var start = Training.Start(model.Start(keys[0]));
    var steps = batches.Trace(start, new AdamW(3e-3) { Clip = 1 }, step => model.Loss(step.Batch.Inputs, step.Batch.Targets));
    var end = o.Progress(steps, s => $"step {s.Step} loss {s.Loss:F3}").LastOrDefault();
    return (new Pretrained<Gpt2Parameters>(model, end?.Snapshot().Parameters ?? start.Parameters), tokenizer);
}

static Chart Map(Head h, ImmutableArray<string> names) => Chart.Titled($"{h.Block}.{h.Number}")
    .WithX(Axis.Categories("", names)).WithY(Axis.Categories("", names))
    .HeatMap("weight", names.Length, names.Length, (i, j) => j > i ? float.NaN : h.Weights.At(i, j));

static string Shown(string token) => token.Trim().Length > 0 ? token.Trim() : token.Contains('\n') ? "⏎" : "␣";

static float[][] Rows(Tensor x) => [.. Enumerable.Range(0, x.Shape[0]).Select(i => x[i].ToArray())];
