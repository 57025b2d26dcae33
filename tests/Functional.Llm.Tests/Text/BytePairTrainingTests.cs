using System.Text;
using Xunit;

namespace Functional.Llm.Tests.Text;

public sealed class BytePairTrainingTests
{
    [Fact]
    public void The_example_of_the_article_is_learnt()
    {
        var tokenizer = BytePairTraining.Train("aaabdaaabac", 259);
        Assert.Equal<IEnumerable<int>>([258, 100, 258, 97, 99], tokenizer.EncodeToIds("aaabdaaabac"));
        Assert.Equal("aaabdaaabac", tokenizer.Decode([258, 100, 258, 97, 99]));
    }

    [ReferenceFact("bpe-training")]
    public void The_published_merges_are_learnt_from_the_published_text()
    {
        using var corpus = new StreamReader(Reference.Path("bpe-training/corpus.en"));
        var learned = BytePairTraining.Learn(corpus, "<|endoftext|>").TakeWhile(merge => merge.Id < 499).ToList();
        Assert.Equal(File.ReadAllLines(Reference.Path("bpe-training/train-bpe-reference-merges.txt")),
            learned.Select(merge => $"{ByteAlphabet.ToText(merge.Left.Span)} {ByteAlphabet.ToText(merge.Right.Span)}"));
        var tokenizer = BytePairTokenizer.Of(learned, "<|endoftext|>");
        var vocabulary = Reference.Json("bpe-training/train-bpe-reference-vocab.json").EnumerateObject().Select(token => token.Name).ToHashSet();
        Assert.Equal(500, tokenizer.VocabularySize);
        Assert.True(vocabulary.SetEquals(Enumerable.Range(0, 499).Select(id => ByteAlphabet.ToText(tokenizer.Bytes(id).Span)).Append("<|endoftext|>")));
    }

    [Fact]
    public void Training_is_what_its_definition_says()
    {
        var random = new RandomText(7);
        for (var round = 0; round < 300; round++)
        {
            // A small alphabet and long words, so that pairs tie and overlap, and two ways lead to one token.
            var text = string.Concat(Enumerable.Range(0, 40).Select(_ => random.Below(5) == 0 ? ' ' : (char)('a' + random.Below(2 + round % 3))));
            var ends = new List<int>();
            PreTokenizer.Gpt2.FindEnds(Encoding.UTF8.GetBytes(text), ends);
            var pieces = ends.Select((end, i) => Encoding.UTF8.GetBytes(text[(i == 0 ? 0 : ends[i - 1])..end]));
            using var reader = new StringReader(text);
            Assert.Equal(NaiveBytePairs.Learn(pieces, 40),
                BytePairTraining.Learn(reader).Take(40).Select(merge => $"{Convert.ToHexString(merge.Left.Span)} {Convert.ToHexString(merge.Right.Span)} {merge.Count}"));
        }
    }

    /// <summary>A merge costs what its pair's places do: where each went through the whole of the one word, this would take 400 MB and more.</summary>
    [Fact]
    public void One_long_word_costs_no_more_than_many_short_ones()
    {
        var random = new RandomText(8);
        var text = string.Concat(Enumerable.Range(0, 200_000).Select(_ => (char)('a' + random.Below(26))));
        using var reader = new StringReader(text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(1000, BytePairTraining.Learn(reader).Take(1000).Last().Id - 255);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
    }

    [Fact]
    public void Merges_are_the_same_for_any_number_of_threads_and_end_with_the_text()
    {
        var text = string.Concat(CodeFile.Below("src").Select(file => file.Text));
        var one = Parallelism.With(1, () => BytePairTraining.Train(text, 600, "<|a|>"));
        var three = Parallelism.With(3, () => BytePairTraining.Train(text, 600, "<|a|>"));
        Assert.Equal<IEnumerable<int>>(one.EncodeToIds(text), three.EncodeToIds(text));
        Assert.Equal((600, 599), (one.VocabularySize, one.SpecialTokens["<|a|>"]));
        Assert.Equal(257, BytePairTraining.Train("aa", 5000).VocabularySize);
        Assert.Equal(256, BytePairTraining.Train("", 5000).VocabularySize);
    }

    [Fact]
    public void A_vocabulary_too_small_for_the_bytes_is_refused() => Assert.Equal(
        "vocabulary: 256 tokens are too few. Ask for 257 or more: 256 bytes and 1 special tokens.",
        Assert.Throws<TokenizerException>(() => BytePairTraining.Train("text", 256, "<|endoftext|>")).Message);
}
