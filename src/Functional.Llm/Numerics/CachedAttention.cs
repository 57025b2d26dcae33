namespace Functional.Llm;

/// <summary>The queries of some places: rows of H queries, and what follows them.</summary>
readonly record struct CachedQueries(Real[] Array, int Offset, int Row, int Count, int Heads);

/// <summary>Keys and values in pages, of which the first are dropped: G rows of keys from <paramref name="First"/> on, then G of values.</summary>
readonly record struct CachedPlaces(ImmutableArray<CachePage> Pages, int Dropped, int Length, int First, int Groups, int Size, int Window);

/// <summary>y = softmax(q kᵀ/√D) v for a few queries, each of which looks at all keys before it: those of a group are read once for all heads of it.</summary>
static unsafe class CachedAttention
{
    /// <summary>Numbers of keys and values that are worth a thread's while.</summary>
    const long Share = 1 << 15;

    /// <summary>y (n, H D) of the last n places.</summary>
    public static Real[] Attend(CachedQueries queries, CachedPlaces places)
    {
        var y = Arrays.Uninitialized(queries.Count * queries.Heads * places.Size);
        var all = queries.Count * places.Groups;
        var atOnce = (int)Math.Clamp(Share / Math.Max(1, 2L * places.Length * places.Size), 1, all);
        Workers.For((all + atOnce - 1) / atOnce, part =>
        {
            fixed (Real* q = queries.Array, to = y)
            {
                for (var i = part * atOnce; i < Math.Min(all, (part + 1) * atOnce); i++)
                    Lanes.Widest(new Query(queries, places, i / places.Groups, i % places.Groups, q + queries.Offset, to));
            }
        });
        return y;
    }

    /// <summary>The heads of one group at one place.</summary>
    readonly struct Query(CachedQueries queries, CachedPlaces places, int at, int group, Real* input, Real* output) : ILaneWork
    {
        int Heads => queries.Heads / places.Groups;

        public void Run<L>()
            where L : struct, ILanes<L>
        {
            var (D, place) = (places.Size, places.Length - queries.Count + at);
            var from = Math.Max(0, (long)place - places.Window + 1);
            var count = (int)(place + 1 - from);
            var scratch = Scratch.ForLeft((long)Heads * count);
            fixed (Real* memory = scratch.Array)
            {
                var scores = memory + scratch.Offset;
                Scores<L>((int)from, place, input + (nint)at * queries.Row + group * Heads * D, scores, count);
                var y = output + ((nint)at * queries.Heads + group * Heads) * D;
                new Span<Real>(y, Heads * D).Clear();
                var sums = stackalloc Real[Heads];
                for (var h = 0; h < Heads; h++)
                    sums[h] = Weights<L>(scores + (nint)h * count, count);
                for (var (p, done) = ((int)from, 0); p <= place; p += done)
                {
                    done = Math.Min(CachePage.Slots - p % CachePage.Slots, place + 1 - p);
                    fixed (Real* values = Page(p, places.Groups))
                    {
                        for (var h = 0; h < Heads; h++)
                            AddMean<L>(scores + (nint)h * count + (p - (int)from), done, values, y + h * D);
                    }
                }

                for (var i = 0; i < Heads * D; i++)
                    y[i] /= sums[i / D];
            }
        }

        /// <summary>The key or the value of a place, and those behind it in its page.</summary>
        Span<Real> Page(int place, int row)
        {
            var page = places.Pages[place / CachePage.Slots - places.Dropped];
            return page.Elements.AsSpan(page.At(places.First + row + group) + place % CachePage.Slots * places.Size);
        }

        void Scores<L>(int from, int place, Real* q, Real* scores, int count)
            where L : struct, ILanes<L>
        {
            for (var (p, done) = (from, 0); p <= place; p += done)
            {
                done = Math.Min(CachePage.Slots - p % CachePage.Slots, place + 1 - p);
                fixed (Real* keys = Page(p, 0))
                {
                    for (var (h, some) = (0, 0); h < Heads; h += some)
                    {
                        some = Math.Min(8, 1 << (31 - System.Numerics.BitOperations.LeadingZeroCount((uint)(Heads - h))));
                        DotProducts.Multiply<L>(some, done, places.Size, q + h * places.Size, keys, places.Size, scores + (nint)h * count + (p - from), count);
                    }
                }
            }
        }

        /// <summary>Scores become weights, but for their sum, which is returned.</summary>
        Real Weights<L>(Real* scores, int count)
            where L : struct, ILanes<L>
        {
            var scale = 1 / Real.Sqrt(places.Size);
            for (var i = 0; i < count; i++)
                scores[i] *= scale;
            return Rows.ExpAndSum<L>(scores, Rows.Largest<L>(scores, count), scores, count);
        }

        /// <summary>y += Σ wᵢ vᵢ.</summary>
        void AddMean<L>(Real* weights, int count, Real* values, Real* y)
            where L : struct, ILanes<L>
        {
            var whole = Rows.Whole<L>(places.Size);
            for (var d = 0; d < whole; d += L.Count)
            {
                var sum = L.Load(y + d);
                for (var i = 0; i < count; i++)
                    L.AddProduct(ref sum, weights[i], L.Load(values + (nint)i * places.Size + d));
                L.Store(sum, y + d);
            }

            for (var d = whole; d < places.Size; d++)
            {
                for (var i = 0; i < count; i++)
                    y[d] += weights[i] * values[(nint)i * places.Size + d];
            }
        }
    }
}
