using System.Globalization;

namespace Functional.Llm;

/// <summary>How many threads the kernels use. It changes how long results take, and never a bit of them.</summary>
public static class Parallelism
{
    const string Setting = "FUNCTIONAL_LLM_THREADS";

    /// <summary>More threads than any machine has cores for are a mistake.</summary>
    internal const int Most = 1024;

    static readonly Lazy<int> Default = new(() => Environment.GetEnvironmentVariable(Setting) is { Length: > 0 } text ? Parse(text) : Environment.ProcessorCount);

    [ThreadStatic]
    static int chosen;

    /// <summary>The number of threads for kernels that this thread calls: as <see cref="With"/> says, else the environment variable
    /// FUNCTIONAL_LLM_THREADS, else one for every processor.</summary>
    /// <exception cref="FunctionalLlmException">The environment variable holds no number from 1 to 1,024.</exception>
    public static int Threads => chosen > 0 ? chosen : Default.Value;

    /// <summary>The result of some work whose kernels use so many threads.</summary>
    /// <exception cref="FunctionalLlmException">The number is not from 1 to 1,024.</exception>
    public static T With<T>(int threads, Func<T> work)
    {
        if (threads is < 1 or > Most)
            throw new FunctionalLlmException($"threads: {threads} is no number of threads. Choose one from 1 to {Most}.");
        var before = chosen;
        chosen = threads;
        try
        {
            return work();
        }
        finally
        {
            chosen = before;
        }
    }

    static int Parse(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var threads) && threads is >= 1 and <= Most ? threads
        : throw new FunctionalLlmException($"{Setting}: '{text}' is no number of threads. Set it to a whole number from 1 to {Most}, or unset it.");
}
