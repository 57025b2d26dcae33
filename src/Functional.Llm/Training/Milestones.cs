namespace Functional.Llm;

/// <summary>A training seen at a few of its steps, as dense as a logarithmic axis can show.</summary>
public static class Milestones
{
    /// <summary>The states at the start, after 1, 2, … 9, 10, 15, … 95, 100, 150, … updates, and at the end.</summary>
    public static IEnumerable<TrainState<P>> AtMilestones<P>(this IEnumerable<TraceStep<P>> steps, TrainState<P> start)
    {
        yield return start;
        TraceStep<P>? last = null;
        foreach (var step in steps)
        {
            last = step;
            if (IsMilestone(step.Step))
                yield return step.Snapshot();
        }

        if (last is { } end && !IsMilestone(end.Step))
            yield return end.Snapshot();
    }

    /// <summary>Of the rows of a course those after 0, 1, 10, 100, … updates, and the last: what a table has room for.</summary>
    public static IEnumerable<T> AtPowersOfTen<T>(this IReadOnlyCollection<T> course, Func<T, int> updates) =>
        course.Where((row, i) => i == course.Count - 1 || IsPowerOfTen(updates(row)));

    static bool IsPowerOfTen(int step) => step == 0 || Unit(step) == step;

    /// <summary>Whether only the first digit of a number is not zero, or that and a five after it.</summary>
    static bool IsMilestone(int step) => step % Math.Max(1, Unit(step) / 2) == 0;

    /// <summary>The largest power of ten that a positive number reaches.</summary>
    static int Unit(int step)
    {
        var unit = 1;
        while (step / unit >= 10)
            unit *= 10;
        return unit;
    }
}
