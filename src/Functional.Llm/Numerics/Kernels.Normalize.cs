using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>The mean and 1/σ of a row that was normalised; the mean is 0 where none was subtracted.</summary>
readonly record struct Moments(Real Mean, Real Scale);

/// <content>Normalisation of rows, y = γ x̂ + β with x̂ = (x − μ)/σ, and its pullback, in one pass over memory each.</content>
static unsafe partial class Kernels
{
    /// <summary>Rows whose parts of γ̄ and β̄ are summed one after the other; the sums of such blocks are added as a tree.</summary>
    const int RowsInBlock = 32;

    /// <summary>y, and what each row's normalisation leaves for the pullback.</summary>
    /// <param name="x">Rows of numbers.</param>
    /// <param name="gain">γ.</param>
    /// <param name="bias">β, or zero.</param>
    /// <param name="centred">Whether the mean is subtracted: σ² is then the variance, and otherwise the mean square.</param>
    /// <param name="epsilon">Added to σ².</param>
    public static (Tensor Value, Moments[] Moments) Normalize(Tensor x, Tensor gain, Tensor bias, bool centred, Real epsilon)
    {
        var (rows, columns) = x.Shape.AsRows;
        var packed = x.Packed();
        var (source, gains, moments) = (packed.Storage, gain.Packed().Storage, new Moments[rows]);
        var (biases, firstBias) = bias.IsZero ? (null, 0) : bias.Packed().Storage;
        var result = Results.Rows(rows, columns, (from, to, y) =>
        {
            fixed (Real* s = source.Array, g = gains.Array, b = biases)
                Lanes.Widest(new NormalizeRows(s + source.Offset, g + gains.Offset, b == null ? null : b + firstBias, y, moments, from, to, columns, centred, epsilon));
        });
        return (Tensor.Freeze(Packed(packed), result), moments);
    }

    /// <summary>x̄ = (g − mean g − x̂ mean(g x̂))/σ with g = γ ȳ, where mean g is left out if no mean was subtracted; γ̄ = Σ ȳ x̂, β̄ = Σ ȳ over the rows.</summary>
    public static (Tensor Input, Tensor Gain, Tensor Bias) NormalizePullback(Tensor x, Tensor gain, Tensor dy, Moments[] moments, bool centred)
    {
        var (rows, columns) = x.Shape.AsRows;
        var packed = x.Packed();
        var (source, gains, upper) = (packed.Storage, gain.Packed().Storage, dy.Packed().Storage);
        var blocks = Math.Max(1, (rows + RowsInBlock - 1) / RowsInBlock);
        var sums = Arrays.Zeros(2 * blocks * columns);
        var result = Results.Rows(rows, columns, (from, to, dx) =>
        {
            fixed (Real* s = source.Array, g = gains.Array, u = upper.Array, t = sums)
                Lanes.Widest(new NormalizePullbackRows(s + source.Offset, g + gains.Offset, u + upper.Offset, dx, t, moments, from, to, columns, centred));
        }, together: RowsInBlock);
        var totals = Tensor.Freeze((blocks, 2, columns), sums).Sum(0);
        return (Tensor.Freeze(Packed(packed), result), totals[0], totals[1]);
    }

    readonly struct NormalizeRows(Real* x, Real* gain, Real* bias, Real* y, Moments[] moments, int from, int to, int columns, bool centred, Real epsilon) : ILaneWork
    {
        public void Run<L>()
            where L : struct, ILanes<L>
        {
            for (var i = from; i < to; i++)
            {
                var row = x + (nint)i * columns;
                var mean = centred ? Rows.Sum<L>(row, columns) / columns : 0;
                moments[i] = new(mean, 1 / Real.Sqrt(Rows.SumOfSquares<L>(row, mean, columns) / columns + epsilon));
                var whole = Rows.Whole<L>(columns);
                var result = y + (nint)(i - from) * columns;
                Row<L>(row, gain, bias, moments[i].Mean, moments[i].Scale, result, 0, whole);
                Row<Lanes1>(row, gain, bias, moments[i].Mean, moments[i].Scale, result, whole, columns);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Row<L>(Real* x, Real* gain, Real* bias, L mean, L scale, Real* y, int first, int end)
            where L : struct, ILanes<L>
        {
            for (var j = first; j < end; j += L.Count)
            {
                var scaled = (L.Load(x + j) - mean) * scale * L.Load(gain + j);
                L.Store(bias == null ? scaled : scaled + L.Load(bias + j), y + j);
            }
        }
    }

    readonly struct NormalizePullbackRows(Real* x, Real* gain, Real* dy, Real* dx, Real* sums, Moments[] moments, int from, int to, int columns, bool centred) : ILaneWork
    {
        public void Run<L>()
            where L : struct, ILanes<L>
        {
            for (var i = from; i < to; i++)
            {
                Real* row = x + (nint)i * columns, upper = dy + (nint)i * columns, result = dx + (nint)(i - from) * columns;
                Real* gains = sums + (nint)(i / RowsInBlock) * 2 * columns, biases = gains + columns;
                var (whole, mean, scale) = (Rows.Whole<L>(columns), moments[i].Mean, moments[i].Scale);
                var (sum, inner) = Sums<L>(row, gain, upper, mean, scale, gains, biases, 0, whole);
                var (sumOfRest, innerOfRest) = Sums<Lanes1>(row, gain, upper, mean, scale, gains, biases, whole, columns);
                var (meanOfG, meanOfInner) = (centred ? (sum + sumOfRest) / columns : 0, (inner + innerOfRest) / columns);
                Row<L>(row, gain, upper, mean, scale, meanOfG, meanOfInner, result, 0, whole);
                Row<Lanes1>(row, gain, upper, mean, scale, meanOfG, meanOfInner, result, whole, columns);
            }
        }

        /// <summary>Σ g and Σ g x̂; ȳ x̂ and ȳ are added to the sums over rows.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static (Real Sum, Real Inner) Sums<L>(Real* x, Real* gain, Real* dy, L mean, L scale, Real* gains, Real* biases, int first, int end)
            where L : struct, ILanes<L>
        {
            L sum = 0, inner = 0;
            for (var j = first; j < end; j += L.Count)
            {
                var xhat = (L.Load(x + j) - mean) * scale;
                var cotangent = L.Load(dy + j);
                var g = cotangent * L.Load(gain + j);
                sum += g;
                L.AddProduct(ref inner, g, xhat);
                L.Store(L.MultiplyAdd(cotangent, xhat, L.Load(gains + j)), gains + j);
                L.Store(cotangent + L.Load(biases + j), biases + j);
            }

            return (L.Sum(sum), L.Sum(inner));
        }

        /// <summary>x̄ = (g − mean g − x̂ mean(g x̂))/σ.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Row<L>(Real* x, Real* gain, Real* dy, L mean, L scale, L meanOfG, L meanOfInner, Real* dx, int first, int end)
            where L : struct, ILanes<L>
        {
            for (var j = first; j < end; j += L.Count)
            {
                var xhat = (L.Load(x + j) - mean) * scale;
                var g = L.Load(dy + j) * L.Load(gain + j);
                L.Store((g - meanOfG - xhat * meanOfInner) * scale, dx + j);
            }
        }
    }
}
