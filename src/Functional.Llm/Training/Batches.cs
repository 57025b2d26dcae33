namespace Functional.Llm;

/// <summary>Arrays of examples as a sequence of batches.</summary>
public static class Batches
{
    /// <summary>The whole data, <paramref name="updates"/> times: full-batch gradient descent.</summary>
    public static IEnumerable<Batch<Tensor, Tensor>> Repeat(Tensor inputs, Tensor targets, int updates) =>
        Enumerable.Repeat(new Batch<Tensor, Tensor>(inputs, targets), updates);

    /// <summary>One pass over the rows of inputs and targets, in batches, in the order that a key shuffles them to.</summary>
    /// <remarks>inputs (N, …), targets (N, …) → batches of (size, …); the last may be smaller, unless it is dropped.</remarks>
    /// <exception cref="ShapeException">There are not as many inputs as targets, or the size is not positive.</exception>
    public static IEnumerable<Batch<Tensor, Tensor>> Epoch(Tensor inputs, Tensor targets, int size, Key key, bool dropLast = false) =>
        Places(inputs.Shape, targets.Shape, size, key, dropLast).Select(places => new Batch<Tensor, Tensor>(inputs.Take(places), targets.Take(places)));

    /// <inheritdoc cref="Epoch(Tensor, Tensor, int, Key, bool)"/>
    public static IEnumerable<Batch<Tokens, Tokens>> Epoch(Tokens inputs, Tokens targets, int size, Key key, bool dropLast = false) =>
        Places(inputs.Shape, targets.Shape, size, key, dropLast).Select(places => new Batch<Tokens, Tokens>(inputs.Take(places), targets.Take(places)));

    /// <summary>Pass after pass without end; the order of pass e is a function of (key, e).</summary>
    /// <exception cref="ShapeException">There are not as many inputs as targets, or the size is not positive.</exception>
    public static IEnumerable<Batch<Tensor, Tensor>> Epochs(Tensor inputs, Tensor targets, int size, Key key, bool dropLast = false) =>
        Enumerable.Range(0, int.MaxValue).SelectMany(epoch => Epoch(inputs, targets, size, key.Fold((ulong)epoch), dropLast));

    /// <inheritdoc cref="Epochs(Tensor, Tensor, int, Key, bool)"/>
    public static IEnumerable<Batch<Tokens, Tokens>> Epochs(Tokens inputs, Tokens targets, int size, Key key, bool dropLast = false) =>
        Enumerable.Range(0, int.MaxValue).SelectMany(epoch => Epoch(inputs, targets, size, key.Fold((ulong)epoch), dropLast));

    static IEnumerable<int[]> Places(Shape inputs, Shape targets, int size, Key key, bool dropLast)
    {
        var rows = inputs[0];
        if (size < 1 || rows != targets[0])
            throw new ShapeException("batches", $"inputs {inputs} and targets {targets} in batches of {size}", "Pass as many inputs as targets, and a batch size of 1 or more.");
        var order = key.Permutation(rows);
        return Enumerable.Range(0, dropLast ? rows / size : (rows + size - 1) / size)
            .Select(i => order.AsSpan().Slice(i * size, Math.Min(size, rows - i * size)).ToArray());
    }
}
