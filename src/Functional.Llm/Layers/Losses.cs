namespace Functional.Llm;

/// <content>Losses: the data fixes the function, the prediction is its argument, and the value is one number.</content>
public static partial class Layers
{
    /// <summary>L = 1/n Σ (y − t)² over all n elements; ȳ = 2 (y − t) / n.</summary>
    /// <remarks>y (…), t (…) → L, in squared units of the target. Retains y − t.</remarks>
    /// <exception cref="ShapeException">Shapes differ.</exception>
    public static Differentiable<Tensor, Real> MeanSquaredError(Tensor targets) => y =>
    {
        var error = Alike("mean squared error", y, targets) - targets;
        return (error.Square().Mean().Value, d => 2 * (double)d / error.Size * error);
    };

    /// <summary>The log-loss (binary cross-entropy) of logits: L = 1/n Σ (ln(1 + e^z) − t z); z̄ = (σ(z) − t) / n.</summary>
    /// <remarks>z (…), t (…) in [0, 1] → L, in nats per element. Retains z. Finite for any finite z.</remarks>
    /// <exception cref="ShapeException">Shapes differ.</exception>
    public static Differentiable<Tensor, Real> LogLoss(Tensor targets) => z =>
    {
        var losses = Kernels.Zip(Alike("log-loss", z, targets), targets, new LogLossFunction());
        return (losses.Mean().Value, d => (double)d / z.Size * (z.Sigmoid() - targets));
    };

    readonly struct LogLossFunction : IFunction2
    {
        // ln(1 + e^z) − t z with the larger part taken out, so that no difference of large numbers remains.
        public L At<L>(L z, L t)
            where L : struct, ILanes<L> => (L.Max(0, z) - t * z) + Elementary.LogOnePlus(Elementary.Exp(-L.Abs(z)));
    }

    /// <summary>The cross-entropy of logits: L = 1/n Σ (ln Σⱼ e^zⱼ − z_t) over the n targets that are not ignored; z̄ = (softmax z − onehot t) / n.</summary>
    /// <remarks>z (…, V), t (…) in 0 … V − 1 → L, in nats per target. Retains z, and two numbers a target. With nothing but ignored targets, L = 0.</remarks>
    /// <exception cref="ShapeException">Shapes do not fit, or a target is not a class.</exception>
    public static Differentiable<Tensor, Real> CrossEntropy(Tokens targets, int ignored = -100) => z =>
    {
        CheckTargets(z, targets, ignored);
        var (count, classes) = (Math.Max(1, targets.Ids.Count(t => t != ignored)), z.Shape.Sizes[^1]);
        var normalizers = Kernels.Normalizers(z);
        var losses = Tensor.Build(targets.Shape, d =>
        {
            var logits = z.AsSpan();
            for (var i = 0; i < d.Length; i++)
                d[i] = targets.Ids[i] == ignored ? 0 : normalizers[i].LogarithmLess(logits[i * classes + targets.Ids[i]]);
        });
        return (losses.Sum().Value / count,
            Pullbacks.Tidy<Real, Tensor>(d => Kernels.ScaledSoftmax(z, normalizers, [.. targets.Ids.Select(t => t == ignored ? 0 : d / count)], targets.Ids)));
    };

    /// <summary>λ/2 Σ θ² over every tensor of a record; θ̄ = λ θ.</summary>
    /// <remarks>Added to a loss it pulls the parameters towards 0 (Tikhonov 1943): <c>loss.Plus(L2Penalty&lt;Tensor&gt;(λ).At((LinearParameters θ) => θ.Weight))</c>.</remarks>
    public static Differentiable<P, Real> L2Penalty<P>(double strength) => p =>
        ((Real)(strength / 2 * Math.Pow(Tree.Norm(p), 2)), d => Tree.Map(p, leaf => strength * (double)d * leaf));

    static Tensor Alike(string operation, Tensor prediction, Tensor targets) =>
        prediction.Shape == targets.Shape ? prediction
        : throw new ShapeException(operation, $"predictions {prediction.Shape} and targets {targets.Shape} differ in shape", "Reshape one of them: they must not broadcast here.");

    static void CheckTargets(Tensor z, Tokens targets, int ignored)
    {
        if (z.Rank == 0 || z.Size == 0 && targets.Ids.Length > 0 || Shape.Create(z.Shape.Sizes.AsSpan()[..^1]) != targets.Shape)
        {
            throw new ShapeException("cross-entropy", $"logits {z.Shape} do not fit targets {targets.Shape}",
                $"Pass logits of shape {Shape.Create([.. targets.Shape.Sizes, Math.Max(1, z.Rank == 0 ? 1 : z.Shape.Sizes[^1])])}: one row of scores a target.");
        }

        var classes = z.Shape.Sizes[^1];
        for (var i = 0; i < targets.Ids.Length; i++)
        {
            var target = targets.Ids[i];
            if (target != ignored && (target < 0 || target >= classes))
                throw new ShapeException("cross-entropy", $"target {target} at place {i} is not one of {classes} classes", $"Pass targets from 0 to {classes - 1}, or {ignored} to ignore a place.");
        }
    }
}
