// What does a word mean? The company it keeps: skip-gram with negative sampling turns words into vectors. Its notes: embeddings.md.
#load "prelude.csx"
#nullable enable
using System.Collections.Immutable;
using System.Diagnostics;
using Functional.Llm;

return Script.Run<Options>(Args, "Learns a vector for every word of a text from the words around it; shows neighbours, analogies and a picture.",
    "dotnet script scripts/embeddings.csx -- --analogy \"king man woman\" --words sea,happy", o =>
{
    string[] abc = o.Analogy.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
    if (abc.Length != 3)
        throw new UsageException($"--analogy: '{o.Analogy}' has {abc.Length} words; expected three, for example --analogy \"king man woman\"");
    var folders = DataFolders.Of(o.DataFolder);
    var isNovels = o is { Dataset: null, File: null, Text: null } && folders.Has(Known("novels"));
    var list = WordList.Of((isNovels ? o with { Dataset = "novels" } : o).Read(Script.Beside("..")), o.MinCount);
    o.Print($"{list.Total:N0} words; {list.Words.Length:N0} different ones occur {o.MinCount} times or more.");
    string[] asked = [.. o.Words.Select(w => w.ToLowerInvariant()), .. o.Analogy == Options.Usual ? [] : abc];
    if (asked.FirstOrDefault(w => !list.Words.Contains(w)) is { } rare)
        throw new FunctionalLlmException($"'{rare}' does not occur {o.MinCount} times in this text; ask for another word, or lower --min-count");
    var tests = Known("word-analogies");
    var file = o.Questions ?? (folders.Has(tests) ? o.Locate(tests, o.DataFolder)[0] : null);
    var questions = file is null ? [] : AnalogyQuestion.Read(file);

    var skipGram = new SkipGram(Dimension: o.Dimension, Rate: o.Rate);                          // L = −Σ ln σ(u·v) + K/N Σ ln σ(−n·v)
    var clock = Stopwatch.StartNew();
    var course = o.Progress(skipGram.Train(list.Ids, list.Counts, o.Epochs, new Key(o.Seed)), Line).ToList();
    var seconds = clock.Elapsed.TotalSeconds;
    var vectors = new WordVectors(list.Words, course[^1].Snapshot().Centre);                    // (V, C), of length 1

    var shown = o.Words.IsEmpty ? Groups.SelectMany(g => g.Words).Where(vectors.Has).Take(8) : asked.Take(o.Words.Length);
    var neighbours = shown.Select(w => new Near(w, vectors.Neighbours(w, 6))).ToList();
    o.Table(neighbours, ("word", n => n.Word), ("nearest words, and their cosines", n => n.Text));

    var analogy = o.Analogy == Options.Usual && !abc.All(vectors.Has) ? null
        : new Near($"{abc[0]} − {abc[1]} + {abc[2]}", vectors.Analogy(abc[1], abc[0], abc[2], 5));
    if (analogy is not null)
        o.Print($"{analogy.Word} is near {analogy.Text}.");

    var sections = Ask(vectors, questions);
    var all = new Section("all", sections.Sum(s => s.Asked), sections.Sum(s => s.Covered), sections.Sum(s => s.Right));
    var chance = 1.0 / list.Words.Length;
    if (all.Covered > 0)
        o.Table(sections.Append(all), ("questions about", s => s.Name), ("asked", s => $"{s.Asked:N0}"), ("covered", s => $"{s.Covered:N0}"),
            ("right", s => $"{s.Right:N0}"), ("accuracy", s => s.Accuracy is { } share ? $"{share:P1}" : ""));

    o.Save("embeddings.svg", Map(vectors, isNovels ? "Words of novels" : "Words"));
    o.Save("embeddings-loss.svg", Chart.Titled("Loss while training").WithX("epoch").WithY("nats per pair")
        .Line("", course.Skip(1).Select(s => s.Epoch), course.Skip(1).Select(s => s.Loss)));
    o.Print(all.Accuracy is { } accuracy
        ? $"Of {all.Covered:N0} analogies {accuracy:P1} are right; chance would be {chance:P4}, {accuracy / chance:N0} times less."
        : "No question of an analogy test is covered by these words.");
    return new { words = list.Total, vocabulary = list.Words.Length, seconds, all.Accuracy, all.Covered, chance,
        loss = course[^1].Loss, updates = course[^1].Step, neighbours, analogy, sections };
});

