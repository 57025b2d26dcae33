using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>Cosines and sines of the angle by which each pair of numbers is turned at each place.</summary>
/// <param name="Cosines">Places × pairs.</param>
/// <param name="Sines">Places × pairs.</param>
/// <param name="Pairs">Pairs of numbers in a head.</param>
/// <param name="Neighbours">Whether a pair's numbers are neighbours, rather than half a head apart.</param>
sealed record Turns(Real[] Cosines, Real[] Sines, int Pairs, bool Neighbours)
{
    /// <summary>How many places there are.</summary>
    public int Places => Cosines.Length / Pairs;
}

/// <content>Pairs of numbers are turned by an angle.</content>
static unsafe partial class Kernels
{
    /// <summary>(x₁, x₂) ↦ (x₁ cos − x₂ sin, x₂ cos + x₁ sin) for the pairs of the first heads of every row; what follows them is copied.</summary>
    /// <param name="x">(…, T, numbers).</param>
    /// <param name="turns">The angles.</param>
    /// <param name="heads">How many heads at the beginning of a row are turned.</param>
    /// <param name="first">The place of the first row: of each sequence, or of all; none means 0.</param>
    /// <param name="back">Whether to turn by the opposite angles, which is the pullback.</param>
    public static Tensor Rotate(Tensor x, Turns turns, int heads, ImmutableArray<int> first, bool back)
    {
        var (rows, columns) = x.Shape.AsRows;
        var (places, packed) = (x.Shape.Sizes[^2], x.Packed());
        var source = packed.Storage;
        return Tensor.Freeze(Packed(packed), Results.Rows(rows, columns, (from, to, z) =>
        {
            fixed (Real* s = source.Array, cosines = turns.Cosines, sines = turns.Sines)
            {
                for (var i = from; i < to; i++, z += columns)
                {
                    var row = s + source.Offset + (nint)i * columns;
                    var angle = (nint)(First(i / places) + i % places) * turns.Pairs;
                    for (var h = 0; h < heads; h++)
                        Lanes.Widest(new Turn(row + h * 2 * turns.Pairs, cosines + angle, sines + angle, z + h * 2 * turns.Pairs, turns.Pairs, turns.Neighbours, back));
                    var rest = heads * 2 * turns.Pairs;
                    new ReadOnlySpan<Real>(row + rest, columns - rest).CopyTo(new(z + rest, columns - rest));
                }
            }
        }));

        int First(int sequence) => first.IsEmpty ? 0 : first[first.Length == 1 ? 0 : sequence];
    }

    readonly struct Turn(Real* x, Real* cosines, Real* sines, Real* z, int pairs, bool neighbours, bool back) : ILaneWork
    {
        public void Run<L>()
            where L : struct, ILanes<L>
        {
            var whole = neighbours ? 0 : Rows.Whole<L>(pairs);
            Part<L>(0, whole, 1, pairs);
            Part<Lanes1>(whole, pairs, neighbours ? 2 : 1, neighbours ? 1 : pairs);
        }

        /// <summary>Pairs that are a step apart, whose numbers are apart by another.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Part<L>(int from, int to, int step, int apart)
            where L : struct, ILanes<L>
        {
            for (var i = from; i < to; i += L.Count)
            {
                Real* a = x + i * step, turned = z + i * step;
                L x1 = L.Load(a), x2 = L.Load(a + apart), cosine = L.Load(cosines + i), sine = L.Load(sines + i);
                if (back)
                    sine = -sine;
                L.Store(L.MultiplyAdd(x1, cosine, -(x2 * sine)), turned);
                L.Store(L.MultiplyAdd(x2, cosine, x1 * sine), turned + apart);
            }
        }
    }
}
