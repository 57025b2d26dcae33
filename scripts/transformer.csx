// One pass through a small GPT, forward and back, stage by stage; then its parts are left out, one at a time. Its notes: transformer.md.
#load "prelude.csx"
#nullable enable
using System.Collections.Immutable;
using Functional.Llm;
using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

return Script.Run<Options>(Args, "Walks through a small GPT, forward and back, and trains it without each of its parts in turn.",
    "dotnet script scripts/transformer.csx -- --dataset tinyshakespeare --prompt \"To be, or not to be\"", o =>
{
    Layer<Gpt, Tokens, Tensor> Model(Part? without, Func<string, Differentiable<Tensor, Tensor>> see)
    {
        Layer<P, Tensor, Tensor> Norm<P>(Layer<P, Tensor, Tensor> f) => without == Part.Norms ? (_, x) => (x, dy => (default!, dy)) : f;
        Layer<Block, Tensor, Tensor> Around(Layer<Block, Tensor, Tensor> f) => without == Part.Residuals ? f : Residual(f);
        var (score, weigh) = (without == Part.Scale ? Similarity : ScaledSimilarity, without == Part.Mask ? Softmax : CausalMask >> Softmax);
        Layer<Block, Tensor, Tensor> Block(int i) =>
            Around(Norm(LayerNorm.At((Block θ) => θ.Norm1)) >> see($"{i} x̂, normalised")            // (B, T, C) → (B, T, C)
                >> Linear.At((Block θ) => θ.Input)                                                  //           → (B, T, 3C)
                >> SplitHeads(o.Heads)                                                              //           → q, k, v (B, H, T, D)
                >> Attend(score >> see($"{i} s, scores") >> weigh >> see($"{i} A, weights"))        //           → (B, H, T, D)
                >> JoinHeads >> Linear.At((Block θ) => θ.Output) >> see($"{i} attention"))          //           → (B, T, C)
            >> see($"{i} x + attention")
            >> Around(Norm(LayerNorm.At((Block θ) => θ.Norm2)) >> see($"{i} x̂, normalised again")
                >> Linear.At((Block θ) => θ.Expand) >> Gelu >> see($"{i} h, hidden")                //           → (B, T, 4C)
                >> Linear.At((Block θ) => θ.Project) >> see($"{i} feed-forward"))                   //           → (B, T, C)
            >> see($"{i} x + feed-forward");
        return Embedding.At((Gpt θ) => θ.Embedding) >> see("x, embedding")                          // (B, T)    → (B, T, C)
            >> Stack<Block, Tensor>(Block).At((Gpt θ) => θ.Blocks)                                  //           → (B, T, C)
            >> Norm(LayerNorm.At((Gpt θ) => θ.Norm)) >> see("x̂, normalised")                        //           → (B, T, C)
            >> Linear.At((Gpt θ) => θ.Head) >> see("z, logits");                                    //           → (B, T, V)
    }
    Differentiable<Gpt, float> Loss(Part? part, Batch<Tokens, Tokens> b, Walkthrough w) => Model(part, w.See).On(b.Inputs) >> CrossEntropy(b.Targets);

    var (text, keys, T) = (o.Read(Script.Beside("..")), new Key(o.Seed).Split(3), o.Context);
    var tokenizer = CharTokenizer.Of(text + o.Prompt);
    var (ids, V, walk) = (tokenizer.EncodeToIds(text), tokenizer.VocabularySize, new Walkthrough());
    var start = Drawn(o, V, keys[0]);
    var training = ids[..(ids.Length * 9 / 10)];
    var batches = new Windows(new TokenArray(training), T, T, o.Batch).RandomFrom(Cursor.Start(keys[1])).Take(o.Steps);
    var heldOut = new Windows(new TokenArray(ids[training.Length..]), T, T, 50).Epoch(keys[2]).First();

    var (loss, gradient) = Loss(o.Without, Sentence(o, tokenizer.EncodeToIds(o.Prompt)), walk).ValueAndGradient(start);
    o.Table(walk.Stages, ("stage", s => s.Name), ("shape", s => $"{s.Value.Shape}"),
        ("norm", s => $"{s.Norm:F2}"), ("gradient's norm", s => $"{s.GradientNorm:G3}"));
    o.Print($"Loss {loss:F4}; guessing: ln {V} = {Math.Log(V):F4}. The gradient of {Tree.Count(start):N0} parameters: {Tree.Norm(gradient):G4}.\n");
    Row[] rows = [.. new Part?[] { null, Part.Residuals, Part.Norms, Part.Mask, Part.Scale }.Select(part =>
    {
        var (name, first) = (part is null ? "whole" : $"without {part}".ToLowerInvariant(), new Walkthrough());
        _ = Loss(part, heldOut, first)(start);
        var way = o.Train(name, start, new AdamW(o.Rate) { Clip = 1 }, batches, s => Loss(part, s.Batch, new()), θ => LossOf(θ, part), part != null);
        return new Row(name, Places(first), way, way[^1].Loss, LossOf(way[^1].Parameters, part == Part.Mask ? null : part));
        double LossOf(Gpt θ, Part? without) => Loss(without, heldOut, new())(θ).Value;
    })];
    var frequencyLoss = Frequency(training.ToLookup(id => id), heldOut.Targets, training.Length + V);
    Report(o, rows, frequencyLoss);
    return new { loss, frequencyLoss, Ablations = rows.Select(r => new { r.Name, r.Places, r.HeldOutLoss, r.MaskedLoss }),
        GradientNorm = Tree.Norm(gradient), Stages = walk.Stages.Select(s => new { s.Name, Shape = $"{s.Value.Shape}", s.Norm, s.GradientNorm }) };
});

