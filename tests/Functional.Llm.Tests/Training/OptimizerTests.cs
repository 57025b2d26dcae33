using Functional.Llm.Tests.Gradients;
using FsCheck.Xunit;
using LanguageExt;
using Xunit;

namespace Functional.Llm.Tests.Training;

/// <summary>Every rule against its formula in plain loops; what a predicate takes; and rules as values.</summary>
public class OptimizerTests
{
    const int Steps = 12;

    sealed record Parameters(Tensor Wide, Tensor Tall, Tensor Vector);

    static readonly Func<LeafStep, bool> IsMatrix = leaf => leaf.Shape.Rank == 2;

    static Parameters Random(Draw d) => new(d.Tensor((3, 5)), d.Tensor((7, 2)), d.Tensor(4));

    /// <summary>A loss whose gradient at step i is the i-th of some.</summary>
    static Differentiable<Parameters, Real> Pushing(Parameters gradient) => p => (0, _ => gradient);

    /// <summary>Trains with random gradients, and makes the same updates in plain loops.</summary>
    static void Agrees(ulong seed, Optimizer rule, Action<PlainRules.State, Shape, double[], int> plain, double single, double @double)
    {
        var d = new Draw(seed);
        var (start, gradients) = (Random(d), Enumerable.Range(0, Steps).Select(_ => Random(d)).ToArray());
        var end = gradients.Fit(Functional.Llm.Training.Start(start), rule, Pushing).Parameters;
        var leaves = Tree.Leaves(start);
        for (var i = 0; i < leaves.Length; i++)
        {
            var state = new PlainRules.State(Doubles(leaves[i].Value));
            for (var step = 0; step < Steps; step++)
                plain(state, leaves[i].Value.Shape, Doubles(Tree.Flatten(gradients[step])[i]), step);
            Assert.True(Tree.Flatten(end)[i].IsClose(Tensor.From(leaves[i].Value.Shape, state.Parameter), 0, Tolerance.Of(single, @double)), $"{rule}: {leaves[i].Path}");
        }
    }

    static double[] Doubles(Tensor x) => [.. x.ToArray().Select(e => (double)e)];

    [Property]
    public void AdamW_is_its_formula(ulong seed) => Agrees(seed, new AdamW(0.03, 0.8, 0.95, 1e-6, 0.3, IsMatrix),
        (s, shape, g, step) => PlainRules.AdamW(s, g, step, 0.03, 0.8, 0.95, 1e-6, shape.Rank == 2 ? 0.3 : 0), 1e-5, 1e-12);

    [Property]
    public void Lion_is_its_formula(ulong seed) => Agrees(seed, new Lion(0.03, 0.8, 0.95, 0.3, IsMatrix),
        (s, shape, g, step) => PlainRules.Lion(s, g, 0.03, 0.8, 0.95, shape.Rank == 2 ? 0.3 : 0), 1e-5, 1e-12);

    [Property]
    public void Muon_is_its_formula_on_matrices_and_another_rule_takes_the_rest(ulong seed) => Agrees(seed,
        new Muon(0.03, 0.9, 0.3, leaf => leaf.Path == "Wide").Where(IsMatrix, otherwise: new AdamW(0.01)), (s, shape, g, step) =>
        {
            if (shape.Rank == 2)
                PlainRules.Muon(s, shape.Sizes[0], shape.Sizes[1], g, 0.03, 0.9, shape == (3, 5) ? 0.3 : 0);
            else
                PlainRules.AdamW(s, g, step, 0.01, 0.9, 0.999, 1e-8, 0.01);
        }, 1e-3, 1e-11);

    [Property]
    public void A_rule_follows_its_schedule(ulong seed)
    {
        var schedule = Schedule.WarmupCosine(0.1, 3, 10, 0.01, 0.02);
        Agrees(seed, new Lion(schedule), (s, _, g, step) => PlainRules.Lion(s, g, schedule.At(step), 0.9, 0.99, 0), 1e-5, 1e-12);
    }

    // U diag(s) Vᵀ becomes U diag(p(p(p(p(p(s/‖s‖)))))) Vᵀ.
    [Property]
    public void Orthogonalizing_keeps_the_singular_vectors_and_brings_the_values_near_1(ulong seed)
    {
        var d = new Draw(seed);
        var (u, v) = (Rotation(d, 3), Rotation(d, 5));
        double[] s = [1, d.Uniform(0.2, 1), d.Uniform(0.2, 1)];
        var norm = Math.Sqrt(s.Sum(e => e * e));
        var target = s.Select(e => Enumerable.Range(0, 5).Fold(e / norm, (x, _) => 3.4445 * x - 4.7750 * Math.Pow(x, 3) + 2.0315 * Math.Pow(x, 5))).ToArray();
        Assert.All(target, e => Assert.InRange(e, 0.65, 1.3));
        var (matrix, expected) = (Rounded(Between(u, s, v)), Rounded(Between(u, target, v)));
        var tolerance = Tolerance.Of(1e-3, 1e-6);                           // The published 1e-7 in the norm is in one of them only.
        Assert.True(Muon.Orthogonalized(matrix).IsClose(expected, 0, tolerance));
        Assert.True(Muon.Orthogonalized(Kernels.Pack(matrix.T)).IsClose(expected.T, 0, tolerance));
    }

