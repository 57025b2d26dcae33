using System.Text;
using Functional.Llm.Tests.Gradients;
using Xunit.Sdk;

namespace Functional.Llm.Tests;

/// <summary>A tensor and its naive counterpart.</summary>
sealed record Pair(Tensor Tensor, NaiveTensor Naive)
{
    public int[] Shape => Naive.Shape;
}

/// <summary>One random case of a test. It tells its story when it fails, and sees that no tensor it drew was changed.</summary>
sealed partial class Case(int seed)
{
    readonly StringBuilder story = new();
    readonly List<(Tensor Tensor, double[] Elements)> drawn = [];

    public Draw Draw { get; } = new((ulong)seed);

    /// <summary>Runs a check for the seeds from 0 on; to see one again, pass it as <paramref name="from"/> with a count of 1.</summary>
    public static void ForAll(int count, Action<Case> check, int from = 0)
    {
        for (var seed = from; seed < from + count; seed++)
        {
            var example = new Case(seed);
            try
            {
                check(example);
                example.CheckUnchanged();
            }
            catch (Exception e)
            {
                throw new XunitException($"Seed {seed}:{example.story}\n{e.Message}", e);
            }
        }
    }

    /// <summary>Adds a line to what a failure prints.</summary>
    public void Note(string line) => story.Append('\n').Append(line);

    /// <summary>Sizes of 0 to 5 elements an axis, 0 rarely and 1 often; at most 600 elements in all.</summary>
    public int[] Shape(int lowRank = 0, int highRank = 5)
    {
        while (true)
        {
            int[] shape = [.. Enumerable.Range(0, Draw.Int(lowRank, highRank)).Select(_ => Draw.Int(0, 24) == 0 ? 0 : Draw.OneOf(1, 1, 2, 2, 3, 4, 5))];
            if (Count(shape) <= 600)
                return shape;
        }
    }

    /// <summary>A shape that broadcasts with another: axes dropped in front or added there, sizes set to 1, sizes of 1 set to any.</summary>
    public int[] Partner(int[] shape)
    {
        int[] partner = [.. shape.Skip(Draw.Int(0, 2) == 0 ? Draw.Int(0, shape.Length) : 0)
            .Select(size => Draw.Int(0, 2) == 0 ? 1 : size == 1 && Draw.Coin() ? Draw.OneOf(0, 1, 2, 3) : size)];
        return partner.Length == shape.Length && shape.Length < 5 && Draw.Int(0, 3) == 0 ? [Draw.Int(1, 3), .. partner] : partner;
    }

    /// <summary>A number that both precisions hold: normal, whole, or a zero of either sign.</summary>
    public double Number() => Draw.Int(0, 5) switch { 0 => Draw.Int(-3, 3), 1 => Draw.OneOf(0.0, -0.0), _ => Draw.Normal() };

    public double WholeNumber() => Draw.Int(-9, 9);

    public static int Count(int[] shape) => shape.Aggregate(1, (n, size) => n * size);

    public static string Show(int[] shape) => $"[{string.Join(", ", shape)}]";

    Pair Fresh(int[] shape, Func<double> number)
    {
        double[] elements = [.. Enumerable.Range(0, Count(shape)).Select(_ => number())];
        var tensor = Tensor.From(Functional.Llm.Shape.Create(shape), elements);
        drawn.Add((tensor, elements));
        Note($"{Show(shape)}");
        return new(tensor, new(shape, elements));
    }

    void CheckUnchanged()
    {
        foreach (var (tensor, elements) in drawn)
            Agree.Exactly(new([.. tensor.Shape.Sizes], elements), tensor);
    }
}
