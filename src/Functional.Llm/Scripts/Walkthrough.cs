namespace Functional.Llm;

/// <summary>A walk through a composition, forward and back: identities that stand between its layers note what comes by.</summary>
/// <remarks><code>var model = Linear.At((Model θ) => θ.First) >> walk.See("hidden") >> Linear.At((Model θ) => θ.Second);</code></remarks>
public sealed class Walkthrough
{
    readonly List<WalkthroughStage> stages = [];

    /// <summary>What came by, in the order of the forward pass.</summary>
    public IReadOnlyList<WalkthroughStage> Stages => stages;

    /// <summary>y = x, noted under a name; on the way back the gradient is noted there, too.</summary>
    /// <param name="name">What this place of the composition is called.</param>
    public Differentiable<Tensor, Tensor> See(string name) => x =>
    {
        var place = stages.Count;
        stages.Add(new(name, x, default));
        return (x, dx =>
        {
            stages[place] = stages[place] with { Gradient = dx };
            return dx;
        }
        );
    };
}

/// <summary>A place of a composition in one pass.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Value">What came by on the way forward.</param>
/// <param name="Gradient">What came by on the way back; the symbolic zero where nothing has yet.</param>
public sealed record WalkthroughStage(string Name, Tensor Value, Tensor Gradient)
{
    /// <summary>‖x‖ of the value.</summary>
    public double Norm => Tree.Norm(Value);

    /// <summary>‖x̄‖ of the gradient.</summary>
    public double GradientNorm => Tree.Norm(Gradient);
}
