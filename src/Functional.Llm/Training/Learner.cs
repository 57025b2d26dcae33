using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <summary>A training state with arrays of its own, which updates overwrite.</summary>
/// <remarks>
/// The only place where elements of a tensor change. It stays invisible because the arrays are copies that no other tensor shares:
/// the loss borrows them until its pullback returns, and a gradient that shares one is copied before any update.
/// </remarks>
sealed class Learner<P>
{
    readonly P parameters;
    readonly ImmutableArray<Leaf> leaves;
    readonly Real[][] first;
    readonly Real[][] second;
    readonly HashSet<Real[]> own;
    LossAt? begun;

    Learner(TrainState<P> start)
    {
        (Step, Loss) = (start.Step, start.Loss);
        parameters = Copy(start.Parameters);
        leaves = Tree.Leaves(parameters);
        first = Moments(start.Parameters, start.First);
        second = Moments(start.Parameters, start.Second);
        own = new(leaves.Select(leaf => leaf.Value.Storage.Array), ReferenceEqualityComparer.Instance);
    }

    public static Learner<P> CopyOf(TrainState<P> state) => new(state);

    public int Step { get; private set; }

    public Real Loss { get; private set; }

    public double GradientNorm { get; private set; }

    /// <summary>The state, sharing this learner's arrays.</summary>
    public TrainState<P> State => new(parameters, Lift(first), Lift(second), Step, Loss);

    /// <summary>One update; one that is watched ends training where the loss or the gradient is not finite.</summary>
    /// <exception cref="DivergenceException">The step is watched, and its loss or gradient is not finite.</exception>
    public Learner<P> Descend(Optimizer optimizer, Differentiable<P, Real> loss, bool watched = false)
    {
        var (value, gradient, isOwn) = loss.Descent(parameters);
        var parts = Tree.Flatten(parameters, gradient);
        var gradients = parts.Select((g, i) => Fitting(isOwn ? Dense(g, parts) : g, leaves[i])).ToArray();

        // Only a limit needs the norm before the update, which else has it as a by-product. To watch, a block of every tensor will do: what is not
        // finite goes back through all layers below, and fills whole rows of their gradients.
        var isClipped = double.IsFinite(optimizer.Clip);
        var norm = watched || isClipped ? Norm(gradients, isClipped ? int.MaxValue : Kernels.Squares) : 0;
        if (watched && !(Real.IsFinite(value) && double.IsFinite(norm)))
            throw Diverged(Finite.FirstNot(loss, parameters), value, optimizer);
        var squares = gradients.Select((g, i) => Update(optimizer, i, g, optimizer.ScaleOf(norm))).ToArray();
        if (isOwn)
            Tensor.Release(gradients);
        var broken = Array.FindIndex(squares, sum => !double.IsFinite(sum));
        var failure = watched && broken >= 0
            ? Diverged(new(leaves[broken].Path, "", $"the gradient of the parameter {leaves[broken].Path} is not finite"), value, optimizer) : null;
        begun ??= new(Step + 1, value);
        (Step, Loss, GradientNorm) = (Step + 1, value, isClipped ? norm : Math.Sqrt(squares.Sum()));
        return failure is null ? this : throw failure;
    }

    double Update(Optimizer optimizer, int i, Tensor gradient, Real scale)
    {
        var (array, leaf) = (leaves[i].Value.Storage.Array, new LeafStep(leaves[i].Path, leaves[i].Value.Shape, Step));
        var moments = optimizer.Moments(leaf);
        return optimizer.Update(leaf, array, gradient.IsZero ? Arrays.Zeros(array.Length) : gradient.Elements, scale,
            moments > 0 ? first[i] ??= Arrays.Zeros(array.Length) : [],
            moments > 1 ? second[i] ??= Arrays.Zeros(array.Length) : []);
    }

    /// <summary>The norm of the gradients, or of the first numbers of each.</summary>
    static double Norm(Tensor[] gradients, int count) =>
        Math.Sqrt(gradients.Sum(g => g.IsZero ? 0 : Kernels.SumOfSquares(g.Elements[..Math.Min(count, g.Size)])));

    DivergenceException Diverged(Culprit? culprit, double loss, Optimizer optimizer) =>
        Divergence.NotFinite(culprit, begun, new(Step, Loss), new(Step + 1, loss), optimizer.RateAt(Step), double.IsFinite(optimizer.Clip));

    /// <summary>The gradient of a leaf, packed and in an array that no update writes to.</summary>
    Tensor Fitting(Tensor gradient, Leaf leaf)
    {
        if (gradient.IsZero)
            return gradient;
        if (gradient.Shape != leaf.Value.Shape)
            throw new ShapeException("gradient", $"a gradient of shape {gradient.Shape} came for the parameter {leaf.Path} of shape {leaf.Value.Shape}",
                "A pullback must return its parameter's shape; sum over broadcast axes.");
        var packed = gradient.Packed();
        return own.Contains(packed.Storage.Array) ? Kernels.Pack(packed) : packed;
    }

    /// <summary>A gradient of which nobody else has anything: rows that are to be added to a table are, where no other gradient shares it.</summary>
    static Tensor Dense(Tensor gradient, ImmutableArray<Tensor> all) =>
        !gradient.IsZero && gradient.Scattered is { Table: { IsZero: false, Layout: { IsPacked: true, Offset: 0 } } table } scattered
            && all.Count(other => other.SharesArrayWith(table) || !other.IsZero && other.Scattered is { } s && s.Table.SharesArrayWith(table)) == 1
            ? Tensor.Freeze(gradient.Shape, scattered.AddedTo(table.Storage.Array)) : gradient;

    P Lift(Real[][] moments) => moments.All(m => m is null) ? default!
        : Tree.Unflatten(parameters, [.. moments.Select((m, i) => m is null ? default : Tensor.Freeze(leaves[i].Value.Shape, m))]);

    static P Copy(P tree) => Tree.Map(tree, Kernels.Pack);

    static Real[][] Moments(P parameters, P moments) =>
        [.. Tree.Flatten(parameters, moments).Select(m => m.IsZero ? null! : m.ToArray())];
}