record Options : TextOptions
{
    [Help("the sentence to walk through")] public string Prompt { get; init; } = "Attention is a mean.";
    [Help("leave this out of the walk")] public Part? Without { get; init; }
    [Help("updates of each training"), AtLeast(0)] public int Steps { get; init; } = 300;
    [Help("windows in a batch"), Between(1, 10_000)] public int Batch { get; init; } = 8;
    [Help("characters in a window"), Between(1, 10_000)] public int Context { get; init; } = 32;
    [Help("width, a multiple of the heads"), Between(1, 10_000)] public int Width { get; init; } = 48;
    [Help("heads of attention"), Between(1, 1_000)] public int Heads { get; init; } = 2;
    [Help("blocks"), Between(1, 100)] public int Depth { get; init; } = 4;
    [Help("learning rate"), Positive] public double Rate { get; init; } = 0.01;
}

enum Part { Residuals, Norms, Mask, Scale }

record Block(LayerNormParameters Norm1, LinearParameters Input, LinearParameters Output,
    LayerNormParameters Norm2, LinearParameters Expand, LinearParameters Project);

record Gpt(EmbeddingParameters Embedding, ImmutableArray<Block> Blocks, LayerNormParameters Norm, LinearParameters Head);

record Row(string Name, double Places, ImmutableArray<Milestone<Gpt>> Course, double HeldOutLoss, double MaskedLoss);

// Every matrix keeps the deviation of what goes through it: entries from N(0, 1/inputs).
static Gpt Drawn(Options o, int V, Key key)
{
    var (C, drawn) = (o.Width, 0);
    if (C % o.Heads != 0)
        throw new UsageException($"--width: {C} cannot be shared by {o.Heads} heads; expected a multiple of {o.Heads}");
    LinearParameters Matrix(int I, int O) => new(key.Fold(drawn++).Normal((O, I), 1 / Math.Sqrt(I)), Tensor.Zeros(O));
    Block Block() => new(Init.LayerNorm(C), Matrix(C, 3 * C), Matrix(C, C), Init.LayerNorm(C), Matrix(C, 4 * C), Matrix(4 * C, C));
    var embedding = Init.Embedding(key.Fold(-1), V, C, o.Context);
    return new(embedding, [.. Enumerable.Range(0, o.Depth).Select(_ => Block())], Init.LayerNorm(C), Matrix(C, V));
}

static Batch<Tokens, Tokens> Sentence(Options o, ImmutableArray<int> ids) => ids.Length > 1 && ids.Length <= o.Context + 1
    ? new Windows(new TokenArray(ids), ids.Length - 1, 1, 1).Epoch().First()
    : throw new UsageException($"--prompt: {ids.Length} characters; expected 2 to {o.Context + 1}, one more than --context");

// e to the entropy of each place's weights: n where n places have the same weight, 1 where one has all.
static double Places(Walkthrough walk) => walk.Stages.Where(s => s.Name.EndsWith("weights"))
    .Average(s => (-(s.Value * (s.Value + 1e-30).Log()).Sum(-1)).Exp().Mean().Value);

// The mean surprise of characters where each is expected as often as it occurred, and once more.
static double Frequency(ILookup<int, int> occurred, Tokens targets, int all) =>
    targets.Ids.Average(id => -Math.Log((occurred[id].Count() + 1.0) / all));

static void Report(Options o, Row[] rows, double frequency)
{
    o.Table(rows, ("trained", r => r.Name), ("places looked at before", r => $"{r.Places:F2}"), ("held out", r => $"{r.HeldOutLoss:F3}"),
        ("and masked", r => $"{r.MaskedLoss:F3}"));
    o.Save("transformer-loss.svg", rows.Aggregate(
        Chart.Titled("A GPT without one of its parts").WithX("update").WithY(Axis.Log("held-out loss (nats per character)"))
            .HorizontalRule(frequency, "frequencies"),
        (chart, r) => chart.Line(r.Name, r.Course.Select(m => m.Updates), r.Course.Select(m => m.Loss))));
    var worst = rows[1..].MaxBy(r => r.MaskedLoss)!;
    o.Print($"Nats per character after {o.Steps} updates: {rows[0].MaskedLoss:F3} with all parts, {worst.MaskedLoss:F3} {worst.Name}, "
        + $"{frequency:F3} by the frequencies of characters alone.");
}
