using System.Runtime.ExceptionServices;

namespace Functional.Llm;

/// <summary>Fork and join for all kernels: the parts of a job, each done once, by this thread and its helpers.</summary>
/// <remarks>
/// Parts are claimed one by one, so that a slow thread delays nobody; which thread does a part must not matter to its result. A job inside a
/// part, or beside another job, is done by its own thread alone, so that there are never more busy threads than were asked for.
/// </remarks>
static class Workers
{
    static readonly Lock Busy = new();
    static readonly List<Helper> Helpers = [];

    [ThreadStatic]
    static bool inside;

    /// <summary>Does all parts, from 0 to <paramref name="parts"/> − 1, and waits for them.</summary>
    /// <remarks>An exception in a part surfaces here once, after the others have ended: that of the first part that failed.</remarks>
    public static void For(int parts, Action<int> part)
    {
        var threads = inside ? 1 : Math.Min(parts, Parallelism.Threads);
        if (threads <= 1 || !Busy.TryEnter())
        {
            for (var i = 0; i < parts; i++)
                part(i);
            return;
        }

        var job = new Job(parts, part);
        try
        {
            inside = true;
            while (Helpers.Count < threads - 1)
                Helpers.Add(new Helper());
            for (var i = 0; i < threads - 1; i++)
                Helpers[i].Offer(job);
            job.Work();
            job.Wait();
        }
        finally
        {
            inside = false;
            Busy.Exit();
        }

        job.Failure?.Throw();
    }

    sealed class Job(int parts, Action<int> part)
    {
        readonly Lock failing = new();
        Action<int>? part = part;
        int claimed;
        int finished;
        int failed = int.MaxValue;

        public ExceptionDispatchInfo? Failure { get; private set; }

        public void Work()
        {
            for (var i = Claim(); i < parts; i = Claim())
            {
                try
                {
                    part!(i);
                }
#pragma warning disable CA1031 // It is thrown again where the job was begun.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    Fail(i, e);
                }
                finally
                {
                    Interlocked.Increment(ref finished);
                }
            }
        }

        public void Wait()
        {
            for (var spins = 0; Volatile.Read(ref finished) < parts; spins++)
            {
                if (spins < Patience)
                    Thread.SpinWait(4);
                else
                    Thread.Yield();
            }

            // A helper that comes too late finds no part; and what the parts read may be collected.
            part = null;
        }

        int Claim() => Interlocked.Increment(ref claimed) - 1;

        void Fail(int i, Exception e)
        {
            lock (failing)
            {
                if (i < failed)
                    (failed, Failure) = (i, ExceptionDispatchInfo.Capture(e));
            }
        }
    }

    /// <summary>How long a thread spins for work before it sleeps: some ten microseconds, as between the kernels of a step.</summary>
    const int Patience = 1000;

    sealed class Helper : IDisposable
    {
        readonly SemaphoreSlim wake = new(0);
        Job? offered;
        int sleeping;

        public Helper() => new Thread(Run) { IsBackground = true, Name = "kernels" }.Start();

        public void Offer(Job job)
        {
            Volatile.Write(ref offered, job);
            if (Interlocked.Exchange(ref sleeping, 0) == 1)
                wake.Release();
        }

        public void Dispose() => wake.Dispose();

        void Run()
        {
            inside = true;
            for (var job = Next(null); ; job = Next(job))
                job.Work();
        }

        Job Next(Job? last)
        {
            for (var spins = 0; ; spins++)
            {
                if (Volatile.Read(ref offered) is { } job && job != last)
                    return job;
                if (spins < Patience)
                {
                    Thread.SpinWait(4);
                    continue;
                }

                // Who offers after this exchange sees that this thread sleeps; who offered before is seen here.
                Interlocked.Exchange(ref sleeping, 1);
                if (Volatile.Read(ref offered) == last || Interlocked.Exchange(ref sleeping, 0) == 0)
                    wake.Wait();
                spins = 0;
            }
        }
    }
}
