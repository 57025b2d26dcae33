using System.Numerics.Tensors;

namespace Functional.Llm;

/// <content>Element-wise arithmetic with NumPy's broadcasting: sizes agree from the last axis on, or are 1.</content>
/// <remarks>A symbolic zero is skipped by sums and kept by products, so that zero gradients cost nothing.</remarks>
public readonly partial struct Tensor
{
    static readonly BinaryOperation AddOperation = new("add", TensorPrimitives.Add, TensorPrimitives.Add, (x, y, z) => TensorPrimitives.Add(y, x, z));
    static readonly BinaryOperation SubtractOperation = new("subtract", TensorPrimitives.Subtract, TensorPrimitives.Subtract, TensorPrimitives.Subtract);
    static readonly BinaryOperation MultiplyOperation = new("multiply", TensorPrimitives.Multiply, TensorPrimitives.Multiply, (x, y, z) => TensorPrimitives.Multiply(y, x, z));
    static readonly BinaryOperation DivideOperation = new("divide", TensorPrimitives.Divide, TensorPrimitives.Divide, TensorPrimitives.Divide);
    static readonly BinaryOperation MaximumOperation = new("maximum", TensorPrimitives.Max, TensorPrimitives.Max, (x, y, z) => TensorPrimitives.Max(y, x, z));
    static readonly BinaryOperation MinimumOperation = new("minimum", TensorPrimitives.Min, TensorPrimitives.Min, (x, y, z) => TensorPrimitives.Min(y, x, z));

    /// <summary>x + y.</summary>
    public static Tensor operator +(Tensor x, Tensor y) => x.IsZero ? y : y.IsZero ? x : Apart(x, y) ?? Kernels.Broadcast(AddOperation, x, y);

    /// <summary>A sum whose scattered rows stay apart from the rest; null where there are none.</summary>
    static Tensor? Apart(Tensor x, Tensor y) =>
        x.Scattered is null && y.Scattered is null || x.Shape != y.Shape ? null
        : new Tensor(Layout.Of(x.Shape), x.Scattered is { } a ? y.Scattered is { } b ? a.Plus(b) : a.Plus(y) : y.Scattered!.Plus(x));

    /// <summary>x − y.</summary>
    public static Tensor operator -(Tensor x, Tensor y) => y.IsZero ? x : x.IsZero ? -y : Kernels.Broadcast(SubtractOperation, x, y);

    /// <summary>x · y, element by element.</summary>
    public static Tensor operator *(Tensor x, Tensor y) => x.IsZero || y.IsZero ? default : Kernels.Broadcast(MultiplyOperation, x, y);

    /// <summary>x / y, element by element.</summary>
    public static Tensor operator /(Tensor x, Tensor y) => x.IsZero ? default : Kernels.Broadcast(DivideOperation, x, y);

    /// <summary>x + a.</summary>
    public static Tensor operator +(Tensor x, double a) => Kernels.Map(x, (s, d) => TensorPrimitives.Add(s, (Real)a, d));

    /// <summary>a + x.</summary>
    public static Tensor operator +(double a, Tensor x) => x + a;

    /// <summary>x − a.</summary>
    public static Tensor operator -(Tensor x, double a) => Kernels.Map(x, (s, d) => TensorPrimitives.Subtract(s, (Real)a, d));

    /// <summary>a − x.</summary>
    public static Tensor operator -(double a, Tensor x) => Kernels.Map(x, (s, d) => TensorPrimitives.Subtract((Real)a, s, d));

    /// <summary>a · x.</summary>
    public static Tensor operator *(double a, Tensor x) => x.IsZero ? default : Kernels.Map(x, (s, d) => TensorPrimitives.Multiply(s, (Real)a, d));

    /// <summary>x · a.</summary>
    public static Tensor operator *(Tensor x, double a) => a * x;

    /// <summary>x / a.</summary>
    public static Tensor operator /(Tensor x, double a) => x.IsZero ? default : Kernels.Map(x, (s, d) => TensorPrimitives.Divide(s, (Real)a, d));

    /// <summary>a / x.</summary>
    public static Tensor operator /(double a, Tensor x) => Kernels.Map(x, (s, d) => TensorPrimitives.Divide((Real)a, s, d));

    /// <summary>−x.</summary>
    public static Tensor operator -(Tensor x) => x.IsZero ? default : Kernels.Map(x, TensorPrimitives.Negate);

    /// <summary>The larger of x and y at every element; NaN where either is.</summary>
    public static Tensor Maximum(Tensor x, Tensor y) => Kernels.Broadcast(MaximumOperation, x, y);

    /// <summary>The smaller of x and y at every element; NaN where either is.</summary>
    public static Tensor Minimum(Tensor x, Tensor y) => Kernels.Broadcast(MinimumOperation, x, y);

    /// <summary>|x|.</summary>
    public Tensor Abs() => Kernels.Map(this, TensorPrimitives.Abs);

    /// <summary>x².</summary>
    public Tensor Square() => Kernels.Map(this, (x, z) => TensorPrimitives.Multiply(x, x, z));

    /// <summary>√x; NaN below 0.</summary>
    public Tensor Sqrt() => Kernels.Map(this, TensorPrimitives.Sqrt);

    /// <summary>xᵃ.</summary>
    public Tensor Pow(double a) => Map(x => Real.Pow(x, (Real)a));

    /// <summary>eˣ.</summary>
    public Tensor Exp() => Kernels.Map(this, new Functions.Exp());

    /// <summary>The natural logarithm; −∞ at 0, NaN below.</summary>
    public Tensor Log() => Kernels.Map(this, new Functions.Log());

    /// <summary>sin x, x in radians.</summary>
    public Tensor Sin() => Map(Real.Sin);

    /// <summary>cos x, x in radians.</summary>
    public Tensor Cos() => Map(Real.Cos);

    /// <summary>tanh x.</summary>
    public Tensor Tanh() => Kernels.Map(this, new Functions.Tanh());

    /// <summary>The logistic function σ(x) = 1 / (1 + e⁻ˣ).</summary>
    public Tensor Sigmoid() => Kernels.Map(this, new Functions.Sigmoid());

    /// <summary>The error function erf x = 2/√π ∫₀ˣ e^(−t²) dt.</summary>
    public Tensor Erf() => Kernels.Map(this, new Functions.Erf());

    /// <summary><paramref name="f"/> at every element, one after the other.</summary>
    public Tensor Map(Func<Real, Real> f)
    {
        var x = Packed();
        return Build(Shape, z =>
        {
            var elements = x.Elements;
            for (var i = 0; i < elements.Length; i++)
                z[i] = f(elements[i]);
        });
    }
}
