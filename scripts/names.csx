// Which letter comes next? A table of pairs, counted and learned, and a small network over a window of letters. Its notes: names.md.
#load "prelude.csx"
#nullable enable
using System.Collections.Immutable;
using Functional.Llm;
using LanguageExt;
using static Functional.Llm.Layers;
using static Functional.Llm.Training;

return Script.Run<Options>(Args, "Learns to spell names: pairs of letters counted and learned, and a network over a window of letters.",
    "dotnet script scripts/names.csx -- --file names.txt --window 8", o =>
{
    var (keys, names, K) = (new Key(o.Seed).Split(6), Read(o), o.Window);
    var letters = "\n" + string.Concat(names.SelectMany(name => name).Distinct().Order());      // id 0 stands before and after every name
    var V = letters.Length;
    Batch<Tokens, Tokens> Windows(IEnumerable<string> names, int K) => Examples(names.Select(name => name.Select(c => letters.IndexOf(c))), K);

    var bigram = Embedding >> Flatten;                                                          // (B, 1) → (B, 1, V) → (B, V)
    var pairs = Windows(names, 1);
    var loss = bigram.On(pairs.Inputs) >> CrossEntropy(pairs.Targets);
    var counts = pairs.Inputs.OneHot(V).Reshape(-1, V).T.MatMul(pairs.Targets.OneHot(V));       // N = XᵀY
    var countLoss = loss(new(counts.Log())).Value;                                              // softmax(ln N) = N / Σ N
    var table = o.Progress(Enumerable.Range(1, 80), i => $"the table of pairs: update {i}")
        .Fit(Start(new EmbeddingParameters(Tensor.Zeros((V, V)))), new AdamW(0.3, Decay: 0), _ => loss).Parameters;
    var gradientLoss = loss(table).Value;

    var emma = bigram.On(Tokens.Of((5, 1), 0, 5, 13, 13, 1)) >> CrossEntropy([5, 13, 13, 1, 0]);                  // .emma → emma.
    var published = Start(Init.Embedding(TorchGenerator.Seeded(2147483647), 27, 27).Value);
    var course = Enumerable.Range(0, 2).Scan(published, (s, _) => s.Descend(new Sgd(0.1), emma)).Select(s => emma(s.Parameters).Value).ToList();

    var split = Split.Of(names.Length, 0.1, keys[0]);
    var (training, heldOut) = (Windows(split.Training.Select(i => names[i]), K), Windows(split.HeldOut.Select(i => names[i]), K));
    var network = Embedding.At((Network θ) => θ.Letters)                                        // (B, K) → (B, K, C)
               >> Flatten                                                                       //        → (B, K·C)
               >> Linear.At((Network θ) => θ.Hidden) >> Tanh                                    //        → (B, H)
               >> Linear.At((Network θ) => θ.Output);                                           //        → (B, V)
    Differentiable<Network, float> Loss(Batch<Tokens, Tokens> b) => network.On(b.Inputs) >> CrossEntropy(b.Targets);
    ImmutableArray<Milestone<Network>> Train(Network start, int steps, double η, Key key) => o.Train("the network", start, new AdamW(η, Decay: 0.1),
        Batches.Epochs(training.Inputs, training.Targets, o.Batch, key).Take(steps), Loss, θ => Loss(heldOut)(θ).Value);

    var steps = o.Steps ?? Math.Max(300, 4 * training.Targets.Ids.Length / o.Batch);
    var (C, H, last) = (o.Width, o.HiddenUnits, steps / 5);
    var start = new Network(Init.Embedding(keys[1], V, C), Init.Linear(keys[2], K * C, H), Init.Linear(keys[3], H, V));
    var fast = Train(start, steps - last, o.Rate, keys[4]);
    var slow = Train(fast[^1].Parameters, last, o.Rate / 10, keys[4].Fold(1));                  // settles what the full rate shakes
    var θ = slow[^1].Parameters;
    Row[] rows = [new("pairs, counted", V * V, countLoss, null), new("pairs, learned", V * V, gradientLoss, null),
        new($"network, window of {K}", (int)Tree.Count(θ), Loss(training)(θ).Value, slow[^1].Loss)];
    string[] invented = [.. Enumerable.Range(0, 20).Select(i => Invent(seen => network(θ, seen).Value, K, letters, keys[5].Fold(i)))];

    o.Print($"{names.Length:N0} names, {pairs.Targets.Ids.Length:N0} pairs. Losses in nats per letter; guessing has ln {V} = {Math.Log(V):F4}.");
    o.Table(rows, ("model", r => r.Name), ("parameters", r => $"{r.Size:N0}"), ("loss", r => $"{r.Loss:F4}"), ("held out", r => $"{r.HeldOut:F4}"));
    o.Print($"emma with PyTorch's seed 2147483647: {string.Join(", ", course.Select(l => $"{l:F4}"))}.");
    o.Save("names-pairs.svg", Pairs(counts / counts.Sum([1], keep: true), letters));
    o.Save("names-loss.svg", Courses([.. fast, .. slow[1..].Select(m => m with { Updates = m.Updates + steps - last })], countLoss));
    o.Print($"Invented: {string.Join(", ", invented)}.");
    return new { countLoss, gradientLoss, heldOutLoss = slow[^1].Loss, seededLosses = course, rows, updates = steps, invented };
});

