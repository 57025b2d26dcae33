using FsCheck.Xunit;
using Functional.Llm.Tests.Gradients;
using Xunit;

namespace Functional.Llm.Tests.Calculus;

public class TreeTests
{
    sealed record Inner(string Name, LinearParameters Up, (Tensor A, Tensor B) Pair, int Heads);

    sealed record Model(Tensor Scale, ImmutableArray<Inner> Blocks, LinearParameters? Head, Real Epsilon, ImmutableArray<ImmutableArray<Tensor>> Grid);

    readonly record struct Small(Tensor X, double Rate);

    static Model Example(Draw d) => new(d.Tensor(2),
        [.. Enumerable.Range(0, 3).Select(i => new Inner($"block {i}", d.Linear(2, 3), (d.Tensor(1), d.Tensor((2, 1))), 4))],
        d.Coin() ? d.Linear(2, 2) : null, (Real)1e-5, [[d.Tensor(1)], [], [d.Tensor(2), d.Tensor(Shape.Scalar)]]);

    [Property]
    public void Unflatten_undoes_flatten(ulong seed)
    {
        var model = Example(new Draw(seed));
        var again = Tree.Unflatten(model, Tree.Flatten(model));
        Assert.True(Tree.Equal(model, again));
        Assert.Equal(model.Blocks[1].Name, again.Blocks[1].Name);
        Assert.Equal((4, model.Epsilon), (again.Blocks[2].Heads, again.Epsilon));
    }

    [Property]
    public void Flatten_undoes_unflatten(ulong seed)
    {
        var d = new Draw(seed);
        var model = Example(d);
        ImmutableArray<Tensor> leaves = [.. Tree.Flatten(model).Select(leaf => d.Tensor(leaf.Shape))];
        Assert.True(Tree.Equal(leaves, Tree.Flatten(Tree.Unflatten(model, leaves))));
    }

    [Property]
    public void Map_with_the_identity_changes_nothing_and_maps_compose(ulong seed)
    {
        var model = Example(new Draw(seed));
        Assert.True(Tree.Equal(model, Tree.Map(model, leaf => leaf)));
        Assert.True(Tree.Equal(Tree.Map(Tree.Map(model, a => 2 * a), a => a + 1), Tree.Map(model, a => 2 * a + 1)));
    }

    [Property]
    public void Adding_a_symbolic_zero_returns_the_other_itself(ulong seed)
    {
        var model = Example(new Draw(seed));
        Assert.Same(model, Tree.Add(model, null!));
        Assert.Same(model, Tree.Add(null!, model));
        Assert.True(Tree.Add(model.Scale, default).SharesArrayWith(model.Scale));
        Assert.Equal(model.Blocks, Tree.Add(model.Blocks, default));
        var partial = new Model(default, default, null, 0, default);
        Assert.Same(model.Blocks[0], Tree.Add(model, partial).Blocks[0]);
    }

    [Property]
    public void Addition_is_leaf_by_leaf(ulong seed)
    {
        var d = new Draw(seed);
        var model = Example(d);
        var other = Tree.Map(model, leaf => d.Tensor(leaf.Shape));
        Assert.True(Tree.Equal(Tree.Zip(model, other, (a, b) => a + b), Tree.Add(model, other)));
    }

    [Property]
    public void Zip_meets_symbolic_zeros_as_default(ulong seed)
    {
        var model = Example(new Draw(seed));
        var partial = new Model(model.Scale, default, null, 0, default);
        Assert.True(Tree.Equal(Tree.Map(model, (path, leaf) => path == "Scale" ? 2 * leaf : leaf), Tree.Zip(model, partial, (a, b) => a + b)));
    }

    [Fact]
    public void Paths_name_fields_indices_and_tuple_items()
    {
        var model = new Model([1], [new Inner("b", new([1], [2]), ([3], [4]), 2)], null, 0, [[[5]]]);
        Assert.Equal("Scale, Blocks[0].Up.Weight, Blocks[0].Up.Bias, Blocks[0].Pair.Item1, Blocks[0].Pair.Item2, Grid[0][0]", string.Join(", ", Tree.Paths(model)));
        Assert.Equal("Weight, Bias", string.Join(", ", Tree.Paths(new LinearParameters([1], [2]))));
        Assert.Equal("", string.Join(", ", Tree.Paths(Tensor.Create([1]))));
        Assert.Equal("X", string.Join(", ", Tree.Paths(new Small([1], 2))));
    }

    [Fact]
    public void Absent_parameters_are_skipped()
    {
        var model = new LinearParameters(Tensor.Ones((2, 3)));
        Assert.Equal(6, Tree.Count(model));
        Assert.Equal(Math.Sqrt(6), Tree.Norm(model), 6);
        Assert.True(Tree.Unflatten(model, Tree.Flatten(model)).Bias.IsZero);
    }

    [Fact]
    public void Zeros_have_the_shapes_of_the_parameters()
    {
        var zeros = Tree.Zeros(new LinearParameters(Tensor.Ones((2, 3)), Tensor.Ones(2)));
        Assert.Equal(Tensor.Zeros((2, 3)), zeros.Weight);
        Assert.Equal(0, Tree.Norm(zeros));
    }

    [Fact]
    public void Equality_is_to_the_bit()
    {
        Assert.False(Tree.Equal(Tensor.Create([0]), Tensor.Create([-(Real)0.0])));
        Assert.True(Tree.Equal(Tensor.Create([Real.NaN]), Tensor.Create([Real.NaN])));
        Assert.False(Tree.Equal(new LinearParameters([1]), new LinearParameters([1], [2])));
    }

    [Fact]
    public void Leaves_of_another_number_are_refused()
    {
        var model = new LinearParameters([1], [2]);
        Assert.Contains("more tensors than the 1 given", Assert.Throws<FunctionalLlmException>(() => Tree.Unflatten(model, [[1]])).Message, StringComparison.Ordinal);
        Assert.Contains("3 leaves were given for a record of 2", Assert.Throws<FunctionalLlmException>(() => Tree.Unflatten(model, [[1], [2], [3]])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gradient_where_there_is_no_parameter_is_refused_by_its_path()
    {
        var error = Assert.Throws<FunctionalLlmException>(() => Tree.Flatten(new LinearParameters([1]), new LinearParameters([1], [2])));
        Assert.Contains("at Bias", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_of_other_lengths_are_refused()
    {
        ImmutableArray<Tensor> two = [[1], [2]], one = [[1]];
        Assert.Throws<FunctionalLlmException>(() => Tree.Add(two, one));
        Assert.Throws<FunctionalLlmException>(() => Tree.Flatten(two, one));
    }
}
