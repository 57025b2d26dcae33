namespace Functional.Llm;

/// <summary>The scale of 32 numbers that are to become whole ones from −n − 1 to n.</summary>
/// <remarks>It is stored in 16 bits, rounded away from 0, and the codes are those of the scale as it is stored.</remarks>
static unsafe class GroupScale
{
    /// <summary>Scales that are tried, each a thirty-second part of the first larger than the one before.</summary>
    const int Tried = 4;

    /// <summary>The smallest scale at which no number is farther than half of it from its code's.</summary>
    /// <remarks>The larger of the two extremes is put on the side that has one code more: its sign is the scale's, turned.</remarks>
    public static Real Of(Real* numbers, int most)
    {
        Real least = 0, largest = 0;
        for (var i = 0; i < 32; i++)
        {
            least = Real.Min(least, numbers[i]);
            largest = Real.Max(largest, numbers[i]);
        }

        var (half, turned) = ((Real)0.5, largest > -least);
        var (large, small) = turned ? (largest, -least) : (-least, largest);
        var scale = BFloat16.AwayFromZero(Real.Max(Real.Max(large / (most + 1 + half), small / (most + half)), large > 0 ? Real.Epsilon : 0));
        return turned ? -scale : scale;
    }

    /// <summary>Of some scales at which that holds, the one at which the squares of all differences have the smallest sum.</summary>
    public static Real Best(Real* numbers, int most)
    {
        var least = Of(numbers, most);
        var (best, smallest) = (least, Real.PositiveInfinity);
        for (var t = 0; t < Tried; t++)
        {
            var scale = BFloat16.AwayFromZero(least * (1 + (Real)t / 32));
            Real sum = 0;
            for (var i = 0; i < 32; i++)
            {
                var difference = numbers[i] - scale * Code(numbers[i], scale, most);
                sum += difference * difference;
            }

            if (sum < smallest)
                (best, smallest) = (scale, sum);
        }

        return best;
    }

    /// <summary>The nearest code.</summary>
    public static int Code(Real number, Real scale, int most) => scale == 0 ? 0 : Math.Clamp((int)Real.Round(number / scale), -most - 1, most);
}
