using FsCheck.Xunit;
using Functional.Llm.Tests.Gradients;
using Xunit;
using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Calculus;

public class FieldTests
{
    sealed record Mlp(LinearParameters Up, LinearParameters Down);

    sealed record Block(Mlp Mlp, Tensor Scale);

    sealed record Model(ImmutableArray<Block> Blocks, LinearParameters Head);

    sealed record NotPositional(int Number)
    {
        public LinearParameters Part { get; init; } = new([Number]);
    }

    static readonly Field<Block, LinearParameters> Up = Field.Of((Block b) => b.Mlp.Up);

    [Property]
    public void Injecting_is_adjoint_to_getting(ulong seed)
    {
        var d = new Draw(seed);
        var v = new Block(new Mlp(d.Linear(2, 3), d.Linear(3, 2)), d.Tensor(2));
        var part = Tree.Map(v.Mlp.Up, leaf => d.Tensor(leaf.Shape));
        Assert.Equal(Inner(v, Up.Inject(part)), Inner(Up.Get(v), part), 4);
    }

    [Fact]
    public void Only_the_field_is_set()
    {
        LinearParameters part = new([1], [2]);
        var whole = Up.Inject(part);
        Assert.Same(part, whole.Mlp.Up);
        Assert.Null(whole.Mlp.Down);
        Assert.True(whole.Scale.IsZero);
        Assert.Equal("Mlp.Up", Up.Name);
    }

    [Fact]
    public void A_field_is_derived_once() => Assert.Same(Up, Field.Of((Block other) => other.Mlp.Up));

    [Fact]
    public void Fields_of_tuples_and_records_with_get_and_inject_serve_too()
    {
        Tensor x = [2];
        LinearParameters p = new(Tensor.Of((1, 1), 3));
        var byTuple = Linear.At(((LinearParameters, int) t) => t.Item1);
        Assert.Equal([6], byTuple((p, 7), x).Value.ToArray());
        var byHand = Linear.At((Mlp m) => m.Up, d => new Mlp(d, null!), "Up");
        Assert.Equal([2], byHand(new Mlp(p, p), x).Pullback([1]).Parameters.Up.Weight.ToArray());
    }

    [Fact]
    public void A_shape_mistake_tells_the_way_to_its_layer()
    {
        var block = Residual(Linear.At((Block b) => b.Mlp.Up) >> Linear.At((Block b) => b.Mlp.Down));
        var model = Stack(block).At((Model m) => m.Blocks) >> Linear.At((Model m) => m.Head);
        var good = new Block(new Mlp(new(Tensor.Ones((3, 2))), new(Tensor.Ones((2, 3)))), default);
        var bad = good with { Mlp = good.Mlp with { Down = new(Tensor.Ones((2, 5))) } };
        var error = Assert.Throws<ShapeException>(() => model(new Model([good, bad], new(Tensor.Ones((1, 2)))), Tensor.Ones((4, 2))));
        Assert.Equal("Blocks[1].Mlp.Down", error.Path);
        Assert.Equal("linear: inner dimensions differ: input [4, 3] × weight [2, 5] transposed in Blocks[1].Mlp.Down. Pass a weight of shape [2, 3], or an input whose last size is 5.", error.Message);
    }

    [Fact]
    public void What_is_no_path_of_fields_is_refused_with_the_mend()
    {
        Assert.Contains("Name a field", Assert.Throws<FunctionalLlmException>(() => Linear.At((Block b) => Other(b))).Message, StringComparison.Ordinal);
        Assert.Contains("positional", Assert.Throws<FunctionalLlmException>(() => Linear.At((NotPositional n) => n.Part)(new NotPositional(1), [1])).Message, StringComparison.Ordinal);
    }

    static LinearParameters Other(Block block) => block.Mlp.Down;

    static double Inner<T>(T like, T other) => Tree.Flatten(like).Zip(Tree.Flatten(like, other), (a, b) => b.IsZero ? 0 : (double)(a * b).Sum().Value).Sum();
}
