using System.Collections.Concurrent;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Fork and join: every part once, failures once, and no more threads than were asked for.</summary>
public sealed class WorkersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Every_part_is_done_once(int threads)
    {
        for (var parts = 0; parts < 200; parts++)
        {
            var done = new int[parts];
            Parallelism.With(threads, () =>
            {
                Workers.For(done.Length, i => Interlocked.Increment(ref done[i]));
                return 0;
            });
            Assert.All(done, times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public void No_more_threads_are_busy_than_were_asked_for() => Parallelism.With(3, () =>
    {
        var threads = new ConcurrentDictionary<int, int>();
        for (var round = 0; round < 20; round++)
        {
            Workers.For(30, _ =>
            {
                Thread.SpinWait(2000);
                threads[Environment.CurrentManagedThreadId] = 1;
            });
        }

        Assert.InRange(threads.Count, 1, 3);
        return 0;
    });

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_first_part_that_fails_surfaces_once_and_others_can_follow(int threads) => Parallelism.With(threads, () =>
    {
        for (var round = 0; round < 50; round++)
        {
            var wrong = Assert.Throws<InvalidOperationException>(() => Workers.For(40, i =>
            {
                if (i % 10 == 3)
                    throw new InvalidOperationException($"part {i}");
            }));
            Assert.Equal("part 3", wrong.Message);
        }

        return 0;
    });

    [Fact]
    public void A_job_inside_a_part_is_done_by_its_thread() => Parallelism.With(4, () =>
    {
        var strangers = 0;
        Workers.For(20, _ =>
        {
            var own = Environment.CurrentManagedThreadId;
            Workers.For(5, _ => Interlocked.Add(ref strangers, Environment.CurrentManagedThreadId == own ? 0 : 1));
        });
        Assert.Equal(0, strangers);
        return 0;
    });

    [Fact]
    public async Task Threads_that_begin_jobs_at_once_do_not_disturb_each_other()
    {
        var sums = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Parallelism.With(3, () =>
        {
            long total = 0;
            for (var round = 0; round < 300; round++)
                Workers.For(50, i => Interlocked.Add(ref total, i));
            return total;
        }))));
        Assert.All(sums, sum => Assert.Equal(300 * 49 * 25, sum));
    }

    [Fact]
    public void The_number_of_threads_holds_for_the_work_alone()
    {
        var before = Parallelism.Threads;
        Assert.Equal(5, Parallelism.With(5, () => Parallelism.Threads));
        Assert.Throws<InvalidOperationException>(() => Parallelism.With<int>(5, () => throw new InvalidOperationException()));
        Assert.Equal(before, Parallelism.Threads);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(5000)]
    public void A_number_that_cannot_be_is_refused(int threads) =>
        Assert.Equal($"threads: {threads} is no number of threads. Choose one from 1 to 1024.",
            Assert.Throws<FunctionalLlmException>(() => Parallelism.With(threads, () => 0)).Message);
}
