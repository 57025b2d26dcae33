namespace Functional.Llm;

/// <summary>Rows of a table as tensors of examples.</summary>
public static class Examples
{
    /// <summary>Some columns as a matrix (N, C), in the order of naming; all when none is named.</summary>
    /// <exception cref="FunctionalLlmException">There is no such column, or a number is too large for single precision: its place in the file.</exception>
    public static Tensor Matrix(this NumberTable numbers, params ImmutableArray<string> columns)
    {
        var names = columns.IsDefaultOrEmpty ? numbers.Columns : columns;
        numbers = numbers.WhereSingle(names).Match(same => same, error => throw new FunctionalLlmException(error.Message));
        var places = names.Select(name => numbers.Columns.IndexOf(name)).ToArray();
        return Tensor.From((numbers.Rows, names.Length), Enumerable.Range(0, numbers.Rows).SelectMany(row => places.Select(place => numbers[row, place])));
    }

    /// <summary>Some of the examples, in the order of naming.</summary>
    /// <remarks>inputs (N, …), targets (N, …) → inputs (rows, …), targets (rows, …).</remarks>
    public static Batch<Tensor, Tensor> Take(this Batch<Tensor, Tensor> examples, ImmutableArray<int> rows) =>
        new(examples.Inputs.Take(rows.AsSpan()), examples.Targets.Take(rows.AsSpan()));
}
