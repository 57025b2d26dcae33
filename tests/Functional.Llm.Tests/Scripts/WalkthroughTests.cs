using Xunit;
using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests;

/// <summary>A walk notes what comes by, and changes nothing of it.</summary>
public sealed class WalkthroughTests
{
    [Fact]
    public void Values_and_gradients_are_noted_in_the_order_of_the_forward_pass()
    {
        var walk = new Walkthrough();
        var (p, x) = (Init.Linear(new Key(1), 3, 3), new Key(2).Normal((2, 3)));
        var layer = Stack<LinearParameters, Tensor>(i => Linear >> walk.See($"{i} before") >> Tanh >> walk.See($"{i} after"));
        var (y, pull) = layer([p, p], x);
        Assert.Equal(["0 before", "0 after", "1 before", "1 after"], walk.Stages.Select(s => s.Name));
        Assert.All(walk.Stages, s => Assert.True(s.Gradient.IsZero && s.GradientNorm == 0));
        Assert.Equal(Linear(p, x).Value, walk.Stages[0].Value);
        Assert.Equal(y, walk.Stages[3].Value);

        var gradient = pull(Tensor.Ones((2, 3)));
        Assert.Equal(Tensor.Ones((2, 3)), walk.Stages[3].Gradient);
        Assert.Equal((Tree.Norm(y), Math.Sqrt(6)), (walk.Stages[3].Norm, walk.Stages[3].GradientNorm));
        Assert.True((1 - y.Square()).IsClose(walk.Stages[2].Gradient, 1e-5, 1e-6));
        Assert.Equal(Linear(p, walk.Stages[1].Value).Pullback(walk.Stages[2].Gradient).Input, walk.Stages[1].Gradient);
        Assert.True(Tree.Equal(Stack<LinearParameters, Tensor>(_ => Linear >> Tanh)([p, p], x).Pullback(Tensor.Ones((2, 3))), gradient));
    }
}
