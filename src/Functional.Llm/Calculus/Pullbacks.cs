namespace Functional.Llm;

/// <summary>What pullbacks say of themselves: how to leave out x̄, and that the arrays between two of them may be used again.</summary>
/// <remarks>
/// Where x is data nobody asks for x̄: in a network's first layer, a third of the work. And a pullback may promise to be tidy: it keeps nothing of
/// its cotangent, and all that it returns lies in arrays of its own, x̄ in another than θ̄; only x̄ may share its cotangent's array. What one tidy
/// pullback hands to another is then nobody's as soon as the second returns. A function that promises nothing, such as a user's, is left alone.
/// </remarks>
static class Pullbacks
{
    /// <summary>The pullback ȳ ↦ (θ̄, x̄), which knows a cheaper way to θ̄ alone.</summary>
    public static Pullback<Y, (P Parameters, X Input)> Of<Y, P, X>(Pullback<Y, (P Parameters, X Input)> both, Pullback<Y, P> parameters, bool isTidy) =>
        new Pair<Y, P, X>(both, parameters, isTidy).Both;

    /// <summary>A pullback that promises to be tidy, or does if those that it calls do.</summary>
    public static Pullback<Y, X> Tidy<Y, X>(Pullback<Y, X> pull, bool isTidy = true) => new Alone<Y, X>(pull, isTidy).Pull;

    /// <summary>ȳ ↦ θ̄: the first half of (θ̄, x̄), to the bit.</summary>
    public static P Parameters<Y, P, X>(this Pullback<Y, (P Parameters, X Input)> pull, Y dy) =>
        pull.Target is Pair<Y, P, X> pair ? pair.Parameters(dy) : pull(dy).Parameters;

    /// <summary>Whether a pullback promises to be tidy.</summary>
    public static bool IsTidy(this Delegate pull) => pull.Target is Promise { IsTidy: true };

    /// <summary>The array of a cotangent that went from one tidy pullback to another is used again, unless it is the first one's cotangent or in the second one's result.</summary>
    public static void Release<Y, Z, X>(Y cotangent, Z from, X to)
    {
        if (cotangent is Tensor tensor && !MayShare(tensor, from) && !MayShare(tensor, to))
            tensor.Release();
    }

    static bool MayShare<T>(Tensor tensor, T other) => other is Tensor o ? tensor.SharesArrayWith(o) : other is not (null or Real or Tokens);

    abstract class Promise(bool isTidy)
    {
        public bool IsTidy => isTidy;
    }

    sealed class Alone<Y, X>(Pullback<Y, X> pull, bool isTidy) : Promise(isTidy)
    {
        public X Pull(Y dy) => pull(dy);
    }

    sealed class Pair<Y, P, X>(Pullback<Y, (P Parameters, X Input)> both, Pullback<Y, P> parameters, bool isTidy) : Promise(isTidy)
    {
        public (P Parameters, X Input) Both(Y dy) => both(dy);

        public P Parameters(Y dy) => parameters(dy);
    }
}
