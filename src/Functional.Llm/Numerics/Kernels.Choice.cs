namespace Functional.Llm;

/// <content>Drawing one index for every row of probabilities.</content>
static partial class Kernels
{
    /// <summary>Chooses an index of a row, whose probabilities have been found to be 0 or more and to have a positive, finite sum.</summary>
    public delegate int Choose(ReadOnlySpan<Real> probabilities, int row, double sum);

    /// <summary>probabilities (…, C) → the chosen indices (…).</summary>
    public static Tokens ChooseRows(string operation, Tensor probabilities, Choose choose)
    {
        if (probabilities.Rank == 0)
            throw new ShapeException(operation, "a scalar has no rows", "Pass a tensor of one axis or more.");
        var (rows, columns) = probabilities.Shape.AsRows;
        var elements = probabilities.AsSpan();
        var chosen = new int[rows];
        for (var row = 0; row < rows; row++)
        {
            var p = elements.Slice(row * columns, columns);
            chosen[row] = choose(p, row, SumOfProbabilities(operation, p, row));
        }

        return Tokens.Freeze(Shape.Create(probabilities.Shape.Sizes.AsSpan()[..^1]), chosen);
    }

    static double SumOfProbabilities(string operation, ReadOnlySpan<Real> probabilities, int row)
    {
        var sum = 0.0;
        for (var i = 0; i < probabilities.Length; i++)
        {
            sum += probabilities[i] >= 0 && Real.IsFinite(probabilities[i]) ? probabilities[i] : throw new FunctionalLlmException(
                $"{operation}: probability {i} of row {row} is {probabilities[i]}. Pass finite numbers of 0 or more, such as a softmax gives.");
        }

        return sum > 0 && double.IsFinite(sum) ? sum : throw new FunctionalLlmException(
            $"{operation}: the {probabilities.Length} probabilities of row {row} sum to {sum}. At least one must be positive, and the sum finite.");
    }
}
