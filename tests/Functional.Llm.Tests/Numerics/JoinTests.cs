using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Concatenate and stack against index arithmetic.</summary>
public sealed class JoinTests
{
    [Fact]
    public void Concatenated_tensors_lie_one_after_the_other() => Case.ForAll(500, c =>
    {
        var shape = c.Shape(1);
        var axis = c.Draw.Int(0, shape.Length - 1);
        Pair[] parts = [.. Enumerable.Range(0, c.Draw.Int(1, 4)).Select(_ => c.View([.. shape[..axis], c.Draw.Int(0, 3), .. shape[(axis + 1)..]]))];
        var named = c.MaybeFromEnd(axis, shape.Length);
        c.Note($"Concatenate({named})");
        Agree.Exactly(NaiveTensor.Concatenate(axis, [.. parts.Select(p => p.Naive)]), Tensor.Concatenate(named, [.. parts.Select(p => p.Tensor)]));
    });

    [Fact]
    public void Stacked_tensors_lie_along_a_new_axis() => Case.ForAll(500, c =>
    {
        var shape = c.Shape(0, 4);
        var axis = c.Draw.Int(0, shape.Length);
        Pair[] parts = [.. Enumerable.Range(0, c.Draw.Int(1, 4)).Select(_ => c.View(shape))];
        var named = c.MaybeFromEnd(axis, shape.Length + 1);
        c.Note($"Stack({named})");
        Agree.Exactly(NaiveTensor.Stack(axis, [.. parts.Select(p => p.Naive)]), Tensor.Stack(named, [.. parts.Select(p => p.Tensor)]));
    });

    [Fact]
    public void Slices_of_a_concatenation_are_its_parts() => Case.ForAll(300, c =>
    {
        var x = c.View(c.Shape(1)).Tensor;
        var cut = c.Draw.Int(0, x.Shape[0]);
        Assert.True(Tensor.Concatenate(0, x[..cut], x[cut..]).SameBits(x.Packed()));
    });
}
