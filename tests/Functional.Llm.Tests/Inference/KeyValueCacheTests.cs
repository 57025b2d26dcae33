using Xunit;

namespace Functional.Llm.Tests.Inference;

/// <summary>A cache changes how logits are computed, and not what they are.</summary>
public sealed class KeyValueCacheTests
{
    const int Vocabulary = 53, Context = 150;

    static readonly Gpt2 Gpt = new(Vocabulary, Context, 24, 3, 2);
    static readonly Llama Rotary = new(Vocabulary, Context, 48, 6, 2, 2, 40);

    static Pretrained Model(string name) => name switch
    {
        "gpt-2" => Drawn(Gpt),
        "llama" => Drawn(Rotary),
        "llama, groups of 12" => Drawn(Rotary with { Heads = 12, Groups = 1 }),
        "llama, window of 7" => Drawn(Rotary with { Window = 7 }),
        "llama, window of 40" => Drawn(Rotary with { Window = 40, Pairs = RotaryPairs.Neighbours }),
        _ => throw new ArgumentException(name, nameof(name)),
    };

    static Pretrained<P> Drawn<P>(LanguageModel<P> model) => SmallModels.Drawn(model, 1);

    public static TheoryData<string> Names => ["gpt-2", "llama", "llama, groups of 12", "llama, window of 7", "llama, window of 40"];

    static int[] Ids(ulong seed, int count) => [.. new Key(seed).Uniform(count).ToArray().Select(u => (int)(u * Vocabulary))];

    static void Agrees(Pretrained model, ReadOnlySpan<int> ids, Tensor logits)
    {
        var expected = model.Logits(Tokens.Of((1, ids.Length), ids))[0, ids.Length - 1];
        Assert.True(expected.IsClose(logits, 1e-5, 1e-5), $"{ids.Length} places: {(expected - logits).ToArray().Max(Math.Abs)}");
    }

    [Theory, MemberData(nameof(Names))]
    public void Token_by_token_the_logits_are_those_of_the_whole(string name)
    {
        var (model, ids) = (Model(name), Ids(2, Context));
        var cache = model.Cache();
        for (var i = 0; i < Context; i++)
        {
            (var logits, cache) = model.Extend(cache, ids.AsSpan(i, 1));
            Assert.Equal(i + 1, cache.Length);
            Agrees(model, ids.AsSpan(0, i + 1), logits);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void So_they_are_by_pieces_of_any_size(string name)
    {
        var model = Model(name);
        for (ulong seed = 0; seed < 20; seed++)
        {
            var (random, ids) = (new Random((int)seed), Ids(seed, 1 + (int)(seed * 7919 % Context)));
            var (cache, done) = (model.Cache(), 0);
            while (done < ids.Length)
            {
                var piece = random.Next(1, Math.Min(ids.Length - done, random.Next(2) == 0 ? 4 : 70) + 1);
                (var logits, cache) = model.Extend(cache, ids.AsSpan(done, piece));
                done += piece;
                Agrees(model, ids.AsSpan(0, done), logits);
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void One_prompt_goes_on_in_many_ways_at_once(string name)
    {
        var model = Model(name);
        foreach (var length in new[] { 1, 31, 32, 33, 100 })
        {
            var prompt = Ids(3, length);
            var (_, cache) = model.Extend(model.Cache(), prompt);
            Parallel.For(0, 8, way =>
            {
                var (mine, text) = (cache, prompt.ToList());
                for (var i = 0; i < 20; i++)
                {
                    text.Add((way * 7 + i) % Vocabulary);
                    (var logits, mine) = model.Extend(mine, [text[^1]]);
                    Agrees(model, text.ToArray(), logits);
                }
            });
            Assert.Equal(length, cache.Length);
        }
    }

    [Fact]
    public void Caches_share_what_came_before()
    {
        var model = Model("gpt-2");
        var (_, cache) = model.Extend(model.Cache(), Ids(4, 100));
        var (_, first) = model.Extend(cache, [1]);
        var (_, second) = model.Extend(cache, [2]);
        // Four pages hold 100 places; the first to go on writes into the last of them, the second into a copy of it.
        var page = cache.Bytes / 4;
        Assert.Equal((4 * page, 4 * page), (first.Bytes, second.Bytes));
        Assert.Equal(4, cache.Pages.Intersect(first.Pages, ReferenceEqualityComparer.Instance).Count());
        Assert.Equal(3, cache.Pages.Intersect(second.Pages, ReferenceEqualityComparer.Instance).Count());
    }

    [Fact]
    public void A_token_more_shares_the_list_of_pages()
    {
        var (_, cache) = Model("gpt-2").Extend(Model("gpt-2").Cache(), Ids(4, 40));
        Assert.Equal((ImmutableArray<CachePage>)cache.Pages, (ImmutableArray<CachePage>)cache.Extend(1).Pages);
    }

    [Fact]
    public void The_last_place_alone_pulls_back_as_it_does_among_all()
    {
        var (parameters, ids) = (Gpt.Start(new Key(1)), Tokens.Of((2, 5), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
        var (last, pullLast) = Gpt.Forward(new Pass { LastOnly = true })(parameters, ids);
        var (all, pullAll) = Gpt.Forward()(parameters, ids);
        Assert.True(all[.., ^1..].IsClose(last, 1e-6, 1e-6));
        var upper = new Key(2).Normal(last.Shape);
        var (expected, actual) = (pullAll(Tensor.Concatenate(1, Tensor.Zeros((2, 4, Vocabulary)), upper)).Parameters, pullLast(upper).Parameters);
        Assert.All(Tree.Flatten(parameters, expected).Zip(Tree.Flatten(parameters, actual)), pair => Assert.True(pair.Item1.IsClose(pair.Item2, 1e-4, 1e-5)));
    }

    [Fact]
    public void What_a_window_has_left_behind_is_dropped()
    {
        var model = Model("llama, window of 7");
        var cache = model.Cache();
        foreach (var id in Ids(5, Context))
            (_, cache) = model.Extend(cache, [id]);
        Assert.Equal(Context, cache.Length);
        Assert.InRange(cache.Pages.Count(), 1, 2);
    }

    [Theory, InlineData("gpt-2"), InlineData("llama")]
    public void Generation_goes_on_past_the_context(string name)
    {
        var (model, prompt) = (Model(name), Ids(6, Context - 10));
        var seen = prompt.ToList();
        foreach (var id in model.Continue(prompt, Sampler.Temperature(0), new Key(0)).Take(25))
        {
            var context = seen.TakeLast(Context).ToArray();
            Assert.Equal(Sampler.Temperature(0).Draw(model.Logits(Tokens.Of((1, context.Length), context))[0, -1], new Key(9)), id);
            seen.Add(id);
        }
    }

    [Fact]
    public void What_does_not_fit_the_model_or_the_cache_is_refused()
    {
        var model = Model("gpt-2");
        var (_, cache) = model.Extend(model.Cache(), Ids(7, Context));
        Assert.Contains("150 places and 1 more", Assert.Throws<FunctionalLlmException>(() => model.Extend(cache, [1])).Message, StringComparison.Ordinal);
        Assert.Contains("0 places and 0 more", Assert.Throws<FunctionalLlmException>(() => model.Extend(model.Cache(), [])).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => cache.Attend(0, new CausalHeads(3, 3), Tensor.Zeros((1, 2, 70))));
    }
}
