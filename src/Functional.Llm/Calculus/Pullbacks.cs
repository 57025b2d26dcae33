namespace Functional.Llm;

/// <summary>Pullbacks that can leave out x̄ where x is data and nobody asks for it: in a network's first layer, a third of the work.</summary>
static class Pullbacks
{
    /// <summary>The pullback ȳ ↦ (θ̄, x̄), which knows a cheaper way to θ̄ alone.</summary>
    public static Pullback<Y, (P Parameters, X Input)> Of<Y, P, X>(Pullback<Y, (P Parameters, X Input)> both, Pullback<Y, P> parameters) =>
        new Pair<Y, P, X>(both, parameters).Both;

    /// <summary>ȳ ↦ θ̄: the first half of (θ̄, x̄), to the bit.</summary>
    public static P Parameters<Y, P, X>(this Pullback<Y, (P Parameters, X Input)> pull, Y dy) =>
        pull.Target is Pair<Y, P, X> pair ? pair.Parameters(dy) : pull(dy).Parameters;

    sealed class Pair<Y, P, X>(Pullback<Y, (P Parameters, X Input)> both, Pullback<Y, P> parameters)
    {
        public (P Parameters, X Input) Both(Y dy) => both(dy);

        public P Parameters(Y dy) => parameters(dy);
    }
}
