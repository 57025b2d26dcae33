using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Equality by content, whatever the strides; hash codes; closeness; bits.</summary>
public sealed class EqualityTests
{
    [Fact]
    public void A_view_equals_its_elements_under_the_same_shape() => Case.ForAll(500, c =>
    {
        var x = c.View(c.Shape());
        var copy = Tensor.From(x.Tensor.Shape, x.Naive.Data);
        Assert.Equal(copy, x.Tensor);
        Assert.True(copy == x.Tensor && !(copy != x.Tensor) && copy.SameBits(x.Tensor));
        Assert.Equal(copy.GetHashCode(), x.Tensor.GetHashCode());
        Assert.NotEqual(copy, x.Tensor.Unsqueeze(0));
    });

    [Fact]
    public void One_other_element_makes_a_difference() => Case.ForAll(300, c =>
    {
        var x = c.View([.. c.Shape(0, 3).Select(size => Math.Max(1, size))]);
        var other = x.Naive.Data.ToArray();
        other[c.Draw.Int(0, other.Length - 1)] += 1;
        var y = Tensor.From(x.Tensor.Shape, other);
        Assert.False(x.Tensor == y || x.Tensor.SameBits(y) || x.Tensor.IsClose(y));
        Assert.True(x.Tensor != y);
    });

    [Fact]
    public void Not_a_number_equals_itself_and_zeros_of_either_sign_are_equal()
    {
        Tensor nan = [Real.NaN], zero = [0], negative = Tensor.From([-0.0]);
        Assert.True(nan == Tensor.From([double.NaN]) && zero == negative);
        Assert.Equal(zero.GetHashCode(), negative.GetHashCode());
        Assert.Equal(nan.GetHashCode(), (-nan).GetHashCode());
        Assert.True(nan.SameBits(nan) && !zero.SameBits(negative));
    }

    [Fact]
    public void Close_is_within_absolute_plus_relative_times_the_right_one()
    {
        static bool Close(double x, double y) => Tensor.From([x]).IsClose(Tensor.From([y]), relative: 0.5, absolute: 0.25);
        Assert.True(Close(1, 1) && Close(1.75, 1) && Close(0.25, 1) && Close(0.25, 0) && Close(-0.25, 0));
        Assert.False(Close(1.8125, 1) || Close(0.1875, 1) || Close(0.3125, 0));
        Assert.True(Close(double.NaN, double.NaN) && Close(double.PositiveInfinity, double.PositiveInfinity));
        Assert.False(Close(double.NaN, 1) || Close(1, double.NaN) || Close(double.PositiveInfinity, double.NegativeInfinity)
            || Close(1, double.PositiveInfinity) || Close(double.PositiveInfinity, 1));
        Assert.False(Tensor.Zeros(2).IsClose(Tensor.Zeros((1, 2))));
    }

    [Fact]
    public void Shapes_are_equal_by_their_sizes()
    {
        Shape one = 3, two = [3];
        Assert.True(one == two && one != (3, 1) && one.Equals((object)two) && !one.Equals("[3]"));
        Assert.Equal(one.GetHashCode(), two.GetHashCode());
        Assert.Equal(default, Shape.Scalar);
        Assert.Equal((1, 0), (default(Shape).Size, default(Shape).Rank));
    }

    [Fact]
    public void Shapes_convert_from_tuples_and_deconstruct()
    {
        Shape shape = (2, 3, 4, 5);
        var (a, b, c, d) = shape;
        Assert.Equal([a, b, c, d], shape);
        var (rows, columns) = new Shape[] { (6, 7) }[0];
        Assert.Equal((6, 7, 42), (rows, columns, ((Shape)(6, 7)).Size));
        Assert.Equal((5, 2, "[2, 3, 4, 5]"), (shape[-1], shape[0], $"{shape}"));
    }

    [Fact]
    public void A_shape_with_a_size_of_zero_is_empty_however_large_the_others()
    {
        Assert.Equal(0, Shape.Create(int.MaxValue, int.MaxValue, 0, int.MaxValue).Size);
        Assert.Empty(Tensor.Zeros((int.MaxValue, 2, 0)).Transpose(0, 1).ToArray());
    }
}
