using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Views against index arithmetic, on views of views.</summary>
public sealed class ViewTests
{
    [Fact]
    public void Chains_of_views_take_the_elements_that_their_indices_name() => Case.ForAll(3000, c =>
    {
        var x = c.View(c.Shape());
        Agree.Exactly(x.Naive, x.Tensor);
    });

    [Fact]
    public void Views_other_than_reshape_share_the_array() => Case.ForAll(400, c =>
    {
        var x = c.View(c.Shape(2, 4)).Tensor;
        Assert.True(x.T.SharesArrayWith(x));
        Assert.True(x.Permute(c.Shuffled(x.Rank)).SharesArrayWith(x));
        Assert.True(x.Unsqueeze(1).SharesArrayWith(x));
        Assert.True(x.Unsqueeze(1).Squeeze(1).SharesArrayWith(x));
        Assert.True(x.BroadcastTo([2, .. x.Shape]).SharesArrayWith(x));
        Assert.True(x[.., (.., -1)].SharesArrayWith(x));
        Assert.False(Kernels.Pack(x + 1).SharesArrayWith(x));
    });

    [Fact]
    public void Reshape_copies_exactly_where_strides_cannot_say_it()
    {
        var x = Tensor.Range(24).Reshape(2, 3, 4);
        Assert.True(x.Reshape(6, 4).SharesArrayWith(x));
        Assert.True(x.Reshape(2, 1, 12).SharesArrayWith(x));
        Assert.True(x.Permute(0, 2, 1).Reshape(2, 4, 3, 1).SharesArrayWith(x));
        Assert.True(x.Permute(2, 0, 1).Reshape(4, 6).SharesArrayWith(x));
        Assert.True(x[.., .., 1..3].Reshape(6, 2).SharesArrayWith(x));
        Assert.True(x[(.., -1)].Reshape(2, 12).SharesArrayWith(x));
        var ones = Tensor.Ones((3, 4));
        Assert.True(ones.Reshape(12).SharesArrayWith(ones));
        Assert.False(x.T.Reshape(24).SharesArrayWith(x));
        Assert.False(x.Permute(1, 0, 2).Reshape(6, 4).SharesArrayWith(x));
        Assert.False(x[.., .., 1..3].Reshape(12).SharesArrayWith(x));
    }

    [Fact]
    public void Strides_lead_from_the_first_element_to_any_other()
    {
        var x = Tensor.Range(120).Reshape(2, 3, 4, 5);                 // every element is its own place
        Assert.Equal([60, 20, 5, 1], x.Strides.AsEnumerable());
        foreach (var view in new[] { x, x.T, x.Permute(3, 0, 2, 1), x[.., 1..], x[1, (.., -1), (.., 2)], x[.., 2, 1..2].BroadcastTo((3, 2, 4, 5)), x.Reshape(6, 20)[.., (1..20, 3)] })
        {
            var (first, elements) = (view.At(new int[view.Rank]), view.ToArray());
            for (var i = 0; i < view.Size; i++)
            {
                var (rest, place) = (i, (double)first);
                for (var axis = view.Rank - 1; axis >= 0; axis--)
                    (rest, place) = (rest / view.Shape[axis], place + rest % view.Shape[axis] * view.Strides[axis]);
                Assert.Equal(place, elements[i]);
            }
        }
    }

    [Fact]
    public void A_reversed_vector_reshapes_without_a_copy()
    {
        var x = Tensor.Range(6)[(.., -1)];
        Assert.True(x.Reshape(2, 3).SharesArrayWith(x));
        Assert.Equal([5, 4, 3, 2, 1, 0], x.Reshape(2, 3).ToArray());
    }

    [Fact]
    public void Views_of_empty_tensors_are_empty_wherever_they_begin()
    {
        var x = Tensor.Zeros((5, 0));
        Assert.Equal(0, x[3].AsSpan().Length);
        Assert.Equal(0, x[(1..4, -2)].Reshape(0, 7).Square().Size);
        Assert.Equal(0, Tensor.Range(5)[5..].AsSpan().Length);
        Assert.Equal(Tensor.Zeros(5), x.Sum(1));
    }

    [Fact]
    public void A_slice_of_any_step_takes_at_least_its_first_place()
    {
        var x = Tensor.Range(5);
        Assert.Equal([1], x[(1..4, int.MaxValue)].ToArray());
        Assert.Equal([3], x[(1..4, int.MinValue)].ToArray());
        Assert.Equal([1, 4], x[(1.., 3)].ToArray());
        Assert.Equal([4, 2, 0], x[(.., -2)].ToArray());
        Assert.Equal([], x[(2..2, -2)].ToArray());
    }

    [Fact]
    public void Negative_indices_count_from_the_end() => Case.ForAll(300, c =>
    {
        var x = c.View(c.Shape(1, 4));
        foreach (var index in NaiveTensor.Indices(x.Shape))
            Assert.True(Agree.Same((Real)x.Naive[index], x.Tensor.At([.. index.Select((place, axis) => c.MaybeFromEnd(place, x.Shape[axis]))])));
    });

    [Fact]
    public void Spans_and_arrays_are_the_callers_own()
    {
        Real[] elements = [1, 2, 3, 4];
        var x = Tensor.Of((2, 2), elements);
        elements[0] = 7;
        x.ToArray()[1] = 7;
        x.T.ToArray()[1] = 7;
        Assert.Equal([1, 2, 3, 4], x.ToArray());
    }

    [Fact]
    public void Take_gathers_rows() => Case.ForAll(300, c =>
    {
        var x = c.View(c.Shape(1, 4));
        var size = x.Shape[0];
        int[] places = size == 0 ? [] : [.. Enumerable.Range(0, c.Draw.Int(0, 6)).Select(_ => c.Draw.Int(0, size - 1))];
        c.Note($"Take({string.Join(", ", places)})");
        var dropped = new bool[x.Shape.Length];
        int[][] all = [places, .. x.Shape[1..].Select(n => Enumerable.Range(0, n).ToArray())];
        Agree.Exactly(x.Naive.Select(all, dropped), x.Tensor.Take([.. places.Select(p => c.MaybeFromEnd(p, size))]));
    });
}
