namespace Functional.Llm;

/// <content>Activations: functions of one number, applied to every element. x (…) → y (…), x̄ = ȳ f′(x).</content>
public static partial class Layers
{
    /// <summary>max(x, 0).</summary>
    /// <remarks>x (…) → y (…). Retains x. The derivative at 0 is taken as 0.</remarks>
    public static readonly Differentiable<Tensor, Tensor> Relu = Pointwise(x => Real.Max(x, 0), (x, y) => x > 0 ? 1 : 0);

    /// <summary>x for x &gt; 0, else <paramref name="slope"/> · x (Maas et al. 2013).</summary>
    /// <remarks>x (…) → y (…). Retains x. The derivative at 0 is taken as the slope.</remarks>
    public static Differentiable<Tensor, Tensor> LeakyRelu(double slope = 0.01) =>
        Pointwise(x => x > 0 ? x : (Real)slope * x, (x, y) => x > 0 ? 1 : (Real)slope);

    /// <summary>σ(x) = 1 / (1 + e⁻ˣ); σ′ = σ(1 − σ).</summary>
    /// <remarks>x (…) → y (…). Retains x and y.</remarks>
    public static readonly Differentiable<Tensor, Tensor> Sigmoid = Pointwise(Kernels.Sigmoid, (x, y) => y * Kernels.Sigmoid(-x));

    /// <summary>tanh x; tanh′ = 1 − tanh².</summary>
    /// <remarks>x (…) → y (…). Retains x and y.</remarks>
    public static readonly Differentiable<Tensor, Tensor> Tanh = Pointwise(Kernels.Tanh, (x, y) => (1 - y) * (1 + y));

    /// <summary>ln(1 + eˣ), a smooth ReLU; its derivative is σ(x) (Dugas et al. 2001).</summary>
    /// <remarks>x (…) → y (…). Retains x.</remarks>
    public static readonly Differentiable<Tensor, Tensor> Softplus = Pointwise(Kernels.Softplus, (x, y) => Kernels.Sigmoid(x));

    /// <summary>x σ(x); its derivative is σ(x) + x σ(x) σ(−x) (Elfwing et al. 2017).</summary>
    /// <remarks>x (…) → y (…). Retains x and y.</remarks>
    public static readonly Differentiable<Tensor, Tensor> Silu = Pointwise(
        x => Gate(x, Kernels.Sigmoid(x)),
        (x, y) => Kernels.Sigmoid(x) + Gate(y, Kernels.Sigmoid(-x)));

    /// <summary>GELU in its tanh form: x/2 · (1 + tanh u), u = √(2/π) (x + 0.044715 x³) (Hendrycks and Gimpel 2016).</summary>
    /// <remarks>x (…) → y (…). Retains x. The derivative is (1 + tanh u)/2 + x/2 · (1 − tanh² u) u′, u′ = √(2/π) (1 + 3 · 0.044715 x²).</remarks>
    public static readonly Differentiable<Tensor, Tensor> Gelu = Pointwise(
        x => Gate(x, (1 + GeluTanh(x)) / 2),
        (x, y) =>
        {
            var t = GeluTanh(x);
            return (1 + t) / 2 + Gate(x * SqrtTwoOverPi * (1 + 3 * GeluCubic * x * x), (1 - t) * (1 + t) / 2);
        });

    /// <summary>GELU in its exact form: x Φ(x), Φ(x) = (1 + erf(x/√2)) / 2; its derivative is Φ(x) + x φ(x) (Hendrycks and Gimpel 2016).</summary>
    /// <remarks>x (…) → y (…). Retains x. φ(x) = e^(−x²/2) / √(2π).</remarks>
    public static readonly Differentiable<Tensor, Tensor> GeluErf = Pointwise(
        x => Gate(x, NormalCdf(x)),
        (x, y) => NormalCdf(x) + Gate(x, Real.Exp(-x * x / 2) / Real.Sqrt(2 * Real.Pi)));

    static readonly Real SqrtTwoOverPi = Real.Sqrt(2 / Real.Pi);
    const Real GeluCubic = (Real)0.044715;

    static Real GeluTanh(Real x) => Kernels.Tanh(SqrtTwoOverPi * (x + GeluCubic * x * x * x));

    static Real NormalCdf(Real x) => (Real)(0.5 * (1 + SpecialFunctions.Erf(x * 0.70710678118654752)));

    /// <summary>x · g, where a closed gate stops an infinity too.</summary>
    static Real Gate(Real x, Real g) => g == 0 ? 0 : x * g;

    /// <summary>An activation from f(x) and f′ as a function of x and y = f(x).</summary>
    static Differentiable<Tensor, Tensor> Pointwise(Func<Real, Real> f, Func<Real, Real, Real> derivative) => x =>
    {
        var y = x.Map(f);
        return (y, dy => dy.IsZero ? default : dy * Kernels.Zip(x, y, (s, t, d) =>
        {
            for (var i = 0; i < s.Length; i++)
                d[i] = derivative(s[i], t[i]);
        }));
    };
}
