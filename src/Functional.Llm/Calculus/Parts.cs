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
            return (y, Pullbacks.Of<Y, Q, X>(Pull, dy => Inject(pull.Parameters(dy))));

            (Q, X) Pull(Y dy)
            {
                var (dp, dx) = pull(dy);
                return (Inject(dp), dx);
            }

            Q Inject(P dp) => Tree.IsZero(dp) ? default! : q.Rebuild(new Only<Q, P>(name, dp));
        };
    }

    /// <summary>The field that a text such as "b => b.Project" names.</summary>
    static string NameOf(string getter) => getter[(getter.LastIndexOf('.') + 1)..];

    /// <summary>One field set, all others symbolic zeros.</summary>
    sealed class Only<Q, P>(string name, P value) : IFields<Q>
    {
        public F Field<F>(Func<Q, F> get, string field = "") => NameOf(field) == name ? (F)(object)value! : default!;

        public ImmutableArray<E> Array<E>(Func<Q, ImmutableArray<E>> get, string field = "") => NameOf(field) == name ? (ImmutableArray<E>)(object)value! : default;
    }
}
