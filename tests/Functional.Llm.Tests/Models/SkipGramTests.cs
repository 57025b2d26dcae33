using System.Runtime.InteropServices;
using Xunit;

namespace Functional.Llm.Tests.Models;

public class SkipGramTests
{
    /// <summary>Words 2k and 2k + 1 stand side by side, and with no others.</summary>
    static readonly WordList Pairs = WordList.Of(string.Join(' ',
        Enumerable.Range(0, 3000).Select(i => new Key(5).Fold(i).Below(20)).Select(k => string.Concat(Enumerable.Repeat($"{Name(2 * k)} {Name(2 * k + 1)} ", 6)))));

    static readonly SkipGram Small = new(Dimension: 20, Batch: 300, Shared: 20, Subsample: 0);

    static string Name(int i) => $"w{(char)('a' + i / 20)}{(char)('a' + i % 20)}";

    static SkipGramParameters Train(int threads, ulong seed = 1) => Parallelism.With(threads, () => Small.Train(Pairs.Ids, Pairs.Counts, 2, new Key(seed)).Last().Snapshot());

    static string Bits(SkipGramParameters p) => Convert.ToHexString(MemoryMarshal.AsBytes(p.Centre.AsSpan())) + Convert.ToHexString(MemoryMarshal.AsBytes(p.Context.AsSpan()));

    [Fact]
    public void The_same_seed_gives_the_same_bits_for_any_number_of_threads()
    {
        var one = Bits(Train(1));
        Assert.All([2, 3, 7], threads => Assert.Equal(one, Bits(Train(threads))));
        Assert.NotEqual(one, Bits(Train(1, seed: 2)));
    }

    /// <summary>Of real text, where a few words are everywhere and most are rare, and blocks have several parts.</summary>
    [Fact]
    public void Real_text_gives_the_same_bits_for_any_number_of_threads()
    {
        var words = WordList.Of(Corpus.Read(ScriptFolder.Repository)[..400_000]);
        var skipGram = new SkipGram(Dimension: 24);
        string Train(int threads) => Parallelism.With(threads, () => Bits(skipGram.Train(words.Ids, words.Counts, 1, new Key(3)).Last().Snapshot()));
        var one = Train(1);
        Assert.InRange(words.Words.Length, 16 * 128 + 1, int.MaxValue);
        Assert.All([2, 3, 4, 7], threads => Assert.Equal(one, Train(threads)));
    }

    [Fact]
    public void Words_in_the_same_company_are_near()
    {
        var course = Small.Train(Pairs.Ids, Pairs.Counts, 4, new Key(1)).ToList();
        Assert.True(course[^1].Loss < 0.8 * course[1].Loss, $"{course[1].Loss} → {course[^1].Loss}");
        var vectors = new WordVectors(Pairs.Words, course[^1].Snapshot().Centre);
        var right = Enumerable.Range(0, 20).Count(k => vectors.Neighbours(Name(2 * k), 1)[0].Word == Name(2 * k + 1));
        Assert.InRange(right, 18, 20);
    }

    [Fact]
    public void A_snapshot_stays_as_it_was()
    {
        using var course = Small.Train(Pairs.Ids, Pairs.Counts, 1, new Key(1)).GetEnumerator();
        course.MoveNext();
        var start = course.Current.Snapshot();
        var bits = Bits(start);
        while (course.MoveNext())
        {
        }

        Assert.Equal(bits, Bits(start));
    }

    [Fact]
    public void Where_training_diverges_a_rate_is_named_at_which_it_does_not()
    {
        var fast = Small with { Rate = 1e30 };
        var message = Assert.Throws<FunctionalLlmException>(() => fast.Train(Pairs.Ids, Pairs.Counts, 1, new Key(1)).Last()).Message;
        Assert.Contains("training diverges", message, StringComparison.Ordinal);
        Assert.EndsWith("Try 0.025.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_of_one_word_is_refused() =>
        Assert.Contains("vocabulary has 1 words", Assert.Throws<FunctionalLlmException>(() => Small.Train([0, 0], [2], 1, default).ToList()).Message, StringComparison.Ordinal);
}
