using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>y = softmax(q kᵀ/√D) v, head by head, for as many queries at a time as two vectors have lanes (after Dao et al. 2022).</summary>
/// <remarks>
/// Scores are computed as kᵀ-rows of queries: column sums are then sums of vectors, and the weights lie as the next product reads them.
/// Nothing of size T × T is made: for a panel of queries, the weights of all keys that it sees.
/// </remarks>
static unsafe class AttentionForward
{
    /// <summary>y (B, T, H D), and ln Σ e^(scores) of every head and place, (B, H, T).</summary>
    public static (Real[] Value, Real[] LogSums) Attend(Real[] input, int offset, AttentionSizes sizes, AttentionDropout? dropout)
    {
        var y = Arrays.Uninitialized(sizes.Batch * sizes.Time * sizes.Output);
        var logSums = Arrays.Uninitialized(sizes.Batch * sizes.Heads * sizes.Time);
        Workers.For(sizes.Batch * sizes.Heads, head =>
        {
            fixed (Real* x = input, to = y, logs = logSums)
                Lanes.Widest(new Head(sizes, dropout, head, x + offset, to, logs));
        });
        return (y, logSums);
    }

    readonly struct Head(AttentionSizes sizes, AttentionDropout? dropout, int head, Real* input, Real* output, Real* logSums) : ILaneWork
    {
        public void Run<L>()
            where L : struct, ILanes<L>
        {
            var (T, D, row) = (sizes.Time, sizes.Size, sizes.Row);
            var (b, h) = Math.DivRem(head, sizes.Heads);
            var (panel, group) = (2 * L.Count, h / (sizes.Heads / sizes.Groups));
            var (keyRows, outRows) = (AttentionSizes.UpTo(T, L.Rows), AttentionSizes.UpTo(D, L.Rows));
            var scratch = Scratch.ForLeft((long)keyRows * D + (long)T * D + outRows + panel * (2 * D + keyRows + outRows));
            Real* inverse = stackalloc Real[panel], logs = stackalloc Real[panel];
            fixed (Real* memory = scratch.Array)
            {
                Real* keys = memory + scratch.Offset, queries = keys + (nint)keyRows * D, scores = queries + panel * D;
                Real* sums = scores + (nint)keyRows * panel, results = sums + outRows * panel, values = results + panel * D;
                var x = input + (nint)b * T * row;
                Panels.CopyRows<L>(x + sizes.KeyAt(group), row, T, D, values, D);
                Packing.Pack(values, D, 1, T, L.Rows, D, keys);
                Panels.CopyRows<L>(x + sizes.ValueAt(group), row, T, D, values, D);
                for (var first = 0; first < T; first += panel)
                {
                    var count = Math.Min(panel, T - first);
                    var (from, to) = (Math.Max(0, first - sizes.Window + 1) / L.Rows * L.Rows, first + count);
                    Panels.CopyRows<L>(x + (nint)first * row + sizes.QueryAt(h), row, count, D, results, D);
                    Packing.Pack(results, D, 1, count, panel, D, queries);
                    for (var k = from; k < to; k += L.Rows)
                        Tile.Multiply<L, N1>(L.Rows, D, keys + (nint)k * D, L.Rows, queries, panel, null, 0, scores + (nint)(k - from) * panel, panel, queries);
                    Softmax<L>(scores, first, from, to, inverse, logs);
                    new Span<Real>(logs, count).CopyTo(new(logSums + (nint)head * T + first, count));
                    if (dropout is { } d)
                        Drop(d, scores, first, count, from, to, panel);
                    for (var i = 0; i < D; i += L.Rows)
                        Tile.Multiply<L, N1>(Math.Min(L.Rows, D - i), to - from, values + (nint)from * D + i, D, scores, panel, null, 0, sums + i * panel, panel, sums);
                    Panels.Multiply<L>(sums, inverse, D);
                    Packing.Pack(sums, panel, 1, D, D, count, results);
                    Panels.CopyRows<L>(results, D, count, D, output + ((nint)b * T + first) * sizes.Output + sizes.QueryAt(h), sizes.Output);
                }
            }
        }

        /// <summary>Columns of scores become e^(score − largest); the inverse of their sum is what the result has to be multiplied by.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Softmax<L>(Real* scores, int first, int from, int to, Real* inverse, Real* logs)
            where L : struct, ILanes<L>
        {
            var panel = 2 * L.Count;
            for (var half = 0; half < panel; half += L.Count)
            {
                L place = Panels.Indices<L>() + (Real)(first + half), scale = sizes.Scale;
                L earliest = place - (Real)sizes.Window + 1, largest = Real.NegativeInfinity, sum = 0;
                for (var k = from; k < to; k++)
                {
                    var at = scores + (nint)(k - from) * panel + half;
                    var score = L.Load(at);
                    if (k > first || k <= first + panel - sizes.Window)
                    {
                        score = L.WhereLess(place, (Real)k, Real.NegativeInfinity, L.WhereLess((Real)k, earliest, Real.NegativeInfinity, score));
                        L.Store(score, at);
                    }

                    largest = L.Max(largest, score);
                }

                for (var k = from; k < to; k++)
                {
                    var at = scores + (nint)(k - from) * panel + half;
                    var weight = Elementary.Exp((L.Load(at) - largest) * scale);
                    sum += weight;
                    L.Store(weight, at);
                }

                L raise = dropout?.Raise ?? 1;
                L.Store(raise / sum, inverse + half);
                L.Store(L.MultiplyAdd(largest, scale, Elementary.Log(sum)), logs + half);
            }
        }

        void Drop(AttentionDropout dropout, Real* scores, int first, int count, int from, int to, int panel)
        {
            var kept = to - from <= 1024 ? stackalloc bool[to - from] : new bool[to - from];
            for (var i = 0; i < count; i++)
            {
                dropout.Kept(sizes, head, first + i, from, kept);
                for (var k = 0; k < kept.Length; k++)
                    scores[(nint)k * panel + i] = kept[k] ? scores[(nint)k * panel + i] : 0;
            }
        }
    }
}
