using Xunit;

namespace Functional.Llm.Tests.Text;

public sealed class WordTokenizerTests
{
    const string Text = "Hello, world. Is this-- a test?";

    [Fact]
    public void Words_and_signs_are_tokens()
    {
        var tokenizer = WordTokenizer.Of(Text);
        Assert.Equal<IEnumerable<string>>([",", "--", ".", "?", "Hello", "Is", "a", "test", "this", "world"], tokenizer.Words);
        Assert.Equal("Hello, world. Is this -- a test?", tokenizer.Decode(tokenizer.EncodeToIds(Text)));
        Assert.Equal("encode: the vocabulary of 10 words has no 'Tests'; the nearest is 'test'. Learn it from a text with the word, or with a token <|unk|> for the unknown.",
            Assert.Throws<TokenizerException>(() => tokenizer.EncodeToIds("Tests")).Message);
        Assert.Equal("<|unk|>, world", WordTokenizer.Of(Text, special: true) is var open ? open.Decode(open.EncodeToIds("Goodbye, world")) : "");
        Assert.Contains("twice", Assert.Throws<TokenizerException>(() => new WordTokenizer(["a", "a"])).Message, StringComparison.Ordinal);
    }

    [ReferenceFact("text-data-ch02.json")]
    public void The_published_words_have_their_published_ids()
    {
        var text = File.ReadAllText(Data.Path("text/the-verdict.txt"));
        var published = Reference.Json("text-data-ch02.json").GetProperty("wordTokenizer");
        var (closed, open) = (WordTokenizer.Of(text), WordTokenizer.Of(text, special: true));
        Assert.Equal((20_479, 4690, 1130, 1132), (text.Length, closed.CountTokens(text), closed.VocabularySize, open.VocabularySize));
        Assert.Equal(published.GetProperty("first30").EnumerateArray().Select(word => word.GetString()), closed.EncodeToIds(text).Take(30).Select(id => closed.Words[id]));
        Assert.Equal((1130, 1131), (open.EncodeToIds("<|endoftext|>")[0], open.EncodeToIds("<|unk|>")[0]));
        foreach (var (name, tokenizer) in new[] { ("encodeV1", closed), ("encodeV2", open) })
        {
            var example = published.GetProperty(name);
            var ids = tokenizer.EncodeToIds(example.GetProperty("text").GetString()!);
            Assert.Equal(example.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), ids);
            Assert.Equal(example.GetProperty("decoded").GetString(), tokenizer.Decode(ids));
        }

        Assert.Throws<TokenizerException>(() => closed.EncodeToIds("Hello, do you like tea?"));
    }

    [DataFact("text/tinyshakespeare.txt")]
    public void Shakespeare_has_65_characters()
    {
        var text = File.ReadAllText(Data.Path("text/tinyshakespeare.txt"));
        var tokenizer = CharTokenizer.Of(text);
        Assert.Equal(65, tokenizer.VocabularySize);
        Assert.Equal(1_115_394, tokenizer.CountTokens(text));
        Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeToIds(text)));
    }

    [Fact]
    public void Characters_are_code_points()
    {
        var tokenizer = CharTokenizer.Of("ab😀");
        Assert.Equal<IEnumerable<int>>([0, 2, 1], tokenizer.EncodeToIds("a😀b"));
        Assert.Equal("a😀", tokenizer.Decode([0, 2]));
        Assert.Equal("encode: the vocabulary of 3 characters has no 'c' (U+0063), which is character 1 of the text. Learn it from a text that has it, or leave it out.",
            Assert.Throws<TokenizerException>(() => tokenizer.EncodeToIds("ac")).Message);
        Assert.Throws<TokenizerException>(() => tokenizer.Decode([3]));
        using var reader = new StringReader("ab😀ba");
        Assert.Equal<IEnumerable<int>>(tokenizer.EncodeToIds("ab😀ba"), tokenizer.EncodeToIds(reader));
    }

    [Fact]
    public void Words_are_the_same_when_a_text_is_read_in_blocks()
    {
        var text = string.Concat(Enumerable.Repeat("The quick brown fox -- jumps, over? the 'lazy' dog.\n", 25_000));
        var tokenizer = WordTokenizer.Of(text);
        using var reader = new StringReader(text);
        Assert.Equal<IEnumerable<int>>(tokenizer.EncodeToIds(text), tokenizer.EncodeToIds(reader));
    }
}
