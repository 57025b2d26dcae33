using LanguageExt;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Training;

/// <summary>AdamW: a published run of a thousand steps, its first step by hand, and what decays.</summary>
public class AdamWTests
{
    [ReferenceFact("optimizer-nn-cs336.json")]
    public void A_thousand_steps_end_where_the_published_ones_do()
    {
        var run = Reference.Json("optimizer-nn-cs336.json").GetProperty("adamw");
        Tensor Matrix(System.Text.Json.JsonElement rows) =>
            Tensor.From((2, 3), rows.EnumerateArray().SelectMany(row => row.EnumerateArray().Select(e => e.GetDouble())));

        var start = Functional.Llm.Training.Start(new LinearParameters(Matrix(run.GetProperty("initialW"))));
        var steps = run.GetProperty("x").EnumerateArray().Select(row => row.EnumerateArray().Select(e => e.GetDouble()).ToArray())
            .Select(x => 2 * ((Linear >> Identity).On(Tensor.From(x)) >> MeanSquaredError(Tensor.From([x[0] + x[1], -x[2]]))))
            .Scan(start, (state, loss) => state.Descend(new AdamW(run.GetProperty("lr").GetDouble()), loss)).ToArray();
        foreach (var at in run.GetProperty("computedAtSteps").EnumerateObject())
            Assert.True(steps[int.Parse(at.Name, System.Globalization.CultureInfo.InvariantCulture)].Parameters.Weight.IsClose(Matrix(at.Value), 0, Tolerance.Of(1e-5, 1e-8)), $"step {at.Name}");
        Assert.True(steps[^1].Parameters.Weight.IsClose(Matrix(run.GetProperty("expected")), 0, 1e-4));
    }

    // One step by hand: m̂ = ḡ, v̂ = ḡ², so that θ moves by η against the gradient's sign, after its decay.
    [Fact]
    public void The_first_step_is_the_rate_against_the_sign_of_the_gradient()
    {
        Differentiable<Tensor, Real> loss = p => ((p * Tensor.From([3.0, -0.5])).Sum().Value, _ => Tensor.From([3.0, -0.5]));
        var state = Functional.Llm.Training.Start(Tensor.From([1.0, 2.0])).Descend(new AdamW(0.1, Decay: 0.2), loss);
        Assert.True(state.Parameters.IsClose(Tensor.From([0.98 - 0.1, 1.96 + 0.1]), 0, 1e-6));
        Assert.True(state.First.IsClose(Tensor.From([0.3, -0.05]), 1e-6));
        Assert.True(state.Second.IsClose(Tensor.From([0.009, 0.00025]), 1e-6));
    }

    [Fact]
    public void Only_what_the_predicate_names_decays()
    {
        Differentiable<LinearParameters, Real> nothing = p => (0, _ => null!);
        var start = Functional.Llm.Training.Start(new LinearParameters(Tensor.Ones((2, 2)), Tensor.Ones(2)));
        var after = start.Descend(new AdamW(0.1, Decay: 0.5, Decays: leaf => leaf.Path == "Weight" && leaf.Shape.Rank == 2 && leaf.Step == 0), nothing).Parameters;
        Assert.True(after.Weight.IsClose(Tensor.Full((2, 2), 0.95), 1e-6));
        Assert.Equal(Tensor.Ones(2), after.Bias);
    }

    static readonly Differentiable<Tensor, Tensor> Identity = Combinators.Identity<Tensor>();
}
