namespace Functional.Llm;

/// <summary>What every source of random numbers demands of what it is asked for.</summary>
static class DrawArguments
{
    public static int Count(string draw, int count) => count >= 0 ? count
        : throw new FunctionalLlmException($"{draw}: the count is {count}. Pass 0 or more.");

    public static double Probability(string draw, double probability) => probability is >= 0 and <= 1 ? probability
        : throw new FunctionalLlmException($"{draw}: {probability} is no probability. Pass a number from 0 to 1.");

    public static void Range(double low, double high)
    {
        if (!(low <= high && double.IsFinite(high - low)))
            throw new FunctionalLlmException($"uniform: {low} to {high} is no range. Pass two finite numbers, the lower one first.");
    }

    public static void Bell(double mean, double deviation)
    {
        if (!(deviation >= 0 && double.IsFinite(deviation) && double.IsFinite(mean)))
        {
            throw new FunctionalLlmException(
                $"normal: there is no normal distribution of mean {mean} and deviation {deviation}. Pass finite numbers, the deviation 0 or more.");
        }
    }
}
