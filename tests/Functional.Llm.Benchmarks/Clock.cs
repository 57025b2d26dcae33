using System.Diagnostics;

namespace Functional.Llm.Benchmarks;

/// <summary>Time, measured beside a limit of the machine, whose speed drifts.</summary>
static class Clock
{
    /// <summary>How long one call takes, in seconds.</summary>
    public static double Seconds(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The middle one of some numbers.</summary>
    public static double Median(IEnumerable<double> numbers)
    {
        var sorted = numbers.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    /// <summary>Medians of a call's seconds and of the limit, sampled in turn: so a change of the clock's frequency meets both.</summary>
    /// <param name="work">What is measured; short calls are measured many together.</param>
    /// <param name="limit">A sample of the limit, in its own unit.</param>
    /// <param name="warmUp">Seconds before anything is measured.</param>
    public static (double Seconds, double Limit) Beside(Action work, Func<double> limit, double warmUp = 1.5)
    {
        // The first calls also let the runtime compile for what it sees.
        for (var (i, warm) = (0, Stopwatch.StartNew()); i < 5 || warm.Elapsed.TotalSeconds < warmUp; i++)
            work();
        var together = (int)Math.Clamp(4e-3 / Seconds(work), 1, 10_000);
        var (seconds, limits) = (new List<double>(), new List<double>());
        for (var spent = Stopwatch.StartNew(); seconds.Count < 11 || (spent.Elapsed.TotalSeconds < warmUp && seconds.Count < 201);)
        {
            limits.Add(limit());

            // As in training, and as peers are measured, the caches hold what the work itself left there, and not the limit's arrays.
            work();
            work();
            seconds.Add(Seconds(() =>
            {
                for (var i = 0; i < together; i++)
                    work();
            }) / together);
        }

        return (Median(seconds), Median(limits));
    }
}
