using Xunit;
using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Calculus;

/// <summary>Arrays between tidy pullbacks are used again, and no others. In double precision what is released is overwritten at once.</summary>
public sealed class TidyPullbackTests
{
    static readonly Tensor X = new Key(1).Normal((211, 149));
    static readonly Tensor Upper = new Key(2).Normal((211, 149));

    static Differentiable<Tensor, Tensor> Keeping(List<Tensor> kept)
    {
        return x => (x, Keep);

        Tensor Keep(Tensor dy)
        {
            kept.Add(dy);
            return dy;
        }
    }

    [Fact]
    public void The_array_between_two_is_used_again()
    {
        var between = new List<Real[]>();
        Differentiable<Tensor, Tensor> watched = x => (x, Pullbacks.Tidy<Tensor, Tensor>(dy =>
        {
            between.Add(dy.Storage.Array);
            return 1 * dy;
        }));
        var pull = (Gelu >> watched >> Tanh)(X).Pullback;
        var seen = pull(Upper).ToArray();
        Real[][] next = [Arrays.Uninitialized(X.Size), Arrays.Uninitialized(X.Size)];
        Assert.Contains(between[0], next);
        Assert.Equal(seen, Gelu(X).Pullback(Tanh(Gelu(X).Value).Pullback(Upper)).ToArray());
    }

    [Fact]
    public void What_a_user_keeps_is_left_alone()
    {
        var kept = new List<Tensor>();
        var pull = (Gelu >> Keeping(kept) >> Tanh)(X).Pullback;
        var alone = Tanh(Gelu(X).Value).Pullback(Upper);
        pull(Upper);
        Assert.False(pull.IsTidy());
        Assert.True(kept[0].SameBits(alone));
    }

    [Fact]
    public void What_goes_through_unchanged_stays_who_gave_it_s()
    {
        var given = Upper * 1;
        var pull = (Identity<Tensor>() >> Identity<Tensor>() >> Identity<Tensor>())(X).Pullback;
        var stack = Stack<Tensor, Tensor>((_, x) => (x, Pullbacks.Tidy<Tensor, (Tensor, Tensor)>(dy => (default, dy))));
        var residual = Residual<Tensor>((_, x) => (x * 0, Pullbacks.Tidy<Tensor, (Tensor, Tensor)>(_ => default)));
        Assert.True(pull.IsTidy());
        Assert.True(pull(given).SameBits(Upper));
        Assert.True((Gelu >> Identity<Tensor>())(X).Pullback(given).SameBits(Gelu(X).Pullback(Upper)));
        Assert.True(stack([X, X, X], X).Pullback(given).Input.SameBits(Upper));
        Assert.True((residual >> residual >> Gelu)(X, X).Pullback(given).Input.SameBits(Gelu(X).Pullback(Upper)));
        Assert.True(given.SameBits(Upper));
    }

    [Fact]
    public void Losses_of_models_are_tidy()
    {
        var ids = Tokens.Of((2, 5), [.. Enumerable.Range(0, 10)]);
        var (gpt2, llama) = (new Gpt2(10, 5, 12, 2, 2, Dropout: 0.1), new Llama(10, 5, 12, 2, 2, 2, 20));
        Assert.True(gpt2.Loss(ids, ids, new Key(3))(gpt2.Start(new Key(0))).Pullback.IsTidy());
        Assert.True(gpt2.Loss(ids, ids, checkpointed: true)(gpt2.Start(new Key(0))).Pullback.IsTidy());
        Assert.True(llama.Loss(ids, ids)(llama.Start(new Key(0))).Pullback.IsTidy());
    }
}
