using static Functional.Llm.Combinators;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests.Gradients;

/// <summary>Random compositions of 2 to 6 layers, ended by a loss.</summary>
public static class RandomNetworks
{
    /// <summary>The parameters of a random network; a layer reads the one at its place, and some layers share one.</summary>
    sealed record Network(ImmutableArray<LinearParameters> Linear);

    public static IProblem Problem(Draw d)
    {
        var (rows, width, kinks) = (d.Int(1, 4), d.Int(1, 4), new Kinks());
        var input = d.Tensor((rows, width));
        var parameters = ImmutableArray.CreateBuilder<LinearParameters>();
        Layer<Network, Tensor, Tensor> network = (_, x) => (x, dy => (default!, dy));
        var count = d.Int(2, 6);
        for (var i = 0; i < count; i++)
        {
            var stage = d.Int(0, 5) switch
            {
                0 => Fresh(width) >> Activation(),
                1 => Residual(Fresh(width) >> Activation()),
                2 => Checkpointed(Fresh(width) >> Softmax),
                3 => Shared(),
                4 => Residual(Residual(Fresh(width) >> Tanh) >> Fresh(width)),
                _ => Fresh(d.Int(1, 4)) >> Activation(),
            };
            network = network >> stage;
        }

        var point = new Network(parameters.ToImmutable());
        return Gradients.Problem.Of(point, network.On(input) >> Loss(), d, kinks);

        Layer<Network, Tensor, Tensor> Fresh(int outputs)
        {
            parameters.Add(d.Linear(width, outputs));
            width = outputs;
            return Place(parameters.Count - 1);
        }

        Layer<Network, Tensor, Tensor> Shared()
        {
            for (var i = 0; i < parameters.Count; i++)
            {
                if (parameters[i].Weight.Shape == (width, width))
                    return Place(i) >> Activation();
            }

            return Fresh(width) >> Activation();
        }

        Layer<Network, Tensor, Tensor> Place(int i) => Linear.At(
            (Network n) => n.Linear[i],
            part => new Network([.. Enumerable.Repeat<LinearParameters>(null!, i), part, .. Enumerable.Repeat<LinearParameters>(null!, parameters.Count - i - 1)]),
            $"Linear[{i}]");

        Differentiable<Tensor, Tensor> Activation() => d.Int(0, 8) switch
        {
            0 => kinks.Watch(Relu),
            1 => kinks.Watch(LeakyRelu(0.1)),
            2 => Sigmoid,
            3 => Tanh,
            4 => Softplus,
            5 => Silu,
            6 => Gelu,
            7 => GeluErf,
            _ => LogSoftmax,
        };

        Differentiable<Tensor, Real> Loss() => d.Int(0, 2) switch
        {
            0 => MeanSquaredError(d.Tensor((rows, width))),
            1 => LogLoss(d.Tensor((rows, width)).Sigmoid()),
            _ => CrossEntropy(d.Tokens(rows, width)),
        };
    }
}
