namespace Functional.Llm;

/// <summary>What .NET 10 has and .NET 9 has not, where the library is compiled ahead of time for the latter.</summary>
static class Net9
{
    extension(float)
    {
        /// <summary>The larger, as the processor's instruction has it: the second where one is NaN.</summary>
        public static float MaxNative(float x, float y) => x > y ? x : y;
    }

    /// <summary>As LINQ's, but for its size: there, .NET 9 compiles an iterator for each pair of types, 22 MB, against which .NET 10 has a switch.</summary>
    public static IEnumerable<R> Select<T, R>(this IEnumerable<T> source, Func<T, R> selector)
    {
        foreach (var x in source)
            yield return selector(x);
    }

    /// <summary>The same with the place of each element.</summary>
    public static IEnumerable<R> Select<T, R>(this IEnumerable<T> source, Func<T, int, R> selector)
    {
        var place = 0;
        foreach (var x in source)
            yield return selector(x, place++);
    }
}
