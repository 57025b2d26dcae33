using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>The pullback of causal attention, for panels of keys as wide as two vectors; weights are computed again from the logarithms of their sums (Dao et al. 2022).</summary>
/// <remarks>
/// With P the weights, S the scores and δᵢ = Σ ȳᵢ yᵢ: v̄ = Pᵀȳ, P̄ = ȳ vᵀ, S̄ = P (P̄ − δ)/√D, q̄ = S̄ k, k̄ = S̄ᵀq. A group's heads are done
/// one after the other, and so are blocks of queries, which stay in the second-level cache with what belongs to them.
/// </remarks>
static unsafe class AttentionBackward
{
    /// <summary>Queries whose weights with a panel of keys are computed together.</summary>
    const int Block = 240;

    /// <summary>The cotangent of the input, from that of the output, the input, the output and the logarithms of its sums.</summary>
    public static Real[] Pull((Real[] Array, int Offset) cotangent, (Real[] Array, int Offset) input, Real[] output, Real[] logSums, AttentionSizes sizes, AttentionDropout? dropout)
    {
        var result = Arrays.Uninitialized(sizes.Batch * sizes.Time * sizes.Row);
        Workers.For(sizes.Batch * sizes.Groups, group =>
        {
            fixed (Real* dy = cotangent.Array, x = input.Array, y = output, logs = logSums, dx = result)
                Lanes.Widest(new Group(sizes, dropout, group, dy + cotangent.Offset, x + input.Offset, y, logs, dx));
        });
        return result;
    }

