namespace Functional.Llm.Tests;

/// <content>Views of views: a random chain that ends at a wanted shape, built backwards from that shape.</content>
sealed partial class Case
{
    /// <summary>A tensor of a shape, seen through up to four random views.</summary>
    public Pair View(int[] shape, Func<double>? number = null) => View(shape, Draw.Int(0, 4), number ?? Number);

    Pair View(int[] shape, int depth, Func<double> number)
    {
        if (depth == 0)
            return Fresh(shape, number);
        var step = Draw.OneOf(Permuted, Transposed, Sliced, Sliced, Broadcast, Reshaped, Unsqueezed, Squeezed);
        return step(shape, s => View(s, depth - 1, number));
    }

    Pair Permuted(int[] shape, Func<int[], Pair> before)
    {
        var axes = Shuffled(shape.Length);
        var source = new int[shape.Length];
        for (var i = 0; i < axes.Length; i++)
            source[axes[i]] = shape[i];
        var x = before(source);
        int[] named = [.. axes.Select(a => MaybeFromEnd(a, shape.Length))];
        Note($"  .Permute({string.Join(", ", named)})");
        return new(x.Tensor.Permute(named), x.Naive.Permute(axes));
    }

    Pair Transposed(int[] shape, Func<int[], Pair> before)
    {
        if (shape.Length < 2)
            return before(shape);
        var last = Draw.Coin();
        var (a, b) = last ? (shape.Length - 2, shape.Length - 1) : (Draw.Int(0, shape.Length - 1), Draw.Int(0, shape.Length - 1));
        int[] axes = [.. Enumerable.Range(0, shape.Length)];
        (axes[a], axes[b]) = (b, a);
        var x = before([.. axes.Select(axis => shape[axis])]);
        Note(last ? "  .T" : $"  .Transpose({a}, {b})");
        return new(last ? x.Tensor.T : x.Tensor.Transpose(a, MaybeFromEnd(b, shape.Length)), x.Naive.Permute(axes));
    }

    Pair Sliced(int[] shape, Func<int[], Pair> before)
    {
        List<(int Size, Slice Slice, int[] Places, bool Dropped, string Text)> cuts = [.. shape.Select(Cut)];
        if (shape.Length < 5 && Draw.Coin())
            cuts.Insert(Draw.Int(0, shape.Length), Place());
        if (cuts.Aggregate(1L, (n, cut) => n * cut.Size) > 3000)
            return before(shape);
        var x = before([.. cuts.Select(cut => cut.Size)]);
        Note($"  [{string.Join(", ", cuts.Select(cut => cut.Text))}]");
        return new(x.Tensor[[.. cuts.Select(cut => cut.Slice)]], x.Naive.Select([.. cuts.Select(cut => cut.Places)], [.. cuts.Select(cut => cut.Dropped)]));
    }

    /// <summary>A slice that takes so many places of a longer axis.</summary>
    (int, Slice, int[], bool, string) Cut(int count)
    {
        var step = Draw.OneOf(1, 1, 2, 3, -1, -1, -2, -3);
        var (front, back) = (Draw.Int(0, 2), Draw.Int(0, 2));
        var length = count == 0 ? 0 : (count - 1) * Math.Abs(step) + Draw.Int(1, Math.Abs(step));
        var range = Draw.Coin() ? front..(front + length) : front..^back;
        int[] places = [.. Enumerable.Range(0, count).Select(i => step > 0 ? front + i * step : front + length - 1 + i * step)];
        return (front + length + back, step == 1 ? range : (range, step), places, false, step == 1 ? $"{range}" : $"({range}, {step})");
    }

    /// <summary>One place of an axis, which drops it.</summary>
    (int, Slice, int[], bool, string) Place()
    {
        var size = Draw.Int(1, 3);
        var place = Draw.Int(0, size - 1);
        return Draw.Int(0, 2) switch
        {
            0 => (size, place, [place], true, $"{place}"),
            1 => (size, place - size, [place], true, $"{place - size}"),
            _ => (size, new Index(size - place, fromEnd: true), [place], true, $"^{size - place}"),
        };
    }

    Pair Broadcast(int[] shape, Func<int[], Pair> before)
    {
        var x = before([.. shape.Skip(Draw.Coin() ? Draw.Int(0, shape.Length) : 0).Select(size => Draw.Int(0, 2) == 0 ? 1 : size)]);
        Note($"  .BroadcastTo({Show(shape)})");
        return new(x.Tensor.BroadcastTo(Functional.Llm.Shape.Create(shape)), x.Naive.BroadcastTo(shape));
    }

    Pair Reshaped(int[] shape, Func<int[], Pair> before)
    {
        var x = before(SameSize(shape));
        var open = shape.Length == 0 ? -1 : Draw.Int(-1, shape.Length - 1);
        if (open >= 0 && Count([.. shape.Where((_, axis) => axis != open)]) > 0)
        {
            int[] wanted = [.. shape.Select((size, axis) => axis == open ? -1 : size)];
            Note($"  .Reshape({string.Join(", ", wanted)})");
            return new(x.Tensor.Reshape(wanted), x.Naive.Reshape(shape));
        }

        Note($"  .Reshape({Show(shape)})");
        return new(x.Tensor.Reshape(Functional.Llm.Shape.Create(shape)), x.Naive.Reshape(shape));
    }

    /// <summary>Another shape with as many elements: neighbours joined, an axis split, ones added.</summary>
    int[] SameSize(int[] shape)
    {
        var axis = shape.Length == 0 ? 0 : Draw.Int(0, shape.Length - 1);
        if (shape.Length >= 2 && axis > 0 && Draw.Coin())
            return [.. shape[..(axis - 1)], shape[axis - 1] * shape[axis], .. shape[(axis + 1)..]];
        if (shape.Length >= 1 && shape[axis] == 4)
            return [.. shape[..axis], 2, 2, .. shape[(axis + 1)..]];
        return Draw.Int(0, 2) switch
        {
            0 => [Count(shape)],
            1 => [.. shape[..axis], 1, .. shape[axis..]],
            _ => [.. Shuffled(shape.Length).Select(a => shape[a])],
        };
    }

    Pair Unsqueezed(int[] shape, Func<int[], Pair> before)
    {
        var axis = Array.IndexOf(shape, 1);
        if (axis < 0)
            return before(shape);
        var x = before([.. shape[..axis], .. shape[(axis + 1)..]]);
        var place = MaybeFromEnd(axis, shape.Length);
        Note($"  .Unsqueeze({place})");
        return new(x.Tensor.Unsqueeze(place), x.Naive.Reshape(shape));
    }

    Pair Squeezed(int[] shape, Func<int[], Pair> before)
    {
        var axis = Draw.Int(0, shape.Length);
        var x = before([.. shape[..axis], 1, .. shape[axis..]]);
        var named = MaybeFromEnd(axis, shape.Length + 1);
        Note($"  .Squeeze({named})");
        return new(x.Tensor.Squeeze(named), x.Naive.Reshape(shape));
    }

    public int[] Shuffled(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (var i = count - 1; i > 0; i--)
        {
            var j = Draw.Int(0, i);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>An axis, or the same axis counted from the end.</summary>
    public int MaybeFromEnd(int axis, int rank) => Draw.Coin() ? axis : axis - rank;
}
