namespace Functional.Llm;

/// <summary>Carries a cotangent back through a function: ȳ ↦ x̄ = Jᵀȳ, the vector-Jacobian product.</summary>
public delegate X Pullback<in Y, out X>(Y cotangent);

/// <summary>y = f(x), returned together with its pullback.</summary>
public delegate (Y Value, Pullback<Y, X> Pullback) Differentiable<X, Y>(X x);

/// <summary>y = f(θ, x), returned together with its pullback ȳ ↦ (θ̄, x̄).</summary>
/// <remarks>A gradient has the type of what it is the gradient of; <c>default</c> in it is a symbolic zero.</remarks>
public delegate (Y Value, Pullback<Y, (P Parameters, X Input)> Pullback) Layer<P, X, Y>(P parameters, X input);

/// <summary>Composition. The pullback of a composite is the composite of the pullbacks in reverse: this is backpropagation.</summary>
public static class Composition
{
    extension<P, X, Y, Z>(Layer<P, X, Y>)
    {
        /// <summary>z = g(θ, f(θ, x)); both read one θ, so that a field used twice gets the sum of both gradients.</summary>
        public static Layer<P, X, Z> operator >>(Layer<P, X, Y> f, Layer<P, Y, Z> g) => (p, x) =>
        {
            var (y, pullF) = f.Call(p, x);
            var (z, pullG) = g.Call(p, y);
            var isTidy = pullF.IsTidy() && pullG.IsTidy();
            return (z, Pullbacks.Of<Z, P, X>(Pull, PullParameters, isTidy));

            (P, X) Pull(Z dz)
            {
                var (dpG, dy) = pullG(dz);
                var (dpF, dx) = pullF(dy);
                if (isTidy)
                    Pullbacks.Release(dy, dz, dx);
                return (Tree.Add(dpF, dpG), dx);
            }

            P PullParameters(Z dz)
            {
                var (dpG, dy) = pullG(dz);
                var dpF = pullF.Parameters(dy);
                if (isTidy)
                    Pullbacks.Release(dy, dz, default(Real));
                return Tree.Add(dpF, dpG);
            }
        };

        /// <summary>z = g(f(θ, x)).</summary>
        public static Layer<P, X, Z> operator >>(Layer<P, X, Y> f, Differentiable<Y, Z> g) => (p, x) =>
        {
            var (y, pullF) = f.Call(p, x);
            var (z, pullG) = g.Call(y);
            var isTidy = pullF.IsTidy() && pullG.IsTidy();
            return (z, Pullbacks.Of<Z, P, X>(Pull, PullParameters, isTidy));

            (P, X) Pull(Z dz)
            {
                var dy = pullG(dz);
                var (dp, dx) = pullF(dy);
                if (isTidy)
                    Pullbacks.Release(dy, dz, dx);
                return (dp, dx);
            }

            P PullParameters(Z dz)
            {
                var dy = pullG(dz);
                var dp = pullF.Parameters(dy);
                if (isTidy)
                    Pullbacks.Release(dy, dz, default(Real));
                return dp;
            }
        };
    }

    extension<P, X, Y, Z>(Differentiable<X, Y>)
    {
        /// <summary>z = g(θ, f(x)).</summary>
        public static Layer<P, X, Z> operator >>(Differentiable<X, Y> f, Layer<P, Y, Z> g) => (p, x) =>
        {
            var (y, pullF) = f.Call(x);
            var (z, pullG) = g.Call(p, y);
            var isTidy = pullF.IsTidy() && pullG.IsTidy();
            return (z, Pullbacks.Of<Z, P, X>(Pull, pullG.Parameters, isTidy));

            (P, X) Pull(Z dz)
            {
                var (dp, dy) = pullG(dz);
                var dx = pullF(dy);
                if (isTidy)
                    Pullbacks.Release(dy, dz, dx);
                return (dp, dx);
            }
        };
    }

    extension<X, Y, Z>(Differentiable<X, Y>)
    {
        /// <summary>z = g(f(x)).</summary>
        public static Differentiable<X, Z> operator >>(Differentiable<X, Y> f, Differentiable<Y, Z> g) => x =>
        {
            var (y, pullF) = f.Call(x);
            var (z, pullG) = g.Call(y);
            var isTidy = pullF.IsTidy() && pullG.IsTidy();
            return (z, Pullbacks.Tidy<Z, X>(Pull, isTidy));

            X Pull(Z dz)
            {
                var dy = pullG(dz);
                var dx = pullF(dy);
                if (isTidy)
                    Pullbacks.Release(dy, dz, dx);
                return dx;
            }
        };
    }

    extension<X>(Differentiable<X, Real>)
    {
        /// <summary>a · f(x).</summary>
        public static Differentiable<X, Real> operator *(double a, Differentiable<X, Real> f) => x =>
        {
            var (y, pull) = f.Call(x);
            return ((Real)a * y, d => pull((Real)a * d));
        };
    }

    /// <summary>f(x) + g(x): a loss and its penalty, for example.</summary>
    /// <remarks>A method, because C# has a + for delegates already, which makes a list of calls that forgets all results but the last.</remarks>
    public static Differentiable<X, Real> Plus<X>(this Differentiable<X, Real> f, Differentiable<X, Real> g) => x =>
    {
        var (y, pullF) = f.Call(x);
        var (z, pullG) = g.Call(x);
        return (y + z, d => Tree.Add(pullF(d), pullG(d)));
    };

    /// <summary>The layer at a fixed input: a function of the parameters alone. No gradient of the input is computed.</summary>
    public static Differentiable<P, Y> On<P, X, Y>(this Layer<P, X, Y> layer, X input) => p =>
    {
        var (y, pull) = layer.Call(p, input);
        return (y, Pullbacks.Tidy<Y, P>(pull.Parameters, pull.IsTidy()));
    };

    /// <summary>The layer with fixed parameters: a function of the input alone.</summary>
    public static Differentiable<X, Y> With<P, X, Y>(this Layer<P, X, Y> layer, P parameters) => x =>
    {
        var (y, pull) = layer.Call(parameters, x);
        return (y, dy => pull(dy).Input);
    };

    /// <summary>ℓ(θ) and ∇ℓ(θ): the pullback of 1.</summary>
    /// <exception cref="FunctionalLlmException">The loss was made with the + of delegates.</exception>
    public static (Real Value, P Gradient) ValueAndGradient<P>(this Differentiable<P, Real> loss, P parameters)
    {
        var (value, gradient, _) = loss.Descent(parameters);
        return (value, gradient);
    }

    /// <summary>ℓ(θ) and ∇ℓ(θ), and whether nobody else has the gradient's arrays.</summary>
    internal static (Real Value, P Gradient, bool IsOwn) Descent<P>(this Differentiable<P, Real> loss, P parameters)
    {
        if (!loss.HasSingleTarget)
            throw new FunctionalLlmException("loss: f + g is C#'s list of two delegates, of which only the last would count. Write f.Plus(g).");
        var (value, pull) = loss(parameters);
        return (value, pull(1), pull.IsTidy());
    }
}
