namespace Functional.Llm.Tests;

/// <summary>The tensor that the library's is measured against: a shape, a list of doubles, and a loop over all indices for every operation.</summary>
/// <remarks>It knows neither strides nor views. Every operation says for each index of the result where it comes from.</remarks>
sealed class NaiveTensor(int[] shape, double[] data)
{
    public int[] Shape => shape;

    public double[] Data => data;

    public int Rank => shape.Length;

    public double this[int[] index] => data[Flat(shape, index)];

    /// <summary>The tensor whose element at every index is a function of the index.</summary>
    public static NaiveTensor Build(int[] shape, Func<int[], double> at) => new(shape, [.. Indices(shape).Select(at)]);

    /// <summary>All indices of a shape, the last axis fastest.</summary>
    public static IEnumerable<int[]> Indices(int[] shape)
    {
        var count = shape.Aggregate(1, (n, size) => n * size);
        for (var place = 0; place < count; place++)
        {
            var index = new int[shape.Length];
            for (int axis = shape.Length - 1, rest = place; axis >= 0; rest /= shape[axis], axis--)
                index[axis] = rest % shape[axis];
            yield return index;
        }
    }

    static int Flat(int[] shape, int[] index) => Enumerable.Range(0, shape.Length).Aggregate(0, (flat, axis) => flat * shape[axis] + index[axis]);

    public NaiveTensor Map(Func<double, double> f) => new(shape, [.. data.Select(f)]);

    public NaiveTensor Reshape(int[] to) => new(to, data);

    public NaiveTensor Permute(int[] axes) => Build([.. axes.Select(a => shape[a])], index =>
    {
        var source = new int[Rank];
        for (var i = 0; i < Rank; i++)
            source[axes[i]] = index[i];
        return this[source];
    });

    /// <summary>Along every axis the listed places; an axis with no list but one place is dropped.</summary>
    public NaiveTensor Select(int[][] places, bool[] dropped)
    {
        var kept = Enumerable.Range(0, Rank).Where(axis => !dropped[axis]).ToArray();
        return Build([.. kept.Select(axis => places[axis].Length)], index =>
        {
            var source = places.Select(p => p.Length > 0 ? p[0] : 0).ToArray();
            for (var i = 0; i < kept.Length; i++)
                source[kept[i]] = places[kept[i]][index[i]];
            return this[source];
        });
    }

    public NaiveTensor BroadcastTo(int[] to) =>
        Build(to, index => this[[.. index.Skip(to.Length - Rank).Select((place, axis) => shape[axis] == 1 ? 0 : place)]]);

    /// <summary>NumPy's rule, straight from its definition.</summary>
    public static int[] Broadcast(int[] left, int[] right)
    {
        var rank = Math.Max(left.Length, right.Length);
        int[] Padded(int[] s) => [.. Enumerable.Repeat(1, rank - s.Length), .. s];
        return [.. Padded(left).Zip(Padded(right), (a, b) => a == 1 ? b : a)];
    }

    public static NaiveTensor Zip(NaiveTensor x, NaiveTensor y, Func<double, double, double> f)
    {
        var to = Broadcast(x.Shape, y.Shape);
        var (wide, other) = (x.BroadcastTo(to), y.BroadcastTo(to));
        return new(to, [.. wide.Data.Zip(other.Data, f)]);
    }

    public static NaiveTensor Concatenate(int axis, NaiveTensor[] parts)
    {
        int[] to = [.. parts[0].Shape.Select((size, a) => a == axis ? parts.Sum(p => p.Shape[axis]) : size)];
        return Build(to, index =>
        {
            var (part, place) = (0, index[axis]);
            while (place >= parts[part].Shape[axis])
                place -= parts[part++].Shape[axis];
            return parts[part][[.. index.Select((i, a) => a == axis ? place : i)]];
        });
    }

    public static NaiveTensor Stack(int axis, NaiveTensor[] parts) =>
        Build([.. parts[0].Shape[..axis], parts.Length, .. parts[0].Shape[axis..]], index => parts[index[axis]][[.. index[..axis], .. index[(axis + 1)..]]]);

    /// <summary>A function of the elements along some axes, in row-major order.</summary>
    public NaiveTensor Reduce(int[] axes, bool keep, Func<double[], double> f)
    {
        int[] within = [.. axes.Order()];
        int[] kept = [.. Enumerable.Range(0, Rank).Except(within)];
        var reduced = Build([.. kept.Select(a => shape[a])], outer => f([.. Indices([.. within.Select(a => shape[a])]).Select(inner =>
        {
            var source = new int[Rank];
            for (var i = 0; i < kept.Length; i++)
                source[kept[i]] = outer[i];
            for (var i = 0; i < within.Length; i++)
                source[within[i]] = inner[i];
            return this[source];
        })]));
        return keep ? reduced.Reshape([.. shape.Select((size, a) => within.Contains(a) ? 1 : size)]) : reduced;
    }

    /// <summary>The product of matrices of two or more axes; the axes before the last two broadcast.</summary>
    public static NaiveTensor MatMul(NaiveTensor x, NaiveTensor y, Func<double[], double> sum)
    {
        var batch = Broadcast(x.Shape[..^2], y.Shape[..^2]);
        var (a, b) = (x.BroadcastTo([.. batch, .. x.Shape[^2..]]), y.BroadcastTo([.. batch, .. y.Shape[^2..]]));
        return Build([.. batch, x.Shape[^2], y.Shape[^1]], index =>
            sum([.. Enumerable.Range(0, x.Shape[^1]).Select(k => a[[.. index[..^1], k]] * b[[.. index[..^2], k, index[^1]]])]));
    }

    /// <summary>A sum that keeps what addition rounds away (Neumaier 1974).</summary>
    public static double Sum(double[] terms)
    {
        double sum = 0, lost = 0;
        foreach (var term in terms)
        {
            var next = sum + term;
            lost += Math.Abs(sum) >= Math.Abs(term) ? sum - next + term : term - next + sum;
            sum = next;
        }

        return double.IsFinite(sum) ? sum + lost : terms.Sum();
    }
}
