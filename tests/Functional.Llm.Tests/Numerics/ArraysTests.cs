using System.Runtime.CompilerServices;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests;

/// <summary>Large arrays are used again when nothing refers to them, and never before.</summary>
public class ArraysTests
{
    const int Size = 60_000;

    [Fact]
    public void An_array_that_nothing_refers_to_comes_back()
    {
        var addresses = new HashSet<nint>();
        var (handedOut, again) = (0, 0);
        for (var i = 0; i < 4000; i++)
        {
            handedOut++;
            again += addresses.Add(Touch()) ? 0 : 1;
        }

        // Some hundreds fill the budget from collection to collection; other tests take part in it.
        Assert.InRange(again, handedOut / 2, handedOut);
    }

    [Fact]
    public void What_refers_to_an_array_keeps_it()
    {
        var whole = Tensor.Build(Size, d => d.Fill(1));
        var view = Tensor.Build((Size / 100, 100), d => d.Fill(2))[1..].T;
        var span = Tensor.Build(Size, d => d.Fill(3)).AsSpan();
        for (var i = 0; i < 2000; i++)
            Touch();
        Assert.Equal((1, 1), (whole.Min().Value, whole.Max().Value));
        Assert.Equal((2, 2), (view.Min().Value, view.Max().Value));
        Assert.Equal(-1, span.IndexOfAnyExcept((Real)3));
    }

    [Fact]
    public void What_comes_back_is_poisoned_in_double_precision()
    {
        if (Tolerance.Of(1, 2) < 2)
            return;
        var poisoned = 0;
        for (var i = 0; i < 2000; i++)
            poisoned += Real.IsNaN(Arrays.Uninitialized(Size)[Size / 2]) ? 1 : 0;
        Assert.InRange(poisoned, 100, 2000);
    }

    [Fact]
    public void A_state_kept_from_step_10_is_unchanged_at_step_1000()
    {
        var x = new Key(1).Normal((4, 160), 1);
        var start = Functional.Llm.Training.Start(Init.Linear(new Key(2), 160, 160));
        TrainState<LinearParameters>? kept = null;
        LinearParameters? copy = null;
        foreach (var step in Batches.Repeat(x, x, 1000).Trace(start, new AdamW(1e-3), b => (Linear >> Gelu).On(b.Inputs) >> MeanSquaredError(b.Targets)))
        {
            if (step.Step != 10)
                continue;
            kept = step.Snapshot();
            copy = new(Tensor.Of(kept.Parameters.Weight.Shape, kept.Parameters.Weight.ToArray()), Tensor.Create(kept.Parameters.Bias.ToArray()));
        }

        Assert.True(Tree.Equal(copy!, kept!.Parameters));
        Assert.All(Tree.Flatten(kept.First), moment => Assert.True(Real.IsFinite(moment.Sum().Value)));
    }

    /// <summary>Where a new array lies, which nothing refers to afterwards.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static unsafe nint Touch()
    {
        var array = Arrays.Uninitialized(Size);
        array.AsSpan().Fill(7);
        fixed (Real* start = array)
            return (nint)start;
    }
}