    static double[,] Between(double[,] u, double[] s, double[,] v)
    {
        var diagonal = new double[u.GetLength(0), v.GetLength(0)];
        for (var i = 0; i < s.Length; i++)
            diagonal[i, i] = s[i];
        return PlainRules.Product(PlainRules.Product(u, diagonal), v);
    }

    /// <summary>A product of rotations in every plane.</summary>
    static double[,] Rotation(Draw d, int size)
    {
        var q = Identity(size);
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (turn, angle) = (Identity(size), d.Uniform(0, 6));
                (turn[i, i], turn[i, j], turn[j, i], turn[j, j]) = (Math.Cos(angle), -Math.Sin(angle), Math.Sin(angle), Math.Cos(angle));
                q = PlainRules.Product(q, turn);
            }
        }

        return q;
    }

    static double[,] Identity(int size)
    {
        var x = new double[size, size];
        for (var i = 0; i < size; i++)
            x[i, i] = 1;
        return x;
    }

    static Tensor Rounded(double[,] x) => Tensor.From((x.GetLength(0), x.GetLength(1)), x.Cast<double>());

    [Fact]
    public void A_tensor_that_is_no_matrix_is_not_for_Muon_alone() =>
        Assert.StartsWith("muon: Vector of shape [4] is no matrix. Give it to another rule, as in muon.Where(", Assert.Throws<FunctionalLlmException>(() =>
            Functional.Llm.Training.Start(Random(new Draw(1))).Descend(new Muon(0.1), Pushing(Random(new Draw(2))))).Message, StringComparison.Ordinal);

    [Fact]
    public void Muon_keeps_no_second_moment_of_what_it_takes()
    {
        var state = Functional.Llm.Training.Start(Random(new Draw(1))).Descend(new Muon(0.1).Where(IsMatrix, new AdamW(0.1)), Pushing(Random(new Draw(2))));
        Assert.Equal([false, false, false], Tree.Flatten(state.Parameters, state.First).Select(m => m.IsZero));
        Assert.Equal([true, true, false], Tree.Flatten(state.Parameters, state.Second).Select(m => m.IsZero));
    }

    [Fact]
    public void Without_a_gradient_nothing_moves()
    {
        var start = Functional.Llm.Training.Start(Random(new Draw(1)));
        foreach (var rule in new[] { new Sgd(0.1, 0.9), new AdamW(0.1, Decay: 0), new Lion(0.1), new Muon(0.1).Where(IsMatrix, new Sgd(0.1)) })
            Assert.True(Tree.Equal(start.Parameters, start.Descend(rule, Pushing(null!)).Descend(rule, Pushing(Tree.Zeros(start.Parameters))).Parameters), $"{rule}");
    }

    [Fact]
    public void A_gradient_that_is_no_number_leaves_no_number()
    {
        var nan = Tree.Map(Random(new Draw(1)), leaf => Real.NaN * leaf);
        foreach (var rule in new Optimizer[] { new Sgd(0.1), new AdamW(0.1), new Lion(0.1), new Muon(0.1).Where(IsMatrix, new Sgd(0.1)), new Lion(0.1) { Clip = 1 } })
        {
            var after = Functional.Llm.Training.Start(Random(new Draw(2))).Descend(rule, Pushing(nan)).Parameters;
            Assert.All(Tree.Flatten(after), leaf => Assert.All(leaf.ToArray(), e => Assert.True(Real.IsNaN(e), $"{rule}")));
        }
    }

    [Fact]
    public void Rules_are_values()
    {
        Assert.Equal(new AdamW(1e-3), new AdamW(1e-3));
        Assert.Equal(new Lion(Schedule.WarmupCosine(1e-3, 1, 2)), new Lion(Schedule.WarmupCosine(1e-3, 1, 2)));
        Assert.NotEqual(new Lion(Schedule.WarmupCosine(1e-3, 1, 2)), new Lion(Schedule.WarmupCosine(1e-3, 1, 3)));
        Assert.NotEqual(new AdamW(1e-3), new AdamW(1e-3) { Clip = 1 });
        var decaying = new AdamW(1e-3, Decays: IsMatrix);
        Assert.Equal(decaying, decaying with { Rate = 1e-3 });
        Assert.NotEqual(decaying, decaying with { Rate = 2e-3 });
        Assert.NotEqual(decaying, decaying with { Decays = null });
        Assert.Equal(2e-3, (decaying with { Rate = 2e-3 }).RateAt(7));
    }
}
