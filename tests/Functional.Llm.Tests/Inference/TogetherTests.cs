using Xunit;

namespace Functional.Llm.Tests.Inference;

/// <summary>Several texts at once, or several ids of one, have the bits that they have one by one.</summary>
public sealed class TogetherTests
{
    const int Vocabulary = 53, Context = 90;

    static readonly Gpt2 Gpt = new(Vocabulary, Context, 24, 3, 2);
    static readonly Llama Rotary = new(Vocabulary, Context, 48, 6, 2, 2, 40);

    static Pretrained Model(string name) => name switch
    {
        "gpt-2" => SmallModels.Drawn(Gpt, 1),
        "tiny" => SmallModels.Drawn(new Gpt2(7, Context, 4, 2, 1), 1),
        "gpt-2, 200 wide" => SmallModels.Drawn(new Gpt2(301, Context, 200, 4, 1), 1, 3),
        "llama" => SmallModels.Drawn(Rotary, 1),
        "llama, neighbours in a window of 9" => SmallModels.Drawn(Rotary with { Window = 9, Pairs = RotaryPairs.Neighbours }, 1),
        _ => throw new ArgumentException(name, nameof(name)),
    };

    public static TheoryData<string> Names => ["gpt-2", "tiny", "gpt-2, 200 wide", "llama", "llama, neighbours in a window of 9"];

    static int[] Ids(Pretrained model, ulong seed, int count) => [.. new Key(seed).Uniform(count).ToArray().Select(u => (int)(u * model.Vocabulary))];

    static void Same(Tensor expected, Tensor actual) => Assert.Equal(expected.ToArray(), actual.ToArray());

    [Theory, MemberData(nameof(Names))]
    public void Texts_of_different_lengths_go_on_together_as_alone(string name)
    {
        var model = Model(name);
        for (var count = 1; count <= Pretrained.Together; count++)
        {
            ImmutableArray<KeyValueCache> caches = [.. Enumerable.Range(0, count).Select(i => model.Extend(model.Cache(), Ids(model, (ulong)i, 1 + i * 31 % 37)).Cache)];
            for (var step = 0; step < 3; step++)
            {
                var ids = Ids(model, (ulong)(100 + step), count);
                var (logits, next) = model.ExtendEach(caches, ids);
                for (var i = 0; i < count; i++)
                    Same(model.Extend(caches[i], [ids[i]]).Logits, logits[i]);
                caches = next;
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Several_ids_of_a_text_are_read_as_one_by_one(string name)
    {
        var model = Model(name);
        for (var count = 1; count <= Pretrained.Together; count++)
        {
            var (_, cache) = model.Extend(model.Cache(), Ids(model, 1, 30));
            var ids = Ids(model, 2, count);
            var (logits, _) = model.ExtendAll(cache, ids);
            for (var i = 0; i < count; i++)
            {
                (var one, cache) = model.Extend(cache, [ids[i]]);
                Same(one, logits[i]);
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void The_first_places_of_a_cache_go_on_as_if_none_had_come_behind_them(string name)
    {
        var model = Model(name);
        foreach (var (kept, forgotten) in new[] { (1, 3), (31, 2), (32, 5), (33, 1), (40, 30), (64, 1), (64, 0) })
        {
            var (ids, more) = (Ids(model, 3, kept + forgotten), Ids(model, 4, 4));
            var (_, before) = model.Extend(model.Cache(), ids.AsSpan(0, kept));
            var after = forgotten == 0 ? before : model.ExtendAll(before, ids.AsSpan(kept)).Cache;
            var cut = after.First(kept);
            Assert.Equal(kept, cut.Length);
            Same(model.ExtendAll(before, more).Logits, model.ExtendAll(cut, more).Logits);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Prompts_of_different_lengths_go_on_together_as_alone_past_the_context_too(string name)
    {
        var model = Model(name);
        GenerationRequest[] requests = [.. new[] { 1, 17, 60, 80, 88, 90, 100, 2, 1, 33 }.Select((length, i) => new GenerationRequest([.. Ids(model, (ulong)i, length)],
            seen => Sampler.PresencePenalty(0.1 * i, seen).Then(Sampler.Temperature(0.5 + 0.1 * i)), new Key((ulong)i)))];
        var together = model.ContinueEach(requests).Take(20).ToArray();
        foreach (var (i, request) in requests.Index())
            Assert.Equal(model.Continue(request.Prompt, request.Rule, request.Key).Take(20), together.Select(ids => ids[i]));
        Assert.All(model.ContinueEach([]).Take(2), ids => Assert.Empty(ids));
    }

    [Fact]
    public void What_a_window_has_left_behind_is_not_to_be_had_again()
    {
        var model = Model("llama, neighbours in a window of 9");
        var cache = model.Cache();
        foreach (var id in Ids(model, 5, Context))
            (_, cache) = model.Extend(cache, [id]);
        Assert.Equal(75, cache.First(75).Length);
        foreach (var count in new[] { 71, 0, -1, Context + 1 })
            Assert.Contains($"the first {count} places of a cache of 90", Assert.Throws<FunctionalLlmException>(() => cache.First(count)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Places_are_one_for_each_sequence_or_one_for_all()
    {
        var p = new EmbeddingParameters(Tensor.Zeros((3, 2)), Tensor.From(Enumerable.Range(0, 10).Select(i => (double)i)).Reshape(5, 2));
        Assert.Equal([2, 3, 6, 7], Layers.EmbeddingFrom(1, 3)(p, Tokens.Of((2, 1), 0, 0)).Value.Doubles());
        Assert.Equal([2, 3, 2, 3], Layers.EmbeddingFrom(1)(p, Tokens.Of((2, 1), 0, 0)).Value.Doubles());
        Assert.Contains("2 first places are not one for each sequence of ids", Assert.Throws<ShapeException>(() => Layers.EmbeddingFrom(1, 3)(p, Tokens.Of((1, 2), 0, 0))).Message, StringComparison.Ordinal);
        Assert.Contains("from place 5 on", Assert.Throws<ShapeException>(() => Layers.EmbeddingFrom(1, 5)(p, Tokens.Of((2, 1), 0, 0))).Message, StringComparison.Ordinal);
        var (angles, x) = (RotaryAngles.Of(4, 10), new Key(1).Normal((2, 3, 4)));
        var y = Layers.Rotary(angles, 1, 2, 7)(x).Value;
        Same(Layers.Rotary(angles, 1, 7)(x[1..]).Value[0], y[1]);
        Same(Layers.Rotary(angles, 1, 2)(x[..1]).Value[0], y[0]);
        Assert.Contains("3 first places are not one for each", Assert.Throws<ShapeException>(() => Layers.Rotary(angles, 1, 1, 2, 3)(x)).Message, StringComparison.Ordinal);
    }
}