record Options : TextOptions
{
    [Help("letters that the network sees"), Between(1, 100)] public int Window { get; init; } = 5;
    [Help("width of a letter's embedding"), Between(1, 1_000)] public int Width { get; init; } = 16;
    [Help("width of the hidden layer"), Between(1, 10_000)] public int HiddenUnits { get; init; } = 200;
    [Help("learning rate; a tenth of it in the last fifth of the updates"), Positive] public double Rate { get; init; } = 0.005;
    [Help("updates of the network; four passes over the names, 300 at least, when left out"), AtLeast(0)] public int? Steps { get; init; }
    [Help("windows in a batch"), AtLeast(1)] public int Batch { get; init; } = 512;
}

record Network(EmbeddingParameters Letters, LinearParameters Hidden, LinearParameters Output);

record Row(string Name, int Size, double Loss, double? HeldOut);

static string[] Read(Options o)
{
    var shared = Path.Combine(Environment.GetEnvironmentVariable(DataFolders.Variable) ?? "", "text", "names.txt");
    var own = o with { File = File.Exists(shared) ? shared : Script.Beside("data/names.txt") };
    var asked = (o.Dataset ?? o.File ?? o.Text) is not null;
    var lines = (asked ? o : own).Read(Script.Beside("..")).Split('\n');
    string[] names = [.. lines.Select(line => line.Trim()).Where(line => line.Length > 0)];
    var letters = names.SelectMany(name => name).Distinct().Count();
    return names.Length >= 20 && letters <= 200 ? names : throw new FunctionalLlmException(
        $"{o.File ?? o.Dataset ?? "names"}: {names.Length} names in {letters} letters; expected 20 names or more, one a line, in one alphabet");
}

// Of every name each K letters and the one that follows; of emma, with K = 3: (..., e), (..e, m), (.em, m), (emm, a), (mma, .).
static Batch<Tokens, Tokens> Examples(IEnumerable<IEnumerable<int>> names, int K)
{
    var windows = names.Select(name => (int[])[.. new int[K], .. name, 0])
        .SelectMany(ids => ids.Skip(K).Select((next, i) => (Seen: ids[i..(i + K)], Next: next))).ToList();
    return new(Tokens.Of((windows.Count, K), [.. windows.SelectMany(w => w.Seen)]), [.. windows.Select(w => w.Next)]);
}

static string Invent(Func<Tokens, Tensor> logits, int K, string letters, Key key, string name = "")
{
    int[] ids = [.. new int[K], .. name.Select(c => letters.IndexOf(c))];
    var next = key.Fold(name.Length).Categorical(Softmax(logits(Tokens.Of((1, K), ids[^K..]))).Value[0]);
    return next == 0 || name.Length == 30 ? name : Invent(logits, K, letters, key, name + letters[next]);
}

static Chart Pairs(Tensor chances, string letters)
{
    var signs = letters.Select(c => c == '\n' ? "." : $"{c}");
    return Chart.Titled("Which letter follows which").WithX(Axis.Categories("next letter", signs)).WithY(Axis.Categories("letter", signs))
        .HeatMap("P(next | letter)", letters.Length, letters.Length, (i, j) => chances.At(i, j));
}

static Chart Courses(Milestone<Network>[] course, double countLoss) =>
    Chart.Titled("Held-out names while training").WithX(Axis.Log("update")).WithY("loss (nats per letter)")
        .Line("", course.Select(m => m.Updates), course.Select(m => m.Loss)).HorizontalRule(countLoss, "pairs, counted");
