using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>Skip-gram's updates in place, on rows alone: a block touches few rows of two large tables.</summary>
/// <remarks>
/// A block's gradients are all taken at the parameters before it. Centres are done in parts of fixed size, with matrix products against the
/// shared negatives; then each row is summed up and updated by one thread, in a fixed order.
/// The rule is gradient descent on the sum over the pairs, as in word2vec: a row that more pairs of a block share takes a longer step.
/// </remarks>
sealed unsafe class SkipGramDescent
{
    const int Part = 128;
    const int RowsAtOnce = 64;

    readonly int width;
    readonly Real[] centre;
    readonly Real[] context;
    Real[] v = [], u = [], s = [], dv = [], du = [], pull = [], losses = [];

    /// <summary>Updates of two tables with rows of <paramref name="width"/> numbers, which nobody else writes to meanwhile.</summary>
    public SkipGramDescent(Real[] centre, Real[] context, int width) => (this.centre, this.context, this.width) = (centre, context, width);

    /// <summary>One update; the loss before it, summed over the pairs, where it is asked for, else 0.</summary>
    public Real Step(SkipGramBlock block, Real rate, bool measure = false)
    {
        var (centres, negatives, parts) = (block.Centres.Length, block.Negatives.Length, (block.Centres.Length + Part - 1) / Part);
        Reserve(ref v, centres * width);
        Reserve(ref dv, centres * width);
        Reserve(ref s, centres * negatives);
        Reserve(ref u, negatives * width);
        Reserve(ref du, parts * negatives * width);
        Reserve(ref pull, block.Contexts.Length);
        Reserve(ref losses, parts);
        for (var j = 0; j < negatives; j++)
            context.AsSpan(block.Negatives[j] * width, width).CopyTo(u.AsSpan(j * width));

        Workers.For(parts, part => Lanes.Widest(new Gradients(this, block, part, measure)));
        var rowParts = (block.Vocabulary + RowsAtOnce - 1) / RowsAtOnce;
        Workers.For(2 * rowParts, part => Lanes.Widest(new Updates(this, block, IsContext: part < rowParts, part % rowParts * RowsAtOnce, rate)));

        Real loss = 0;
        for (var part = 0; part < parts && measure; part++)
            loss += losses[part];
        return loss;
    }

    static void Reserve(ref Real[] array, int length)
    {
        if (array.Length < length)
            array = new Real[length];
    }

    /// <summary>The gradients of a part of the centres, and what the part adds to those of the negatives.</summary>
    readonly record struct Gradients(SkipGramDescent All, SkipGramBlock Block, int Part, bool Measure) : ILaneWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<L>()
            where L : struct, ILanes<L>
        {
            var (from, to) = (Part * SkipGramDescent.Part, Math.Min(Block.Centres.Length, (Part + 1) * SkipGramDescent.Part));
            var (width, negatives, rows) = (All.width, Block.Negatives.Length, to - from);
            for (var i = from; i < to; i++)
                All.centre.AsSpan(Block.Centres[i] * width, width).CopyTo(All.v.AsSpan(i * width));
            var v = new Matrix(All.v, from * width, width, 1);
            var s = new Matrix(All.s, from * negatives, negatives, 1);
            var u = new Matrix(All.u, 0, width, 1);
            Kernels.Multiply(rows, negatives, width, v, new(All.u, 0, 1, width), s, null);
            Real loss = 0;
            fixed (Real* scores = All.s, contexts = All.context, centres = All.v, gradients = All.dv, pull = All.pull)
            {
                for (var i = from; i < to; i++)
                    loss += Push<L>(scores + i * negatives, Block.NegativeWeight * (Block.Starts[i + 1] - Block.Starts[i]), negatives);
                Kernels.Multiply(rows, width, negatives, s, u, new(All.dv, from * width, width, 1), null);
                Kernels.Multiply(negatives, width, rows, s with { Row = 1, Column = negatives }, v, new(All.du, Part * negatives * width, width, 1), null);
                for (var i = from; i < to; i++)
                {
                    for (var k = Block.Starts[i]; k < Block.Starts[i + 1]; k++)
                    {
                        var row = contexts + (nint)Block.Contexts[k] * width;
                        var score = Rows.Dot<L>(centres + i * width, row, width);
                        pull[k] = -Elementary.Sigmoid<Lanes1>(-score);
                        AddTo<L>(gradients + i * width, pull[k], row, width);
                        if (Measure)
                            loss += Elementary.Softplus<Lanes1>(-score);
                    }
                }
            }

            All.losses[Part] = loss;
        }

        /// <summary>Scores of negatives become the cotangents weight · σ(s); their loss, where it is asked for.</summary>
        Real Push<L>(Real* scores, Real weight, int count)
            where L : struct, ILanes<L>
        {
            Real loss = 0;
            for (var j = 0; j < count && Measure; j++)
                loss += weight * Elementary.Softplus<Lanes1>(scores[j]);
            var whole = Rows.Whole<L>(count);
            for (var j = 0; j < whole; j += L.Count)
                L.Store(Elementary.Sigmoid(L.Load(scores + j)) * weight, scores + j);
            for (var j = whole; j < count; j++)
                scores[j] = weight * Elementary.Sigmoid<Lanes1>(scores[j]);
            return loss;
        }
    }

    /// <summary>The sums and the updates of some rows of one table.</summary>
    readonly record struct Updates(SkipGramDescent All, SkipGramBlock Block, bool IsContext, int From, Real Rate) : ILaneWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<L>()
            where L : struct, ILanes<L>
        {
            var (width, groups) = (All.width, IsContext ? Block.ByContext : Block.ByCentre);
            var sum = stackalloc Real[width];
            fixed (Real* rows = IsContext ? All.context : All.centre, v = All.v, dv = All.dv, du = All.du)
            {
                for (var row = From; row < Math.Min(groups.Rows, From + RowsAtOnce); row++)
                {
                    if (groups[row].IsEmpty)
                        continue;
                    new Span<Real>(sum, width).Clear();
                    foreach (var place in groups[row])
                    {
                        if (!IsContext)
                            AddTo<L>(sum, 1, dv + place * width, width);
                        else if (place < Block.Contexts.Length)
                            AddTo<L>(sum, All.pull[place], v + Block.CentreOfPair[place] * width, width);
                        else
                            AddPartsTo<L>(sum, du + (place - Block.Contexts.Length) * width);
                    }

                    AddTo<L>(rows + (nint)row * width, -Rate, sum, width);
                }
            }
        }

        void AddPartsTo<L>(Real* sum, Real* du)
            where L : struct, ILanes<L>
        {
            for (var part = 0; part * Part < Block.Centres.Length; part++, du += Block.Negatives.Length * All.width)
                AddTo<L>(sum, 1, du, All.width);
        }
    }

    /// <summary>y ← y + a x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddTo<L>(Real* y, Real a, Real* x, int count)
        where L : struct, ILanes<L>
    {
        L scale = a;
        var whole = Rows.Whole<L>(count);
        for (var i = 0; i < whole; i += L.Count)
            L.Store(L.MultiplyAdd(scale, L.Load(x + i), L.Load(y + i)), y + i);
        for (var i = whole; i < count; i++)
            y[i] = Lanes1.MultiplyAdd(a, x[i], y[i]);
    }
}
