using System.Runtime.CompilerServices;
using Xunit;
using static Functional.Llm.Layers;

namespace Functional.Llm.Tests;

/// <summary>Large arrays are used again when nothing refers to them, and never before.</summary>
public class ArraysTests
{
    const int Size = 60_000;

    [Fact]
    public void An_array_that_nothing_refers_to_comes_back_itself()
    {
        // These see an object also after its finalizer has run.
        var dropped = Enumerable.Range(0, 20).Select(_ => Dropped()).ToArray();
        for (var i = 0; i < 4000; i++)
        {
            if (IsOneOf(dropped, Arrays.Uninitialized(Size)))
                return;
        }

        Assert.Fail("None of 20 arrays came back among 4,000.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static WeakReference Dropped() => new(Arrays.Uninitialized(Size), trackResurrection: true);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static bool IsOneOf(WeakReference[] dropped, Real[] array) => dropped.Any(reference => ReferenceEquals(reference.Target, array));

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

    /// <summary>Whoever asks for an array pays for no more than the array, also where that begins a collection and hundreds of lengths are kept.</summary>
    [Fact]
    public void A_collection_takes_no_memory_of_its_own()
    {
        for (var i = 1; i <= 1000; i++)
            Arrays.Release(Arrays.Uninitialized(Size / 2 + i));
        for (var i = 0; i < 2000; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            _ = Arrays.Uninitialized(Size);
            // Nothing, where one comes back, or the array; and the few bytes of its companion.
            Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) % (Size * sizeof(Real)), 0, 8 << 10);
        }
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

    /// <summary>A new array with other numbers, which nothing refers to afterwards.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Touch() => Arrays.Uninitialized(Size).AsSpan().Fill(7);
}
