using Xunit;

namespace Functional.Llm.Tests.Models;

/// <summary>What a whole model may know: nothing of the future, and all of the past that its window holds.</summary>
public sealed class CausalityTests
{
    const int Vocabulary = 31, Context = 48;

    static readonly Gpt2 Gpt = new(Vocabulary, Context, 24, 3, 3);
    static readonly Llama Rotary = new(Vocabulary, Context, 24, 6, 2, 3, 40);

    public static TheoryData<string> Names => ["gpt-2", "gpt-2 as in the book", "llama", "llama, tied, neighbours"];

    [Theory, MemberData(nameof(Names))]
    public void A_future_token_changes_no_earlier_output_to_the_bit(string name)
    {
        var logits = Logits(name);
        var ids = Ids(new Key(1), 2, Context);
        var y = logits(ids);
        foreach (var at in new[] { 1, 2, 17, 33, Context - 1 })
        {
            var z = logits(Changed(ids, at));
            Assert.True(y[.., ..at].SameBits(z[.., ..at]));
            Assert.True(Enumerable.Range(0, 2).All(b => y[b, at] != z[b, at]));
            // A text that ends there has the same outputs, but for the rounding of products of another size.
            Assert.True(logits(Tokens.Of((2, at), [.. Enumerable.Range(0, 2).SelectMany(b => ids.Ids.Skip(b * Context).Take(at))])).IsClose(y[.., ..at], 1e-4, 1e-5));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void The_first_token_changes_the_last_output(string name)
    {
        var logits = Logits(name);
        var ids = Ids(new Key(1), 1, Context);
        var other = Tokens.Of((1, Context), [(ids.Ids[0] + 1) % Vocabulary, .. ids.Ids.Skip(1)]);
        Assert.NotEqual(logits(ids)[0, -1], logits(other)[0, -1]);
    }

    [Fact]
    public void Through_a_window_of_w_places_l_layers_see_l_times_w_minus_1_back()
    {
        const int window = 5;
        var reach = Rotary.Depth * (window - 1);
        var logits = Logits(Rotary with { Window = window });
        var ids = Ids(new Key(3), 1, Context);
        var (y, z) = (logits(ids), logits(Tokens.Of((1, Context), [(ids.Ids[0] + 1) % Vocabulary, .. ids.Ids.Skip(1)])));
        Assert.NotEqual(y[0, reach], z[0, reach]);
        Assert.True(y[0, (reach + 1)..].SameBits(z[0, (reach + 1)..]));
    }

    [Theory, MemberData(nameof(Names))]
    public void Sequences_of_a_batch_know_nothing_of_each_other(string name)
    {
        var logits = Logits(name);
        var (ids, other) = (Ids(new Key(1), 2, Context), Ids(new Key(2), 2, Context));
        var mixed = Tokens.Of((2, Context), [.. ids.Ids.Take(Context), .. other.Ids.Skip(Context)]);
        Assert.True(logits(ids)[0].SameBits(logits(mixed)[0]));
        Assert.True(logits(other)[1].SameBits(logits(mixed)[1]));
    }

    static Func<Tokens, Tensor> Logits(string name) => name switch
    {
        "gpt-2" => Logits(Gpt),
        "gpt-2 as in the book" => Logits(Gpt.AsInTheBook()),
        "llama" => Logits(Rotary),
        _ => Logits(Rotary with { Tied = true, Pairs = RotaryPairs.Neighbours }),
    };

    /// <summary>A model whose parameters are large enough that every part of it makes a difference.</summary>
    static Func<Tokens, Tensor> Logits<P>(LanguageModel<P> model)
    {
        var p = Tree.Map(model.Start(new Key(7)), leaf => leaf.Rank > 1 ? 8 * leaf : leaf);
        return ids => model.Forward()(p, ids).Value;
    }

    static Tokens Ids(Key key, int batch, int places) => Tokens.Of((batch, places), [.. Enumerable.Range(0, batch * places).Select(i => key.Fold(i).Below(Vocabulary))]);

    /// <summary>All tokens from a place on replaced by others.</summary>
    static Tokens Changed(Tokens ids, int from) =>
        Tokens.Of(ids.Shape, [.. ids.Ids.Select((id, i) => i % Context < from ? id : (id + 1 + i % (Vocabulary - 1)) % Vocabulary)]);
}
