using System.Text;
using System.Xml.Linq;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>What scripts say and draw of texts that a model goes on with.</summary>
public sealed class GenerationScriptTests
{
    sealed record Options : GenerationOptions;

    static readonly BytePairTokenizer Bytes = BytePairTokenizer.OfBytes.Adding("<|endoftext|>");

    static readonly Pretrained Model = new Pretrained<Gpt2Parameters>(new Gpt2(257, 12, 8, 2, 1), new Gpt2(257, 12, 8, 2, 1).Start(new Key(1)));

    static int[] Ids(string text) => [.. Encoding.UTF8.GetBytes(text).Select(b => (int)b)];

    static ScriptRun Stream(string arguments, string prompt, IEnumerable<int> ids, string[] stops, bool watched = false) => ScriptRun.Of<Options>(
        arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), o => new { o.Stream(Bytes, Ids(prompt), ids, stops: [.. stops]).Ids.Length, o.Stream(Bytes, Ids(prompt), ids, stops: [.. stops]).Text }, watched);

    [Fact]
    public void A_text_is_written_as_it_comes_up_to_the_stop_text()
    {
        Assert.Equal("é end\e[m 😀\n".Replace('\e', '␛'), Stream("", "é end", Ids("\e[m 😀 end of"), [" end"]).Out.Split('\n')[0] + '\n');
        var json = Stream("--json", "end", Ids(" of the end, or not"), ["end"]);
        Assert.Equal(new(0, """{"length":14,"text":"end of the "}""" + "\n", ""), json);
        Assert.Equal("""{"length":5,"text":"a\uFFFDb"}""".Replace("\\uFFFD", "\uFFFD", StringComparison.Ordinal) + "\n", Stream("--json", "a", [0xF0, 0x9F, 0x98, 'b'], []).Out);
        Assert.Contains("token 1: 98", Stream("--json", "a", [98, 99], [], watched: true).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the end, or not", 8, "the ", ", or", "end,")]
    [InlineData("the end, or not", 7, "the ", "end, or nought", "end")]
    [InlineData("a 😀b", 6, "a ", "😀", "b")]
    [InlineData("nothing of it", 13, "nothing of it", "it!", "\0")]
    public void Of_several_stop_texts_the_first_that_is_whole_ends_the_text(string follows, int taken, string before, params string[] stops) => Assert.Equal(
        new(0, $"{{\"length\":{taken + 1},\"text\":\"-{before}\"}}\n", ""), Stream("--json", "-", Ids(follows), stops));

    [Fact]
    public void Stop_texts_are_given_one_at_a_time()
    {
        Assert.Equal(["a,b", "=", " --c", "\n"], Given("--stop", "a,b", "--count", "3", "--stop", "=", "--stop= --c", "--stop", "\n").Stop.AsEnumerable());
        Assert.Empty(Given().Stop);
        foreach (var (words, error) in new (string[], string)[]
        {
            (["--stop", "a", "--stop", ""], "--stop: '' is not a text; expected a character or more"),
            (["--stop", "a", "--stop"], "--stop lacks its value; expected a character or more"),
            (["--stop", "--stop", "a"], "--stop lacks its value; expected a character or more"),
            (["--stop", "--count", "3"], "--stop lacks its value; expected a character or more"),
            (["--stop", "a", "b"], "unexpected argument 'b'; expected options, such as --prompt TEXT"),
        })
        {
            Assert.Equal(new(2, "", $"{error}\ndotnet script scripts/sat.csx -- --help shows the options\n"), ScriptRun.Of<Options>(words, _ => null));
        }

        Assert.Matches("\n  --stop TEXT +end before this text, wherever in a token it begins \\(may be given several times\\)\n", ScriptRun.Of<Options>(["--help"], _ => null).Out);

        static Options Given(params string[] words)
        {
            Options? given = null;
            Assert.Equal(new(0, "", ""), ScriptRun.Of<Options>(words, o => (given = o, (object?)null).Item2));
            return given!;
        }
    }

    [Fact]
    public void A_piece_is_shown_before_the_next_is_computed()
    {
        using var output = new StringWriter();
        Script.Run<Options>([], "", "dotnet script a.csx -- ", o => o.Stream(Bytes, Ids("ab"), Watched()), new Terminal(output, output, false, false));

        IEnumerable<int> Watched()
        {
            Assert.Equal("ab", output.ToString());
            yield return 'c';
            Assert.Equal("abc", output.ToString());
        }
    }

    [Fact]
    public void Without_a_tokenizer_ids_are_written() =>
        Assert.Equal("1,2,3,4\n", ScriptRun.Of<Options>([], o => o.Stream(null, [1, 2], [3, 4])).Out);

    [Fact]
    public void What_differs_from_run_to_run_is_told_to_who_watches()
    {
        Assert.Equal(new(0, "", ""), ScriptRun.Of("", o => { o.Tell("12 a second"); return null; }));
        Assert.Equal("12 a second␊\n", ScriptRun.Of<EveryKind>([], o => { o.Tell("12 a second\n"); return null; }, watched: true).Error);
    }

    [Fact]
    public void Settings_are_laid_over_the_other_options()
    {
        var o = new Options { TopK = 7, Seed = 3, Compare = "temperature 0; top-k=5, seed 4 ;min-p 0.1" };
        Assert.Equal([(0.0, 7, 3ul, null), (1, 5, 4, null), (1, 7, 3, 0.1)], o.Settings().Select(s => (s.Options.Temperature, s.Options.TopK!.Value, s.Options.Seed, s.Options.MinP)));
        Assert.Equal(["temperature 0", "top-k=5, seed 4", "min-p 0.1"], o.Settings().Select(s => s.Name));
        Assert.Same(o with { Compare = null } is var alone ? alone : null, alone.Settings().Single().Options);
        foreach (var (wrong, words) in new[] { ("heat 3", "'heat 3' is no setting; expected one of temperature, top-k"), ("top-k", "'top-k' is no setting"), ("top-k 0", "--top-k: '0' is out of range"), ("count 4", "'count 4'"), ("", "'' is no setting") })
            Assert.Contains(words, Assert.Throws<UsageException>(() => (o with { Compare = wrong }).Settings()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_ends_before_the_token_that_ends_it()
    {
        var o = new Options { Prompt = "é", Count = 30 };
        var all = o.Continue(Model, tokenizer: null, [0xC3, 0xA9], draft: null).ToArray();
        Assert.Equal(30, all.Length);
        Assert.Equal(all.TakeWhile(id => id != all[3]), o.Continue(Model, new Ending(all[3]), o.PromptIds(Bytes), draft: null));
        Assert.Equal<IEnumerable<int>>([0xC3, 0xA9], o.PromptIds(Bytes));
        Assert.Contains("--prompt needs a tokenizer", Assert.Throws<UsageException>(() => o.PromptIds(null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_draft_proposes_or_a_search_is_made()
    {
        var greedy = new Options { Ids = [1, 2], Count = 9, Temperature = 0 };
        var expected = greedy.Continue(Model, null, [1, 2], draft: null).ToArray();
        var draft = new Pretrained<Gpt2Parameters>(new Gpt2(257, 12, 4, 2, 1), new Gpt2(257, 12, 4, 2, 1).Start(new Key(2)));
        Assert.Equal(expected, greedy.Continue(Model, null, [1, 2], draft));
        Assert.Equal(expected, new Options { Count = 9, Beams = 1 }.Continue(Model, null, [1, 2], draft: null));
        Assert.Equal(Model.Beams([1, 2], 3, 9, [7], 1.5)[0].Ids, new Options { Count = 9, Beams = 3, LengthPenalty = 1.5 }.Continue(Model, new Ending(7), [1, 2], draft: null));
        Assert.Empty(new Options { Count = 0, Beams = 3 }.Continue(Model, null, [1], draft: null));
        Assert.Contains("--beams searches", Assert.Throws<UsageException>(() => (greedy with { Beams = 2 }).Continue(Model, null, [1], null)).Message, StringComparison.Ordinal);
        Assert.Contains("config.json", Assert.Throws<StorageException>(() => (greedy with { Draft = "/none" }).LoadDraft()).Message, StringComparison.Ordinal);
    }

    /// <summary>Bytes, one of which ends a text.</summary>
    sealed class Ending(int end) : Tokenizer
    {
        public override ImmutableArray<int> EndIds => [end];

        public override int VocabularySize => Bytes(0).Length;

        public override ImmutableArray<int> EncodeToIds(string text) => BytePairTokenizer.OfBytes.EncodeToIds(text);

        public override ReadOnlyMemory<byte> Bytes(int id) => BytePairTokenizer.OfBytes.Bytes(id);

        internal override int LastCut(ReadOnlySpan<char> text) => 0;
    }

    static GeneratedText Text(string title, int count) => GeneratedText.Of(title, Model, Bytes, [.. Ids("<b>\0&\"'é😀 and so on, and on").Take(count)], 3, Sampler.TopK(2));

    [Fact]
    public void A_text_has_the_surprises_that_the_model_can_see()
    {
        var text = Text("", 20);
        Assert.Equal(8, text.Tokens.TakeWhile(token => token.Surprise is null).Count());
        int[] seen = [.. text.Tokens.Skip(7).Select(token => token.Id)];
        Assert.Equal(Model.Surprises(seen).Doubles(), text.Tokens.Skip(8).Select(token => token.Surprise!.Value));
        Assert.Null(Text("", 3).Tokens[0].Surprise);
    }

    [Fact]
    public void The_likeliest_tokens_behind_the_prompt_are_told_before_and_after_the_rules()
    {
        var next = Text("", 20).Next;
        var expected = Layers.Softmax(Model.Logits(Tokens.Of((1, 3), Ids("<b>")))[0, 2]).Value.Doubles();
        Assert.Equal(10, next.Length);
        Assert.Equal(expected.OrderDescending().Take(10), next.Select(token => token.Model), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.All(next, token => Assert.Equal(expected[token.Id], token.Model, 1e-6));
        Assert.Equal(1, next[0].Drawn + next[1].Drawn, 1e-6);
        Assert.All(next.Skip(2), token => Assert.Equal(0, token.Drawn));
    }

    [Fact]
    public void The_page_is_well_formed_whatever_the_text_is()
    {
        var page = XDocument.Parse(GenerationPage.Html("a < b", Text("top-k 5 & more", 20), Text("", 1) with { Prompt = 1 }), LoadOptions.PreserveWhitespace);
        Assert.Equal("<b>␀&\"'<C3><A9><F0><9F><98><80> and so", page.Descendants("p").Single(p => (string?)p.Attribute("class") == "text" && p.Value.Length > 4).Value);
        Assert.Equal(["top-k 5 & more"], page.Descendants("h2").Select(heading => heading.Value));
        Assert.Equal(20, page.Descendants("th").Count(th => (string?)th.Attribute("scope") == "row"));
        var spans = page.Descendants("p").Where(p => (string?)p.Attribute("class") == "text").Elements().ToArray();
        Assert.Equal((4, 9), (spans.Count(span => ((string)span.Attribute("class")!).EndsWith(" given", StringComparison.Ordinal)), spans.Count(span => ((string)span.Attribute("class")!).StartsWith("far", StringComparison.Ordinal))));
        Assert.Equal("svg", XDocument.Parse(GeneratedText.Picture([Text("a", 20), Text("b < c", 2)]).ToSvg()).Root!.Name.LocalName);
    }
}