    readonly struct Group(AttentionSizes sizes, AttentionDropout? dropout, int group, Real* cotangent, Real* input, Real* output, Real* logSums, Real* result) : ILaneWork
    {
        public void Run<L>()
            where L : struct, ILanes<L>
        {
            var (T, D, row) = (sizes.Time, sizes.Size, sizes.Row);
            var (b, g) = Math.DivRem(group, sizes.Groups);
            var (heads, panel) = (sizes.Heads / sizes.Groups, 2 * L.Count);
            var (wide, high, padded) = (AttentionSizes.UpTo(T, panel), AttentionSizes.UpTo(D, L.Rows), AttentionSizes.UpTo(D, panel));
            var block = AttentionSizes.UpTo(Math.Min(T, Block), L.Rows);
            var scratch = Scratch.ForLeft((long)wide * (2 * D + padded + 2 * high) + (long)block * (4 * D + padded + 2 * panel + 1) + 2 * high + panel * D);
            fixed (Real* memory = scratch.Array)
            {
                Real* keyPanels = memory + scratch.Offset, valuePanels = keyPanels + (nint)wide * D, keyRows = valuePanels + (nint)wide * D;
                Real* dKeys = keyRows + (nint)wide * padded, dValues = dKeys + (nint)wide * high, rest = dValues + (nint)wide * high;
                var x = input + (nint)b * T * row;
                Panels.CopyRows<L>(x + sizes.ValueAt(g), row, T, D, keyRows, padded);
                Packing.Pack(keyRows, padded, 1, T, panel, D, valuePanels);
                new Span<Real>(keyRows, T * padded).Clear();
                Panels.CopyRows<L>(x + sizes.KeyAt(g), row, T, D, keyRows, padded);
                Packing.Pack(keyRows, padded, 1, T, panel, D, keyPanels);
                new Span<Real>(dKeys, 2 * wide * high).Clear();
                for (var h = g * heads; h < (g + 1) * heads; h++)
                {
                    for (var first = 0; first < T; first += Block)
                        Queries<L>(b * sizes.Heads + h, first, Math.Min(Block, T - first), keyPanels, valuePanels, keyRows, dKeys, dValues, rest);
                }

                var dx = result + (nint)b * T * row;
                for (var first = 0; first < T; first += panel)
                {
                    WriteRows<L>(dKeys + (nint)first * high, panel, Math.Min(panel, T - first), rest, dx + (nint)first * row + sizes.KeyAt(g));
                    WriteRows<L>(dValues + (nint)first * high, panel, Math.Min(panel, T - first), rest, dx + (nint)first * row + sizes.ValueAt(g));
                }
            }
        }

        /// <summary>A panel whose columns are places, as rows of the result.</summary>
        void WriteRows<L>(Real* sums, int panel, int count, Real* rows, Real* to)
            where L : struct, ILanes<L>
        {
            Packing.Pack(sums, panel, 1, sizes.Size, sizes.Size, count, rows);
            Panels.CopyRows<L>(rows, sizes.Size, count, sizes.Size, to, sizes.Row);
        }

        /// <summary>q̄ of some queries of a head, and what they add to k̄ and v̄.</summary>
        void Queries<L>(int head, int first, int count, Real* keyPanels, Real* valuePanels, Real* keyRows, Real* dKeys, Real* dValues, Real* memory)
            where L : struct, ILanes<L>
        {
            var (T, D, row) = (sizes.Time, sizes.Size, sizes.Row);
            var (b, h) = Math.DivRem(head, sizes.Heads);
            var (panel, rows) = (2 * L.Count, AttentionSizes.UpTo(count, L.Rows));
            var (high, padded) = (AttentionSizes.UpTo(D, L.Rows), AttentionSizes.UpTo(D, panel));
            Real* queryPanels = memory, upperPanels = queryPanels + (nint)rows * D, queryRows = upperPanels + (nint)rows * D;
            Real* upperRows = queryRows + (nint)rows * D + high, dQueries = upperRows + (nint)rows * D + high;
            Real* weights = dQueries + (nint)rows * padded, scores = weights + (nint)rows * panel, inner = scores + (nint)rows * panel;
            var place = (nint)b * T + first;
            Real* q = input + place * row + sizes.QueryAt(h), dy = cotangent + place * sizes.Output + sizes.QueryAt(h);
            Panels.CopyRows<L>(q, row, count, D, queryRows, D);
            Panels.CopyRows<L>(dy, sizes.Output, count, D, upperRows, D);
            Packing.Pack(queryRows, D, 1, count, L.Rows, D, queryPanels);
            Packing.Pack(upperRows, D, 1, count, L.Rows, D, upperPanels);
            var y = output + place * sizes.Output + sizes.QueryAt(h);
            for (var i = 0; i < count; i++, y += sizes.Output)
            {
                Panels.Fetch(y, sizes.Output, D);
                inner[i] = Rows.Dot<L>(upperRows + (nint)i * D, y, D);
            }

            new Span<Real>(dQueries, rows * padded).Clear();

            for (var key = Math.Max(0, first - sizes.Window + 1) / panel * panel; key < first + count; key += panel)
            {
                // Queries of the block that see a key of the panel, in whole tiles.
                var from = Math.Max(0, key - first) / L.Rows * L.Rows;
                var to = Math.Min(count, (int)Math.Min(count, (long)key + panel - 1 + sizes.Window - first));
                Real* keyPanel = keyPanels + (nint)key * D, valuePanel = valuePanels + (nint)key * D;
                for (var i = from; i < to; i += L.Rows)
                {
                    Tile.Multiply<L, N1>(L.Rows, D, queryPanels + (nint)i * D, L.Rows, keyPanel, panel, null, 0, weights + i * panel, panel, keyPanel);
                    Tile.Multiply<L, N1>(L.Rows, D, upperPanels + (nint)i * D, L.Rows, valuePanel, panel, null, 0, scores + i * panel, panel, keyPanel);
                }

                for (var i = from; i < to; i++)
                    Scores<L>(head, first + i, key, logSums[(nint)head * T + first + i], inner[i], weights + i * panel, scores + i * panel);
                new Span<Real>(scores + to * panel, (AttentionSizes.UpTo(to, L.Rows) - to) * panel).Clear();
                for (var i = 0; i < D; i += L.Rows)
                {
                    Real* dv = dValues + (nint)key * high + i * panel, dk = dKeys + (nint)key * high + i * panel;
                    Tile.Multiply<L, N1>(Math.Min(L.Rows, D - i), to - from, upperRows + (nint)from * D + i, D, weights + from * panel, panel, dv, panel, dv, panel, dv);
                    Tile.Multiply<L, N1>(Math.Min(L.Rows, D - i), to - from, queryRows + (nint)from * D + i, D, scores + from * panel, panel, dk, panel, dk, panel, dk);
                }

                for (var i = from; i < to; i += L.Rows)
                {
                    for (var j = 0; j < padded; j += panel)
                    {
                        var dq = dQueries + (nint)i * padded + j;
                        Tile.Multiply<L, TwoVectors<L>>(L.Rows, Math.Min(panel, T - key), scores + i * panel, 1, keyRows + (nint)key * padded + j, padded, dq, padded, dq, padded, dq);
                    }
                }
            }

            Panels.CopyRows<L>(dQueries, padded, count, D, result + place * row + sizes.QueryAt(h), row);
        }

        /// <summary>A row of q kᵀ becomes weights, and a row of ȳ vᵀ the cotangents of scores.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Scores<L>(int head, int query, int key, Real logSum, Real inner, Real* weights, Real* scores)
            where L : struct, ILanes<L>
        {
            var panel = 2 * L.Count;
            var masked = key + panel - 1 > query || key <= query - sizes.Window;
            Span<bool> kept = stackalloc bool[dropout is null ? 0 : panel];
            dropout?.Kept(sizes, head, query, key, kept);
            L scale = sizes.Scale;
            var raise = stackalloc Real[L.Count];
            for (var half = 0; half < panel; half += L.Count)
            {
                var weight = Elementary.Exp(L.MultiplyAdd(L.Load(weights + half), scale, -logSum));
                if (masked)
                {
                    var place = Panels.Indices<L>() + (Real)(key + half);
                    weight = L.WhereLess((Real)query, place, 0, L.WhereLess(place, (Real)query - sizes.Window + 1, 0, weight));
                }

                L slope = L.Load(scores + half), dropped = weight;
                if (dropout is { } d)
                {
                    for (var i = 0; i < L.Count; i++)
                        raise[i] = kept[half + i] ? d.Raise : 0;
                    (slope, dropped) = (slope * L.Load(raise), weight * L.Load(raise));
                }

                L.Store(dropped, weights + half);
                L.Store(weight * (slope - inner) * scale, scores + half);
            }
        }
    }
}
