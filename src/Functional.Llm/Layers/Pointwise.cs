namespace Functional.Llm;

/// <content>Activations: functions of one number, applied to every element. x (…) → y (…), x̄ = ȳ f′(x). All retain x.</content>
public static partial class Layers
{
    /// <summary>max(x, 0).</summary>
    /// <remarks>x (…) → y (…). Retains x. The derivative at 0 is taken as 0.</remarks>
    public static readonly Differentiable<Tensor, Tensor> Relu = Pointwise(new ReluFunction());

    /// <summary>x for x &gt; 0, else <paramref name="slope"/> · x (Maas et al. 2013).</summary>
    /// <remarks>x (…) → y (…). Retains x. The derivative at 0 is taken as the slope.</remarks>
    public static Differentiable<Tensor, Tensor> LeakyRelu(double slope = 0.01) => Pointwise(new LeakyReluFunction((Real)slope));

    /// <summary>σ(x) = 1 / (1 + e⁻ˣ); σ′(x) = σ(x) σ(−x).</summary>
    /// <remarks>x (…) → y (…). Retains x.</remarks>
    public static readonly Differentiable<Tensor, Tensor> Sigmoid = Pointwise(new SigmoidFunction());

    /// <summary>tanh x; tanh′ = (1 − tanh)(1 + tanh).</summary>
    /// <remarks>x (…) → y (…). Retains x.</remarks>
    public static readonly Differentiable<Tensor, Tensor> Tanh = Pointwise(new TanhFunction());

    /// <summary>ln(1 + eˣ), a smooth ReLU; its derivative is σ(x) (Dugas et al. 2001).</summary>
    /// <remarks>x (…) → y (…). Retains x.</remarks>
    public static readonly Differentiable<Tensor, Tensor> Softplus = Pointwise(new SoftplusFunction());

    /// <summary>x σ(x); its derivative is σ(x) + x σ(x) σ(−x) (Elfwing et al. 2017).</summary>
    /// <remarks>x (…) → y (…). Retains x.</remarks>
    public static readonly Differentiable<Tensor, Tensor> Silu = Pointwise(new SiluFunction());

    /// <summary>GELU in its tanh form: x/2 · (1 + tanh u) = x σ(2u), u = √(2/π) (x + 0.044715 x³) (Hendrycks and Gimpel 2016).</summary>
    /// <remarks>x (…) → y (…). Retains x. The derivative is σ(2u) + x σ(2u) σ(−2u) 2u′, u′ = √(2/π) (1 + 3 · 0.044715 x²).</remarks>
    public static readonly Differentiable<Tensor, Tensor> Gelu = Pointwise(new GeluFunction());

    /// <summary>GELU in its exact form: x Φ(x), Φ(x) = (1 + erf(x/√2)) / 2; its derivative is Φ(x) + x φ(x) (Hendrycks and Gimpel 2016).</summary>
    /// <remarks>x (…) → y (…). Retains x. φ(x) = e^(−x²/2) / √(2π).</remarks>
    public static readonly Differentiable<Tensor, Tensor> GeluErf = Pointwise(new GeluErfFunction());

    readonly struct ReluFunction : IActivation
    {
        public L Value<L>(L x)
            where L : struct, ILanes<L> => L.Max(0, x);

        public L Slope<L>(L x)
            where L : struct, ILanes<L> => L.WhereLess(0, x, 1, 0);
    }

    readonly struct LeakyReluFunction(Real slope) : IActivation
    {
        public L Value<L>(L x)
            where L : struct, ILanes<L> => L.WhereLess(0, x, x, x * slope);

        public L Slope<L>(L x)
            where L : struct, ILanes<L> => L.WhereLess(0, x, 1, slope);
    }

    readonly struct SigmoidFunction : IActivation
    {
        public L Value<L>(L x)
            where L : struct, ILanes<L> => Elementary.Sigmoid(x);

        public L Slope<L>(L x)
            where L : struct, ILanes<L> => SigmoidSlope(Elementary.Exp(-L.Abs(x)));
    }

