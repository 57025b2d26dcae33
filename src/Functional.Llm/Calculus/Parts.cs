using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>Layers that read a field of a record that names its own fields: as <see cref="Located"/>, without reflection.</summary>
public static class Parts
{
    /// <summary>The layer on a field of a larger record, θ ↦ f(θ.Field, x), as in <c>Linear.Of((Block b) => b.Project)</c>.</summary>
    /// <remarks>The gradient is the larger record with only that field set. A <see cref="ShapeException"/> passing by gets the field's name prefixed.</remarks>
    public static Layer<Q, X, Y> Of<P, Q, X, Y>(this Layer<P, X, Y> layer, Func<Q, P> get, [CallerArgumentExpression(nameof(get))] string field = "")
        where Q : class, ITree<Q>
    {
        var name = NameOf(field);
        return (q, x) =>
        {
            var (y, pull) = Located.At(name, layer, get(q), x);
            return (y, Pullbacks.Of<Y, Q, X>(Pull, dy => Inject(pull.Parameters(dy)), pull.IsTidy()));

            (Q, X) Pull(Y dy)
            {
                var (dp, dx) = pull(dy);
                return (Inject(dp), dx);
            }

            Q Inject(P dp)
            {
                if (Tree.IsZero(dp))
                    return default!;
                var only = new Only<Q, P>(name, dp);
                var whole = q.Rebuild(only);
                return only.Found ? whole : throw new FunctionalLlmException($"of: {typeof(Q).Name} names no field {name} among its own. Name one of its fields, as in b => b.Project.");
            }
        };
    }

    /// <summary>The field that a text such as "b => b.Project" names; "p.Head!" says only that it is not null.</summary>
    static string NameOf(string getter) => getter[(getter.LastIndexOf('.') + 1)..].TrimEnd('!');

    /// <summary>One field set, all others symbolic zeros.</summary>
    sealed class Only<Q, P>(string name, P value) : IFields<Q>
    {
        public bool Found { get; private set; }

        public F Field<F>(Func<Q, F> get, string field = "") => IsIt(field) ? (F)(object)value! : default!;

        public ImmutableArray<E> Array<E>(Func<Q, ImmutableArray<E>> get, string field = "") => IsIt(field) ? (ImmutableArray<E>)(object)value! : default;

        bool IsIt(string field)
        {
            var isIt = NameOf(field) == name;
            Found |= isIt;
            return isIt;
        }
    }
}
