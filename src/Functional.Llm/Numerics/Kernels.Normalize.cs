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
        var (source, gains, y, moments) = (packed.Storage, gain.Packed().Storage, Arrays.Uninitialized(x.Size), new Moments[rows]);
        var (biases, firstBias) = bias.IsZero ? (null, 0) : bias.Packed().Storage;
        Rows.Share(rows, columns, (from, to) =>
        {
            fixed (Real* s = source.Array, g = gains.Array, b = biases, d = y)
                Lanes.Widest(new NormalizeRows(s + source.Offset, g + gains.Offset, b == null ? null : b + firstBias, d, moments, from, to, columns, centred, epsilon));
        });
        return (Tensor.Freeze(Packed(packed), y), moments);
    }

    /// <summary>x̄ = (g − mean g − x̂ mean(g x̂))/σ with g = γ ȳ, where mean g is left out if no mean was subtracted; γ̄ = Σ ȳ x̂, β̄ = Σ ȳ over the rows.</summary>
    public static (Tensor Input, Tensor Gain, Tensor Bias) NormalizePullback(Tensor x, Tensor gain, Tensor dy, Moments[] moments, bool centred)
    {
        var (rows, columns) = x.Shape.AsRows;
        var packed = x.Packed();
        var (source, gains, upper, dx) = (packed.Storage, gain.Packed().Storage, dy.Packed().Storage, Arrays.Uninitialized(x.Size));
        var blocks = Math.Max(1, (rows + RowsInBlock - 1) / RowsInBlock);
        var sums = Arrays.Zeros(2 * blocks * columns);
        Rows.Share(blocks, RowsInBlock * columns, (from, to) =>
        {
            fixed (Real* s = source.Array, g = gains.Array, u = upper.Array, d = dx, t = sums)
            {
                for (var block = from; block < to; block++)
                {
                    Lanes.Widest(new NormalizePullbackRows(s + source.Offset, g + gains.Offset, u + upper.Offset, d, t + (nint)2 * block * columns, moments,
                        block * RowsInBlock, Math.Min(rows, (block + 1) * RowsInBlock), columns, centred));
                }
            }
        });
        var totals = Tensor.Freeze((blocks, 2, columns), sums).Sum(0);
        return (Tensor.Freeze(Packed(packed), dx), totals[0], totals[1]);
    }

    readonly struct NormalizeRows(Real* x, Real* gain, Real* bias, Real* y, Moments[] moments, int from, int to, int columns, bool centred, Real epsilon) : ILaneWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<L>()
            where L : struct, ILanes<L>
        {
            for (var i = from; i < to; i++)
            {
                Real* row = x + (nint)i * columns, result = y + (nint)i * columns;
                var average = centred ? Rows.Sum<L>(row, columns) / columns : 0;
                var scale = 1 / Real.Sqrt(Rows.SumOfSquares<L>(row, average, columns) / columns + epsilon);
                moments[i] = new(average, scale);
                L mean = average, factor = scale;
                for (var j = 0; j < columns; j += L.Count)
                {
                    var left = columns - j;
                    var scaled = (Rows.Load<L>(row + j, left, 0) - mean) * factor * Rows.Load<L>(gain + j, left, 0);
                    Rows.Store(bias == null ? scaled : scaled + Rows.Load<L>(bias + j, left, 0), result + j, left);
                }
            }
        }
    }

    readonly struct NormalizePullbackRows(Real* x, Real* gain, Real* dy, Real* dx, Real* sums, Moments[] moments, int from, int to, int columns, bool centred) : ILaneWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<L>()
            where L : struct, ILanes<L>
        {
            for (var i = from; i < to; i++)
            {
                Real* row = x + (nint)i * columns, upper = dy + (nint)i * columns, result = dx + (nint)i * columns;
                L mean = moments[i].Mean, factor = moments[i].Scale, sum = 0, inner = 0;
                for (var j = 0; j < columns; j += L.Count)
                {
                    var left = columns - j;
                    var xhat = (Rows.Load<L>(row + j, left, moments[i].Mean) - mean) * factor;
                    var cotangent = Rows.Load<L>(upper + j, left, 0);
                    var g = cotangent * Rows.Load<L>(gain + j, left, 0);
                    sum += g;
                    L.AddProduct(ref inner, g, xhat);
                    Rows.Store(L.MultiplyAdd(cotangent, xhat, Rows.Load<L>(sums + j, left, 0)), sums + j, left);
                    Rows.Store(cotangent + Rows.Load<L>(sums + columns + j, left, 0), sums + columns + j, left);
                }

                L meanOfG = centred ? L.Sum(sum) / columns : 0, meanOfInner = L.Sum(inner) / columns;
                for (var j = 0; j < columns; j += L.Count)
                {
                    var left = columns - j;
                    var xhat = (Rows.Load<L>(row + j, left, 0) - mean) * factor;
                    var g = Rows.Load<L>(upper + j, left, 0) * Rows.Load<L>(gain + j, left, 0);
                    Rows.Store((g - meanOfG - xhat * meanOfInner) * factor, result + j, left);
                }
            }
        }
    }
}
