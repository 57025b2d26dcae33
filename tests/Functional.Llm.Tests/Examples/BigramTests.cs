using LanguageExt;
using Xunit;
using static Functional.Llm.Layers;
using static Functional.Llm.Training;

namespace Functional.Llm.Tests.Examples;

/// <summary>makemore's table of pairs of letters, counted and learned, against its published numbers.</summary>
public class BigramTests
{
    static readonly Layer<EmbeddingParameters, Tokens, Tensor> Bigram = Embedding;

    static (Tokens First, Tokens Next) Pairs(params IEnumerable<string> names)
    {
        var ids = names.Select(name => (int[])[0, .. name.Select(c => c - 'a' + 1), 0]).ToArray();
        return ([.. ids.SelectMany(name => name[..^1])], [.. ids.SelectMany(name => name[1..])]);
    }

    static double[] Numbers(System.Text.Json.JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetDouble())];

    [DataFact("text/names.txt")]
    public void Counting_gives_the_published_counts_chances_and_loss()
    {
        var file = Reference.Json("makemore-micrograd.json").GetProperty("names");
        var names = File.ReadAllLines(Data.Path("text/names.txt"));
        var (first, next) = Pairs(names);
        Assert.Equal((file.GetProperty("count").GetInt32(), file.GetProperty("bigrams").GetInt32()), (names.Length, first.Ids.Length));
        var counts = first.OneHot(27).T.MatMul(next.OneHot(27));
        foreach (var pair in file.GetProperty("top").EnumerateArray())
            Assert.Equal(pair[2].GetInt32(), counts.At(Id(pair[0].GetString()!), Id(pair[1].GetString()!)));
        Near.Equal(file.GetProperty("computedMeanNll").GetDouble(), (Bigram.On(first) >> CrossEntropy(next))(new(counts.Log())).Value);
        Near.Equal(file.GetProperty("computedMeanNllAddOne").GetDouble(), (Bigram.On(first) >> CrossEntropy(next))(new((counts + 1).Log())).Value);
        var chances = counts[0] / counts[0].Sum();
        foreach (var (chance, published) in chances.ToArray().Zip(Numbers(file.GetProperty("firstRowProbabilities"))))
            Assert.Equal(published, chance, 5e-5);

        static int Id(string sign) => sign is "<S>" or "<E>" ? 0 : sign[0] - 'a' + 1;
    }

    [ReferenceFact("makemore-micrograd.json")]
    public void The_seeded_table_has_its_published_chances_and_losses_on_emma()
    {
        var file = Reference.Json("makemore-micrograd.json").GetProperty("neuralBigram");
        var (first, next) = Pairs("emma");
        Assert.Equal(Numbers(file.GetProperty("xs")), first.Ids.Select(id => (double)id));
        Assert.Equal(Numbers(file.GetProperty("ys")), next.Ids.Select(id => (double)id));
        var start = Start(Init.Embedding(TorchGenerator.Seeded(2147483647), 27, 27).Value);
        var chances = Softmax(Bigram(start.Parameters, first).Value).Value;
        foreach (var (chance, i) in Numbers(file.GetProperty("publishedProbabilities")).Select((p, i) => (p, i)))
            Assert.Equal(chance, chances.At(i, next.Ids[i]), 1e-7);
        var loss = Bigram.On(first) >> CrossEntropy(next);
        Assert.Equal(file.GetProperty("publishedLoss").GetDouble(), loss(start.Parameters).Value, 3e-7);
        var course = Enumerable.Range(0, 2).Scan(start, (s, _) => s.Descend(new Sgd(0.1), loss)).Select(s => loss(s.Parameters).Value);
        foreach (var (value, computed) in course.Zip(Numbers(file.GetProperty("computedAfterSteps_lr0_1"))))
            Assert.Equal(computed, value, 3e-7);
    }

    [DataFact("text/names.txt")]
    public void The_seeded_table_has_its_published_losses_on_all_names()
    {
        var file = Reference.Json("makemore-micrograd.json").GetProperty("neuralBigram");
        var (first, next) = Pairs(File.ReadAllLines(Data.Path("text/names.txt")));
        var start = Start(Init.Embedding(TorchGenerator.Seeded(2147483647), 27, 27).Value);
        // 0.01 · mean W² of 27 · 27 weights is λ/2 Σ W² with this λ.
        var loss = (Bigram.On(first) >> CrossEntropy(next)).Plus(L2Penalty<EmbeddingParameters>(2 * 0.01 / (27 * 27)));
        Near.Equal(file.GetProperty("fullDataLossStep0Computed").GetDouble(), loss(start.Parameters).Value);
        Near.Equal(file.GetProperty("fullDataLossStep1Computed").GetDouble(), loss(start.Descend(new Sgd(50), loss).Parameters).Value);
    }
}
