using System.Text.Json.Nodes;
using Xunit;

namespace Functional.Llm.Tests.Text;

/// <summary>Hugging Face's tokenizer.json asks for much: what is read means what it means there, and all else is refused by its name.</summary>
public sealed class TokenizerJsonTests
{
    static readonly BytePairTokenizer Pairs = BytePairTraining.Train("the cat and the hat and the bat", 280, "<|endoftext|>");

    static JsonObject Json(Tokenizer tokenizer)
    {
        using var folder = new TemporaryFolder();
        tokenizer.Save(folder["t.json"]);
        return JsonNode.Parse(File.ReadAllText(folder["t.json"]))!.AsObject();
    }

    static Tokenizer Read(JsonNode json)
    {
        using var folder = new TemporaryFolder();
        return TokenizerFile.Read(folder.Write("t.json", json.ToJsonString()));
    }

    static JsonNode Node(string json) => JsonNode.Parse(json)!;

    static void Refused(string expected, Tokenizer tokenizer, Action<JsonObject> change)
    {
        var json = Json(tokenizer);
        change(json);
        var message = Assert.Throws<TokenizerException>(() => Read(json)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("t.json", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_that_are_found_in_another_way_are_refused()
    {
        var words = WordTokenizer.Of("a small text, a test", special: true);
        Refused("normalizer is", words, json => json["normalizer"] = Node("""{"type": "Lowercase"}"""));
        Refused("model.unk_token is", words, json => json["model"]!["unk_token"] = "[UNK]");
        Refused("pre_tokenizer is", words, json => json["pre_tokenizer"] = Node("""{"type": "Whitespace"}"""));
        Refused("pre_tokenizer is", words, json => json["pre_tokenizer"]!["pretokenizers"]![0] = Node("""{"type": "WhitespaceSplit"}"""));
        Refused("pre_tokenizer is", words, json => json["pre_tokenizer"]!["pretokenizers"]![1]!["behavior"] = "Removed");
        Refused("pre_tokenizer is", words, json => json["pre_tokenizer"]!["pretokenizers"]![1]!["pattern"]!["Regex"] = "[.]");
        Refused("the added token '[CLS]'", words, json => json["added_tokens"] = Node("""[{"id": 99, "content": "[CLS]"}]"""));
        Refused("pre_tokenizer is", CharTokenizer.Of("abc"), json => json["pre_tokenizer"]!["behavior"] = "Removed");
    }

    [Fact]
    public void Pieces_that_are_cut_twice_are_refused()
    {
        const string split = """{"type": "Split", "pattern": {"Regex": "a+"}, "behavior": "Isolated", "invert": false}""";
        static string Level(string regex) => $$"""{"type": "ByteLevel", "add_prefix_space": false, "use_regex": {{regex}}}""";
        Refused("pre_tokenizer is", Pairs, json => json["pre_tokenizer"] = Node($$"""{"type": "Sequence", "pretokenizers": [{{split}}, {{Level("true")}}]}"""));
        Refused("no regular expression: ", Pairs, json => json["pre_tokenizer"] = Node($$"""{"type": "Sequence", "pretokenizers": [{{split.Replace("a+", "(a", StringComparison.Ordinal)}}, {{Level("false")}}]}"""));
        var json = Json(Pairs);
        json["pre_tokenizer"] = Node($$"""{"type": "Sequence", "pretokenizers": [{{split}}, {{Level("false")}}]}""");
        Assert.Equal("a+", ((BytePairTokenizer)Read(json)).Model.PreTokenizer.Pattern);
    }

    [Theory]
    [InlineData("first", "the", "a"), InlineData("always", " the", " a"), InlineData("never", "the", "a")]
    public void A_space_in_front_is_put_where_there_is_none(string scheme, string text, string other)
    {
        // As the newer files say it; the older ones, without "split", cut at every space.
        var json = Json(LlamaFile.Tokenizer(SpaceInFront.None));
        json["pre_tokenizer"] = Node($$"""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "{{scheme}}", "split": false}""");
        var read = Read(json);
        var bare = LlamaFile.Tokenizer(SpaceInFront.None);
        string Front(string text) => scheme == "never" || text[0] == ' ' ? text : $" {text}";
        Assert.All([text, other], t => Assert.Equal<IEnumerable<int>>(bare.EncodeToIds(Front(t)), read.EncodeToIds(t)));
        Assert.Equal(Json(read).ToJsonString(), Json(Read(Json(read))).ToJsonString());
        json["pre_tokenizer"]!.AsObject().Remove("split");
        Assert.Contains("pre_tokenizer is", Assert.Throws<TokenizerException>(() => Read(json)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_space_in_front_is_always_put_by_the_older_files()
    {
        var (always, bare) = (Read(Json(LlamaFile.Tokenizer(SpaceInFront.Always))), LlamaFile.Tokenizer(SpaceInFront.None));
        Assert.Equal<IEnumerable<int>>(bare.EncodeToIds("  the"), always.EncodeToIds(" the"));
        Assert.Equal(" the", always.Decode(always.EncodeToIds(" the")));
    }

    [Fact]
    public void Control_tokens_beside_the_pieces_belong_to_the_vocabulary()
    {
        var llama = LlamaFile.Tokenizer(SpaceInFront.Always);
        var json = Json(llama);
        json["added_tokens"]!.AsArray().Add(Node($$"""{"id": {{llama.VocabularySize + 2}}, "content": "<|end|>", "special": true}"""));
        var read = (SentencePieceTokenizer)Read(json);
        Assert.Equal((llama.VocabularySize + 3, llama.VocabularySize + 2), (read.VocabularySize, read.Controls["<|end|>"]));
        Assert.Equal("a", read.Decode([.. read.EncodeToIds("a"), read.Controls["<|end|>"]]));
        Refused("both have id 260", llama, json => json["added_tokens"]!.AsArray().Add(Node("""{"id": 260, "content": "<|end|>", "special": true}""")));
        Refused("'<|end|>' is not special", llama, json => json["added_tokens"]!.AsArray().Add(Node("""{"id": 999, "content": "<|end|>", "special": false}""")));
        Refused("model.ignore_merges is", llama, json => json["model"]!["ignore_merges"] = true);
    }

    [Fact]
    public void Words_that_were_added_are_recognised_always_and_saved_so()
    {
        var json = Json(Pairs);
        json["added_tokens"]!.AsArray().Add(Node("""{"id": 280, "content": "hatter", "special": false}"""));
        var read = (BytePairTokenizer)Read(json);
        foreach (var tokenizer in new[] { read, read.Allowing("<|endoftext|>"), read.Adding("<|user|>"), (BytePairTokenizer)Read(Json(read)) })
            Assert.Contains(280, tokenizer.EncodeToIds("the hatter<|endoftext|>"));
        Refused("an added token is", Pairs, j => j["added_tokens"]!.AsArray().Add(Node("""{"id": 280, "content": "hatter", "special": false, "lstrip": true}""")));
    }

    /// <summary>Every value in turn becomes one of every other kind, or goes: a tokenizer is read, or refused with a message.</summary>
    [Fact]
    public void A_value_of_another_kind_is_read_or_refused()
    {
        string?[] others = [null, "null", "true", "-7", "1e99", "\"x\"", "[1]", "{}"];
        var model = new ByteLevel([.. Enumerable.Range(0, Pairs.Model.Vocabulary.Count).Select(id => Pairs.Model.Vocabulary[id])], Pairs.Model.Merges, PreTokenizer.Of("\\w+"), ignoreMerges: true);
        Tokenizer[] tokenizers = [Pairs, new BytePairTokenizer(model, Pairs.Specials), LlamaFile.Tokenizer(SpaceInFront.WhereAbsent),
            WordTokenizer.Of("a b"), CharTokenizer.Of("ab")];
        using var folder = new TemporaryFolder();
        var (read, refused) = (0, 0);
        foreach (var json in tokenizers.Select(Json))
        {
            foreach (var path in Paths(json))
            {
                foreach (var other in others)
                {
                    var changed = json.DeepClone();
                    Replace(changed, path, other);
                    try
                    {
                        var tokenizer = TokenizerFile.Read(folder.Write("t.json", changed.ToJsonString()));
                        Assert.InRange(tokenizer.VocabularySize, 0, 400);
                        read++;
                    }
                    catch (TokenizerException e)
                    {
                        Assert.Contains("t.json", e.Message, StringComparison.Ordinal);
                        refused++;
                    }
                }
            }
        }

        Assert.True(read > 500 && refused > 500, $"{read} were read and {refused} refused.");
    }

    /// <summary>The places of all values, but of only two tokens and two merges.</summary>
    static IEnumerable<object[]> Paths(JsonNode node)
    {
        var children = node switch
        {
            JsonObject o => o.Take(o.Count > 100 ? 2 : o.Count).Select(child => ((object)child.Key, child.Value)),
            JsonArray a => a.Take(2).Select((child, i) => ((object)i, child)),
            _ => [],
        };
        foreach (var (key, child) in children)
        {
            yield return [key];
            foreach (var below in child is null ? [] : Paths(child))
                yield return [key, .. below];
        }
    }

    static void Replace(JsonNode root, object[] path, string? other)
    {
        var parent = path[..^1].Aggregate(root, (node, key) => key is int i ? node[i]! : node[(string)key]!);
        switch (parent, path[^1], other)
        {
            case (JsonObject o, string key, null): o.Remove(key); break;
            case (JsonArray a, int i, null): a.RemoveAt(i); break;
            case (_, int i, _): parent[i] = JsonNode.Parse(other!); break;
            case (_, string key, _): parent[key] = JsonNode.Parse(other!); break;
        }
    }
}
