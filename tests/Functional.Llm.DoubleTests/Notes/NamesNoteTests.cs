using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.DoubleTests.Notes;

public class NamesNoteTests
{
    sealed record Namer(EmbeddingParameters Letters, LinearParameters Hidden, LinearParameters Output);

    static readonly Layer<EmbeddingParameters, Tokens, Tensor> Bigram = Embedding >> Flatten;

    [Fact]
    public void Every_number_of_the_note_is_computed_again() => Note.Check("names.md", Note.Values(
        TwoNames(), OwnNames(), Math.Pow(27, 5), Math.Log(27), 5 * 16 * 200 + 200 * 27,
        // Other tests compute these of a file that does not come with the sources: BigramTests, and NamesScriptTests the bound.
        32_033, 228_146, 2.4540144891548743, 2.15, 100, 1_000));

    static IEnumerable<double> TwoNames()
    {
        var (x, y) = Examples([[1, 2, 1], [2, 1, 2]], 1);
        var loss = Bigram.On(x) >> CrossEntropy(y);
        var counts = x.OneHot(3).Reshape(-1, 3).T.MatMul(y.OneHot(3));
        var start = Training.Start(new EmbeddingParameters(Tensor.Zeros((3, 3))));
        var (value, gradient) = loss.ValueAndGradient(start.Parameters);
        Assert.True(gradient.Token.IsClose((counts.Sum([1], keep: true) / 3 - counts) / 8, 1e-12, 1e-12));
        return Note.Values(counts, counts / counts.Sum([1], keep: true), loss(new(counts.Log())).Value, Math.Log(2), Math.Log(1.5), Math.Log(3), value, gradient.Token,
            new[] { 1, 100, 1_000 }.Select(updates => (double)loss(Enumerable.Range(0, updates).Fit(start, new Sgd(1), _ => loss).Parameters).Value));
    }

    /// <summary>The script's run without options on the names that it brings along.</summary>
    static IEnumerable<double> OwnNames()
    {
        var names = Note.Lines("names.txt").Select(name => (int[])[.. name.Select(c => c - 'a' + 1)]).ToArray();
        var (x, y) = Examples(names, 1);
        var loss = Bigram.On(x) >> CrossEntropy(y);
        var counted = new EmbeddingParameters(x.OneHot(27).Reshape(-1, 27).T.MatMul(y.OneHot(27)).Log());
        var learned = Enumerable.Range(0, 80).Fit(Training.Start(new EmbeddingParameters(Tensor.Zeros((27, 27)))), new AdamW(0.3, Decay: 0), _ => loss).Parameters;
        var keys = new Key(0).Split(6);
        var split = Split.Of(names.Length, 0.1, keys[0]);
        var (training, heldOut) = (Examples(split.Training.Select(i => names[i]), 5), Examples(split.HeldOut.Select(i => names[i]), 5));
        var network = Embedding.At((Namer n) => n.Letters) >> Flatten >> Linear.At((Namer n) => n.Hidden) >> Tanh >> Linear.At((Namer n) => n.Output);
        var start = new Namer(Init.Embedding(keys[1], 27, 16), Init.Linear(keys[2], 5 * 16, 200), Init.Linear(keys[3], 200, 27));

        Namer Trained(Namer from, int steps, double rate, Key key) => Batches.Epochs(training.Inputs, training.Targets, 512, key).Take(steps)
            .Fit(Training.Start(from), new AdamW(rate, Decay: 0.1), b => network.On(b.Inputs) >> CrossEntropy(b.Targets)).Parameters;

        double Loss(Namer model, Batch<Tokens, Tokens> of) => (network.On(of.Inputs) >> CrossEntropy(of.Targets))(model).Value;
        return Note.Values(names.Length, split.Training.Length, split.HeldOut.Length, Tree.Count(start), loss(counted).Value, loss(learned).Value, new[] { 150, 300, 600 }
            .Select(steps => Trained(Trained(start, steps - steps / 5, 0.005, keys[4]), steps / 5, 0.0005, keys[4].Fold(1)))
            .SelectMany(end => new[] { Loss(end, training), Loss(end, heldOut) }));
    }

    static Batch<Tokens, Tokens> Examples(IEnumerable<int[]> names, int length)
    {
        var windows = names.Select(name => (int[])[.. new int[length], .. name, 0])
            .SelectMany(ids => ids.Skip(length).Select((next, i) => (Seen: ids[i..(i + length)], Next: next))).ToList();
        return new(Tokens.Of((windows.Count, length), [.. windows.SelectMany(w => w.Seen)]), [.. windows.Select(w => w.Next)]);
    }
}
