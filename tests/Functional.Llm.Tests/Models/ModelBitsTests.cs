using Xunit;

namespace Functional.Llm.Tests.Models;

/// <summary>What must change no bit of a model's loss and gradient: threads, and computing blocks again.</summary>
public sealed class ModelBitsTests
{
    const int Vocabulary = 97, Context = 80;

    static readonly Gpt2 Gpt = new(Vocabulary, Context, 72, 4, 3, Dropout: 0.1);
    static readonly Llama Rotary = new(Vocabulary, Context, 72, 6, 2, 3, 100, Window: 50);

    [Fact]
    public void Of_gpt_2() => AssertSame(Gpt);

    [Fact]
    public void Of_gpt_2_as_in_the_book() => AssertSame(Gpt.AsInTheBook());

    [Fact]
    public void Of_llama() => AssertSame(Rotary);

    [Fact]
    public void Of_llama_tied() => AssertSame(Rotary with { Tied = true });

    static void AssertSame<P>(LanguageModel<P> model)
    {
        var p = model.Start(new Key(1));
        var expected = Gradient(model, p, threads: 1, checkpointed: false);
        Assert.True(Tree.Norm(expected.Gradient) > 0);
        foreach (var (threads, checkpointed) in new[] { (2, false), (4, false), (1, true), (4, true) })
        {
            var (loss, gradient) = Gradient(model, p, threads, checkpointed);
            Assert.Equal(expected.Value, loss);
            Assert.True(Tree.Equal(expected.Gradient, gradient), $"{threads} threads, {(checkpointed ? "checkpointed" : "retained")}");
        }
    }

    static (Real Value, P Gradient) Gradient<P>(LanguageModel<P> model, P p, int threads, bool checkpointed) =>
        Parallelism.With(threads, () => model.Loss(Ids(2), Ids(3), new Key(4), checkpointed).ValueAndGradient(p));

    static Tokens Ids(ulong seed) => Tokens.Of((5, Context), [.. Enumerable.Range(0, 5 * Context).Select(i => new Key(seed).Fold(i).Below(Vocabulary))]);
}
