using Functional.Llm.Tests.Gradients;
using Xunit;
using Xunit.Abstractions;
using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

namespace Functional.Llm.DoubleTests.Gradients;

/// <summary>Whole models: the gradient of the loss by every parameter, against four-point differences.</summary>
public class ModelGradientTests(ITestOutputHelper output)
{
    const int Vocabulary = 7, Context = 6;

    /// <summary>A quarter of what single layers are checked with: many layers one after the other bend more.</summary>
    const double Step = 2.5e-4;

    static readonly Gpt2 Gpt = new(Vocabulary, Context, Width: 6, Heads: 2, Depth: 2);
    static readonly Llama Rotary = new(Vocabulary, Context, Width: 8, Heads: 4, Groups: 4, Depth: 2, Hidden: 5);
    static readonly Key Drop = new(11);

    static readonly Dictionary<string, Func<bool, IProblem>> Models = new(StringComparer.Ordinal)
    {
        ["gpt-2"] = checkpointed => Of(Gpt, checkpointed),
        ["gpt-2, a head of its own"] = checkpointed => Of(Gpt with { Tied = false }, checkpointed),
        ["gpt-2, no bias of queries, keys and values"] = checkpointed => Of(Gpt with { QkvBias = false }, checkpointed),
        ["gpt-2, as in the book"] = checkpointed => Of(Gpt.AsInTheBook(), checkpointed),
        ["gpt-2, dropout"] = checkpointed => Of(Gpt with { Dropout = 0.3 }, checkpointed, Drop),
        ["gpt-2, as in the book, dropout"] = checkpointed => Of(Gpt.AsInTheBook(), checkpointed, Drop),
        ["llama"] = checkpointed => Of(Rotary, checkpointed),
        ["llama, tied"] = checkpointed => Of(Rotary with { Tied = true }, checkpointed),
        ["llama, two groups"] = checkpointed => Of(Rotary with { Groups = 2 }, checkpointed),
        ["llama, one group, a window"] = checkpointed => Of(Rotary with { Groups = 1, Window = 3 }, checkpointed),
        ["llama, neighbours, another base"] = checkpointed => Of(Rotary with { Pairs = RotaryPairs.Neighbours, RotaryBase = 100, Epsilon = 1e-3 }, checkpointed),
    };

    public static TheoryData<string> Names => [.. Models.Keys];

    [Theory, MemberData(nameof(Names))]
    public void The_gradient_of_a_model_agrees_with_four_point_differences(string name) => Holds(name, Models[name](false));

    [Theory, MemberData(nameof(Names))]
    public void Checkpointed_it_is_the_same_to_the_bit(string name)
    {
        var (plain, checkpointed) = (Models[name](false), Models[name](true));
        Assert.Equal(plain.Value([.. plain.Leaves.Select(leaf => leaf.Value)]), checkpointed.Value([.. checkpointed.Leaves.Select(leaf => leaf.Value)]));
        Assert.All(plain.Gradient().Zip(checkpointed.Gradient(), (a, b) => a.IsZero ? b.IsZero : a.SameBits(b)), Assert.True);
    }

    [Fact]
    public void Dropout_drops_by_its_key()
    {
        double Loss(Key? key) => (Gpt with { Dropout = 0.3 }).Loss(Ids(1), Ids(2), key)(Parameters(Gpt)).Value;
        Assert.Equal(Loss(Drop), Loss(Drop));
        Assert.Equal(3, new[] { Loss(Drop), Loss(Drop.Fold(1)), Loss(null) }.Distinct().Count());
        Assert.Equal(Gpt.Loss(Ids(1), Ids(2))(Parameters(Gpt)).Value, Loss(null));
    }

    [Fact]
    public void A_post_norm_block_and_one_with_normalised_queries_and_keys_agree_too()
    {
        var p = Parameters(Gpt);
        var post = Residual(Attention(CausalAttention(2)).Of((Gpt2Block b) => b.Attention)) >> LayerNorm.Of((Gpt2Block b) => b.Norm1)
            >> Residual(FeedForward(Gelu).Of((Gpt2Block b) => b.FeedForward)) >> LayerNorm.Of((Gpt2Block b) => b.Norm2);
        var draw = new Draw(1);
        Holds("post-norm", Problem.Of(p.Blocks, draw.Tensor((2, 3, 6)), Stack(post), draw));

        var (input, norm, mixed) = (Linear.At((Normed n) => n.Input), QkNorm(2, 1).At((Normed n) => n.Norm), Linear.At((Normed n) => n.Output));
        var angles = RotaryAngles.Of(4, 5);
        var model = new Normed(draw.Linear(6, 16), new(new(draw.Tensor(4)), new(draw.Tensor(4))), draw.Linear(8, 6));
        Holds("qk-norm", Problem.Of(model, draw.Tensor((2, 5, 6)), Residual(input >> norm >> Functional.Llm.Layers.Rotary(angles, 3) >> CausalAttention(2, 1) >> mixed), draw));
    }

    void Holds(string name, IProblem problem)
    {
        var check = GradientCheck.Of(problem, Step);
        output.WriteLine($"{name}: {problem.Leaves.Sum(leaf => leaf.Value.Size):N0} numbers, worst {check.Worst:g3}, at exact zeros {check.WorstZero:g3}");
        Assert.True(check.Holds, $"{name}: error {check.Worst:g3}, at zeros {check.WorstZero:g3}: {check.Report}");
    }

    static IProblem Of<P>(LanguageModel<P> model, bool checkpointed, Key? key = null) =>
        Problem.Of(Parameters(model), model.Loss(Ids(1), Ids(2), key, checkpointed), new Draw(3));

    /// <summary>Parameters of a size at which every part makes a difference: matrices as large as keeps the deviation of what goes through, gains about 1, biases about 0.</summary>
    static P Parameters<P>(LanguageModel<P> model)
    {
        var (leaf, key) = (0, new Key(5));
        return Tree.Map(model.Start(new Key(4)), x => x.Rank > 1 ? key.Fold(leaf++).Normal(x.Shape, 1 / Math.Sqrt(x.Shape[-1])) : x + key.Fold(leaf++).Normal(x.Shape, 0.3));
    }

    static Tokens Ids(ulong seed) => Tokens.Of((2, Context - 1), [.. Enumerable.Range(0, 2 * (Context - 1)).Select(i => new Key(seed).Fold(i).Below(Vocabulary))]);

    sealed record Normed(LinearParameters Input, QkNormParameters Norm, LinearParameters Output);
}
