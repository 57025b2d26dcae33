namespace Functional.Llm;

/// <summary>
/// Muon, momentum made orthogonal: m ← μm + (1 − μ)ḡ, θ ← (1 − ηλ)θ − η √max(1, R/C) O, where O ≈ UVᵀ for the singular value decomposition
/// USVᵀ of u = μm + (1 − μ)ḡ (Jordan et al. 2024).
/// </summary>
/// <remarks>
/// For matrices W (R, C), R outputs and C inputs, as linear layers have them. Embeddings, heads and vectors are another rule's:
/// <code>
/// new Muon(0.02).Where(leaf => leaf.Shape.Rank == 2 &amp;&amp; leaf.Path.StartsWith("Blocks"), otherwise: new AdamW(3e-4))
/// </code>
/// </remarks>
/// <param name="Rate">η, the learning rate as a function of the step; a number is one that stays.</param>
/// <param name="Momentum">μ, how much of the momentum stays, in [0, 1).</param>
/// <param name="Decay">λ, the weight decay.</param>
/// <param name="Decays">Which tensors decay; all, where none is given.</param>
public sealed record Muon(Schedule Rate, double Momentum = 0.95, double Decay = 0, Func<LeafStep, bool>? Decays = null) : Optimizer(Rate)
{
    const int Iterations = 5;

    // Of p(s) = as + bs³ + cs⁵, which brings singular values from (0, 1] to within 0.3 of 1, the small ones fast.
    const double A = 3.4445;
    const double B = -4.7750;
    const double C = 2.0315;

    /// <inheritdoc/>
    public override int Moments(LeafStep leaf) => 1;

    /// <inheritdoc/>
    /// <exception cref="FunctionalLlmException">The tensor is no matrix.</exception>
    public override double Update(LeafStep leaf, Span<Real> parameter, ReadOnlySpan<Real> gradient, Real scale, Span<Real> first, Span<Real> second)
    {
        if (leaf.Shape.Rank != 2)
        {
            throw new FunctionalLlmException($"muon: {leaf.Path} of shape {leaf.Shape} is no matrix. "
                + "Give it to another rule, as in muon.Where(leaf => leaf.Shape.Rank == 2, otherwise: new AdamW(3e-4)).");
        }

        var direction = Arrays.Uninitialized(parameter.Length);
        var squares = Kernels.Update(new Nesterov((Real)Momentum, (Real)(1 - Momentum)), direction, gradient, scale, first, second);
        var (rate, orthogonal) = (RateAt(leaf.Step), Orthogonalized(Tensor.Freeze(leaf.Shape, direction)));
        var stretch = Math.Sqrt(Math.Max(1, (double)leaf.Shape.Sizes[0] / leaf.Shape.Sizes[1]));
        Kernels.Update(new Step(Kept(leaf, rate, Decay, Decays), (Real)(rate * stretch)), parameter, orthogonal.AsSpan(), 1, [], []);
        return squares;
    }

    /// <summary>Five steps of Newton and Schulz towards UVᵀ: X ← aX + (bG + cG²)X with G = XXᵀ, or with G = XᵀX on the right, whichever is smaller.</summary>
    internal static Tensor Orthogonalized(Tensor matrix)
    {
        var isTall = matrix.Shape.Sizes[0] > matrix.Shape.Sizes[1];
        var x = 1 / (Tree.Norm(matrix) + 1e-7) * matrix;
        for (var i = 0; i < Iterations; i++)
        {
            var gram = isTall ? x.T.MatMul(x) : x.MatMul(x.T);
            var polynomial = B * gram + C * gram.MatMul(gram);
            x = A * x + (isTall ? x.MatMul(polynomial) : polynomial.MatMul(x));
        }

        return x;
    }

    /// <summary>Writes u; what was there is not looked at.</summary>
    readonly struct Nesterov(Real momentum, Real rest) : IUpdate
    {
        public static int Moments => 1;

        public L Of<L>(L parameter, L gradient, ref L first, ref L second)
            where L : struct, ILanes<L>
        {
            var fresh = gradient * rest;
            first = L.MultiplyAdd(first, momentum, fresh);
            return L.MultiplyAdd(first, momentum, fresh);
        }
    }

    readonly struct Step(Real kept, Real rate) : IUpdate
    {
        public static int Moments => 0;

        public L Of<L>(L parameter, L gradient, ref L first, ref L second)
            where L : struct, ILanes<L> => L.MultiplyAdd(gradient, -rate, parameter * kept);
    }
}