    readonly struct TanhFunction : IActivation
    {
        public L Value<L>(L x)
            where L : struct, ILanes<L> => Elementary.Tanh(x);

        public L Slope<L>(L x)
            where L : struct, ILanes<L>
        {
            var y = Elementary.Tanh(x);
            return (1 - y) * (1 + y);
        }
    }

    readonly struct SoftplusFunction : IActivation
    {
        public L Value<L>(L x)
            where L : struct, ILanes<L> => Elementary.Softplus(x);

        public L Slope<L>(L x)
            where L : struct, ILanes<L> => Elementary.Sigmoid(x);
    }

    readonly struct SiluFunction : IActivation
    {
        public L Value<L>(L x)
            where L : struct, ILanes<L> => Gate(x, Elementary.Sigmoid(x));

        public L Slope<L>(L x)
            where L : struct, ILanes<L> => GateSlope(x, x, 1);
    }

    readonly struct GeluFunction : IActivation
    {
        // 2u = x (a + b x²).
        const Real A = (Real)1.5957691216057308;
        const Real B = (Real)(1.5957691216057308 * 0.044715);

        public L Value<L>(L x)
            where L : struct, ILanes<L> => Gate(x, Elementary.Sigmoid(x * (A + B * (x * x))));

        public L Slope<L>(L x)
            where L : struct, ILanes<L>
        {
            var square = x * x;
            return GateSlope(x, x * (A + B * square), A + 3 * B * square);
        }
    }

    readonly struct GeluErfFunction : IActivation
    {
        const Real RootOfHalf = (Real)0.7071067811865476;
        const Real Density = (Real)0.3989422804014327;

        public L Value<L>(L x)
            where L : struct, ILanes<L> => Gate(x, Cumulative(x));

        public L Slope<L>(L x)
            where L : struct, ILanes<L> => Cumulative(x) + Gate(x, Density * Elementary.Exp(x * x * (Real)(-0.5)));

        static L Cumulative<L>(L x)
            where L : struct, ILanes<L> => (Real)0.5 * (1 + Elementary.Erf(x * RootOfHalf));
    }

    /// <summary>x g, where a closed gate stops an infinity too.</summary>
    static L Gate<L>(L x, L g)
        where L : struct, ILanes<L> => L.WhereLess(g, Real.Epsilon, g, x * g);

    /// <summary>The derivative of x σ(v): σ(v) + x σ(v) σ(−v) v′.</summary>
    static L GateSlope<L>(L x, L v, L slope)
        where L : struct, ILanes<L>
    {
        var e = Elementary.Exp(-L.Abs(v));
        var high = 1 / (1 + e);
        var low = e * high;
        return L.WhereLess(v, 0, low, high) + Gate(x * slope, low * high);
    }

    /// <summary>σ(v) σ(−v), from e = e^(−|v|).</summary>
    static L SigmoidSlope<L>(L e)
        where L : struct, ILanes<L> => e / ((1 + e) * (1 + e));

    /// <summary>An activation: f(x) and f′(x).</summary>
    interface IActivation
    {
        L Value<L>(L x)
            where L : struct, ILanes<L>;

        L Slope<L>(L x)
            where L : struct, ILanes<L>;
    }

    readonly struct Forward<F>(F f) : IFunction
        where F : struct, IActivation
    {
        public L At<L>(L x)
            where L : struct, ILanes<L> => f.Value(x);
    }

    readonly struct Backward<F>(F f) : IFunction2
        where F : struct, IActivation
    {
        public L At<L>(L x, L dy)
            where L : struct, ILanes<L> => dy * f.Slope(x);
    }

    static Differentiable<Tensor, Tensor> Pointwise<F>(F f)
        where F : struct, IActivation => x => (Kernels.Map(x, new Forward<F>(f)), Pullbacks.Tidy<Tensor, Tensor>(dy => dy.IsZero ? default : Kernels.Zip(x, dy, new Backward<F>(f))));
}