record Options : TextOptions
{
    [Help("numbers a word"), Between(2, 4096)] public int Dimension { get; init; } = 128;
    [Help("how often to go through the text"), AtLeast(0)] public int Epochs { get; init; } = 8;
    [Help("learning rate at the start; it falls to 0"), Positive] public double Rate { get; init; } = 0.025;
    [Help("leave out words that occur less often"), AtLeast(1)] public int MinCount { get; init; } = 8;
    [Help("show the nearest words of these", "LIST")] public ImmutableArray<string> Words { get; init; } = [];
    [Help("first − second + third = ?", "\"WORDS\"")] public string Analogy { get; init; } = Usual;
    [Help("a test in the manner of questions-words.txt; that one where it is found", "FILE")] public string? Questions { get; init; }
    public const string Usual = "king man woman";
}

record Near(string Word, IEnumerable<Neighbour> Nearest)
{
    internal string Text => string.Join(", ", Nearest.Select(n => $"{n.Word} {n.Cosine:F2}"));
}

record Section(string Name, int Asked, int Covered, int Right)
{
    public double? Accuracy => Covered > 0 ? Right / (double)Covered : null;
}

static Dataset Known(string name) => Datasets.Find(name).IfLeft(error => throw new UsageException(error.Message));

static string Line(SkipGramStep s) => $"epoch {s.Epoch:F2}, loss {s.Loss:F3} nats per pair";

static List<Section> Ask(WordVectors vectors, ImmutableArray<AnalogyQuestion> questions)
{
    var covered = questions.Where(q => new[] { q.A, q.B, q.C, q.D }.All(vectors.Has)).ToArray();
    var right = vectors.Answers([.. covered.Select(q => (q.A, q.B, q.C))])
        .Zip(covered, (answer, q) => (q.Section, IsRight: answer == q.D)).ToLookup(q => q.Section);
    return [.. questions.GroupBy(q => q.Section)
        .Select(s => new Section(s.Key, s.Count(), right[s.Key].Count(), right[s.Key].Count(q => q.IsRight)))];
}

static readonly ImmutableArray<(string Name, string[] Words)> Groups =
[
    ("family", "king queen man woman boy girl father mother".Split(' ')),
    ("numbers", "two three seven ten".Split(' ')),
    ("places", "london paris england france rome germany".Split(' ')),
    ("verbs", "walked ran went came walking running going".Split(' ')),
    ("feelings", "joy sorrow hope fear anger grief".Split(' ')),
];

static Chart Map(WordVectors vectors, string title)
{
    var groups = Groups.Select(g => (g.Name, Words: g.Words.Where(vectors.Has).ToArray())).Where(g => g.Words.Length > 0).ToList();
    var all = groups.SelectMany(g => g.Words).ToArray();
    var chart = Chart.Titled(title).WithX("first principal component").WithY("second principal component");
    if (all.Length < 3)
        return chart;
    var components = PrincipalComponents.Of(vectors.Of(all), 2);
    foreach (var (name, words) in groups)
    {
        var at = components.Project(vectors.Of(words));                                         // (words, 2)
        chart = chart.Scatter(name, words.Select((_, i) => at.At(i, 0)), words.Select((_, i) => at.At(i, 1)));
        chart = words.Select((word, i) => (word, i)).Aggregate(chart, (c, w) => c.Annotate(at.At(w.i, 0), at.At(w.i, 1), w.word, arrow: false));
    }

    return chart;
}
