namespace Functional.Llm.Tests.Gradients;

/// <summary>Whether a pullback keeps the promise to be tidy: what it was given, and what it returned, may be overwritten.</summary>
public static class Tidiness
{
    /// <summary>The pullback's result, after a look at where it lies where the pullback promises to be tidy.</summary>
    /// <typeparam name="P">The parameters, or anything if there are none.</typeparam>
    public static (P Parameters, X Input) Checked<P, X, Y>(P parameters, X input, Pullback<Y, (P Parameters, X Input)> pull, bool isTidy, Y dy)
    {
        var result = pull(dy);
        if (!isTidy)
            return result;
        var expected = Bits(result);
        var given = Copy(dy);
        var again = pull(given);
        var (from, of, to) = (Tree.Flatten(given), Leaves(parameters, again.Parameters), Leaves(input, again.Input));
        Check(!of.Any(leaf => from.Any(leaf.SharesArrayWith)), "a parameter's gradient shares the array of the cotangent");
        var mine = to.Where(leaf => !from.Any(leaf.SharesArrayWith)).Concat(of).ToArray();
        Check(!of.Any(leaf => to.Any(leaf.SharesArrayWith)), "the input's gradient shares the array of a parameter's");
        foreach (var leaf in from.Concat(mine))
            leaf.Storage.Array.AsSpan().Fill(Real.NaN);
        Check(Bits(pull(dy)) == expected, "an array that was returned, or the cotangent's, is still in use");
        return result;

        string Bits((P, X) gradient) => string.Join(";", Leaves(parameters, gradient.Item1).Concat(Leaves(input, gradient.Item2)).Select(leaf => Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(leaf.AsSpan()))));
    }

    static Tensor[] Leaves<T>(T like, T gradient) => [.. Tree.Flatten(like, gradient).Where(leaf => !leaf.IsZero)];

    static Y Copy<Y>(Y cotangent) => cotangent is Real ? cotangent : Tree.Map(cotangent, leaf => Tensor.Of(leaf.Shape, leaf.ToArray()));

    static void Check(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException($"The pullback is not tidy: {otherwise}.");
    }
}
