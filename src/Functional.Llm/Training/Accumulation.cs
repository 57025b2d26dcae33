namespace Functional.Llm;

/// <summary>Losses of many examples, computed in parts where all at once would need too much memory.</summary>
public static class Accumulation
{
    /// <summary>The mean of the losses of some parts, Σ wᵢ ℓᵢ / Σ wᵢ, and of their gradients: as one batch of all, in the memory of one part.</summary>
    /// <remarks>
    /// <code>batches.Chunk(4).Trace(start, adamW, parts => parts.MeanLoss(Loss))</code>
    /// Part after part is carried forward and at once back, and its gradient goes into a mean that is kept in place; so two gradients are alive, and
    /// the activations of one part. The loss is as dear as its gradient: for an evaluation, average the values of losses instead.
    /// </remarks>
    /// <param name="parts">The parts of a batch, one or more.</param>
    /// <param name="loss">The loss of a part, as a mean over its examples.</param>
    /// <param name="weight">w, how many examples a part has, if not all have as many.</param>
    /// <exception cref="FunctionalLlmException">There is no part, or a weight is not positive.</exception>
    public static Differentiable<P, Real> MeanLoss<P, B>(
        this IEnumerable<B> parts, Func<B, Differentiable<P, Real>> loss, Func<B, double>? weight = null) => parameters =>
    {
        var mean = new MeanGradient<P>(parameters);
        foreach (var part in parts)
            mean.Add(loss(part), weight?.Invoke(part) ?? 1);
        var (value, gradient) = mean.Result();
        return (value, d => d == 1 ? gradient : Tree.Map(gradient, leaf => d * leaf));
    };

    /// <summary>A running mean of losses and gradients, in arrays of its own until it is asked for.</summary>
    sealed class MeanGradient<P>(P parameters)
    {
        readonly Real[]?[] sums = new Real[]?[Tree.Flatten(parameters).Length];
        double total;
        double value;

        public void Add(Differentiable<P, Real> loss, double weight)
        {
            if (!(weight > 0 && double.IsFinite(weight)))
                throw new FunctionalLlmException($"mean loss: {weight:G4} is no weight of a part. Pass how many examples it has, a positive number.");
            var (partValue, partGradient, isOwn) = loss.Descent(parameters);
            total += weight;
            var share = weight / total;
            value += share * (partValue - value);
            var gradients = Tree.Flatten(parameters, partGradient);
            for (var i = 0; i < sums.Length; i++)
            {
                if (sums[i] is { } sum)
                    Kernels.Update(new Approach((Real)share), sum, gradients[i].IsZero ? Arrays.Zeros(sum.Length) : gradients[i].AsSpan(), 1, [], []);
                else if (!gradients[i].IsZero)
                    sums[i] = Scaled(gradients[i], share);
            }

            if (isOwn)
                Tensor.Release(gradients);
        }

        public (Real Value, P Gradient) Result()
        {
            if (total == 0)
                throw new FunctionalLlmException("mean loss: there is no part to take the mean of. Pass one part or more.");
            var gradients = Tree.Flatten(parameters).Zip(sums, (leaf, sum) => sum is null ? default : Tensor.Freeze(leaf.Shape, sum)).ToArray();
            return ((Real)value, gradients.All(gradient => gradient.IsZero) ? default! : Tree.Unflatten(parameters, gradients));
        }

        static Real[] Scaled(Tensor gradient, double share)
        {
            var result = Kernels.Pack(gradient);
            return (share == 1 ? result : share * result).Storage.Array;
        }
    }

    /// <summary>The mean moves towards a gradient by its share: m ← m + s (ḡ − m).</summary>
    readonly struct Approach(Real share) : IUpdate
    {
        public static int Moments => 0;

        public L Of<L>(L parameter, L gradient, ref L first, ref L second)
            where L : struct, ILanes<L> => L.MultiplyAdd(gradient - parameter, share, parameter);
    }
}
